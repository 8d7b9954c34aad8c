internal import DaemonRuntime
internal import EventLoop
internal import FoundationEssentials
internal import Operations
internal import Postgres
internal import Settings
internal import StoreConnections
internal import Stores
internal import SystemCalls
internal import WireAPI

/// Who has connections to what is outside: only the LLM proxy may, and only to what is configured.
struct EgressExaminations: Sendable {
    let installation: Installation
    let loops: LoopGroup

    /// What is looked at.
    var all: [Examination] {
        [
            Examination(.egress, "connections", patience: .seconds(20), connections),
            Examination(.egress, "units", patience: .seconds(10), units),
            Examination(.egress, "allow-list", allowList),
        ]
    }

    // MARK: Connections

    private func connections() async throws -> [Examination.Finding] {
        let processes = try DaemonProcess.all(of: installation)
        guard !processes.isEmpty else {
            return [
                Examination.Finding(
                    .egress, "connections", .skipped, "No daemon runs on this host.",
                    remedy: "Ask on the hosts where daemons run.")
            ]
        }
        guard let loop = Loop.current else { preconditionFailure("findings are made on a loop") }
        let own = try await NamedPlaces(ownHosts()).addresses(on: loop)
        let outside = await outsideHosts()
        let permitted = try await NamedPlaces(outside.hosts).addresses(on: loop)
        var findings = outside.complaint.map { [$0] } ?? []
        for process in processes {
            findings.append(standing(of: process, own: own, permitted: permitted))
        }
        return findings
    }

    private func standing(
        of process: DaemonProcess, own: Set<String>, permitted: Set<String>
    ) -> Examination.Finding {
        let table: SocketTable
        do {
            table = try SocketTable(of: process.pid)
        } catch {
            return Examination.Finding(
                .egress, process.name, .warn, "Its connections cannot be seen: \(error)",
                remedy: "Run doctor as root: what nobody has seen proves nothing.")
        }
        let isProxy = process.daemon == "llmproxyd"
        let strange = table.outgoing.filter { socket in
            let address = NumericAddress.text(socket.address)
            return !own.contains(address) && !(isProxy && permitted.contains(address)) && !Self.isLookup(socket)
        }
        guard let first = strange.first else {
            let count = table.outgoing.count
            return Examination.Finding(
                .egress, process.name, .ok,
                count == 0
                    ? "It has no connection beyond this machine."
                    : "\(count) connections, all to what the settings\(isProxy ? " and providers" : "") name.")
        }
        let place = "\(first.transport) \(NumericAddress.text(first.address)) port \(first.port)"
        let rest = strange.count > 1 ? " and \(strange.count - 1) more" : ""
        if isProxy {
            return Examination.Finding(
                .egress, process.name, .warn,
                "It is connected to \(place)\(rest), which no configured host has at the moment.",
                remedy:
                    "Hosts may have changed their addresses. See who it is; llmproxyd.allowed_hosts holds it to names.")
        }
        return Examination.Finding(
            .egress, process.name, .fail,
            "It is connected to \(place)\(rest), which is none of its stores and daemons.",
            remedy: "Find out who that is: ss -tnp; and hold the unit to its hosts with IPAddressAllow=.")
    }

    /// Names are looked up by everybody, where the settings have names.
    private static func isLookup(_ socket: SocketTable.Outgoing) -> Bool { socket.port == 53 }

    // MARK: What is named

    /// The hosts of the deployment itself, as the settings name them: stores, daemons, collectors.
    private func ownHosts() throws -> [String] {
        let named = installation.environment[Deployment.settingsPathVariable]
        let own = installation.state.isMade ? installation.state.settings : nil
        let file = try SettingsFile.find(
            named: named ?? own, else: Deployment.defaultSettingsPath, documents: Deployment.documents)
        let keyed = (file?.entries ?? [:]).filter { key, _ in Self.isOwn(key) }.values.map(\.text)
        let variables = installation.environment.filter { $0.key.hasPrefix("SCORABLE_") && $0.value.contains("://") }
        return (keyed + variables.map(\.value)).flatMap { text in text.split(separator: ",").map(String.init) + [text] }
            .filter { $0.contains("://") || $0.contains("host") }.flatMap(NamedPlaces.hosts)
    }

    private static func isOwn(_ key: String) -> Bool {
        let outside = ["llmproxyd.outbound_proxy", "llmproxyd.allowed_hosts", "llmproxyd.webhook_hosts"]
        return !outside.contains(key) && !key.hasPrefix("deployment.")
    }

    /// The hosts that the proxy may be connected to, as the database and its settings name them.
    private func outsideHosts() async -> (hosts: [String], complaint: Examination.Finding?) {
        do {
            let reader = try InstallationSettings.reader(of: installation)
            let proxy = reader.root.section("llmproxyd")
            let listed =
                try proxy.strings("allowed_hosts", default: [], help: "")
                + proxy.strings("webhook_hosts", default: [], help: "")
            let through = try proxy.optionalString("outbound_proxy", example: "http://proxy.example:3128", help: "")
            let settings = try DatabaseSettings(from: reader.root.section("database"))
            let database = PostgresClient(loops: loops, settings: settings.driver(program: "scorable"))
            let places = try await withDeadline(.after(.seconds(5))) {
                try await OutsidePlaces(database: database).all()
            }
            return ((listed + places + [through].compactMap(\.self)).flatMap(NamedPlaces.hosts), nil)
        } catch {
            return (
                [],
                Examination.Finding(
                    .egress, "configured hosts", .warn, "Which providers are configured cannot be read: \(error)",
                    remedy: "Mend the database's connection; until then connections of the proxy look strange.")
            )
        }
    }

    // MARK: What holds them back

    private func units() async throws -> [Examination.Finding] {
        guard !installation.state.isMade, FileContents.exists("/run/systemd/system") else {
            return [
                Examination.Finding(
                    .egress, "units", .skipped,
                    "The daemons run without units, so that only their own allow-lists hold them.")
            ]
        }
        var findings: [Examination.Finding] = []
        for daemon in Installation.daemons where daemon != "llmproxyd" {
            for unit in try await DaemonUnits.names(of: daemon, environment: installation.environment) {
                let properties = try await DaemonUnits.properties(
                    of: unit, "IPAddressDeny,IPAddressAllow", environment: installation.environment)
                findings.append(
                    properties.isHeldToAddresses
                        ? Examination.Finding(
                            .egress, unit, .ok, "It reaches only \(properties["IPAddressAllow"] ?? "nothing").")
                        : Examination.Finding(
                            .egress, unit, .fail, "Its unit lets it reach every address.",
                            remedy:
                                "Set IPAddressDeny=any and IPAddressAllow= its stores and daemons: systemctl edit \(unit)"
                        ))
            }
        }
        return findings
    }

    private func allowList() throws -> [Examination.Finding] {
        let reader = try InstallationSettings.reader(of: installation)
        let hosts = try reader.root.section("llmproxyd").strings("allowed_hosts", default: [], help: "")
        return [
            Examination.Finding(
                .egress, "allow-list", .ok,
                hosts.isEmpty
                    ? "The proxy connects to what providers and webhooks name; llmproxyd.allowed_hosts could hold it to a list."
                    : "The proxy connects to nothing but \(hosts.joined(separator: ", ")).")
        ]
    }
}
