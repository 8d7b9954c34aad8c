internal import EventLoop
internal import Operations
internal import SystemCalls
internal import WireAPI

/// How this host is: its disk, its limits, its units.
struct HostExaminations: Sendable {
    let installation: Installation
    /// Folders of the installation on this host.
    let folders: [String]

    /// What is looked at.
    var all: [Examination] {
        [
            Examination(.host, "disk", disk),
            Examination(.host, "file descriptors", descriptors),
            Examination(.host, "time zone", timeZone),
            Examination(.host, "units", patience: .seconds(10), units),
        ]
    }

    private func disk() throws -> [Examination.Finding] {
        try folders.filter(FileContents.exists).map { folder in
            let free = try Folders.freeBytes(at: folder)
            let detail = "\(free >> 20) MiB are free at \(folder)."
            let state: OperatorDiagnosis.State = free < 256 << 20 ? .fail : free < 2 << 30 ? .warn : .ok
            return Examination.Finding(
                .host, "disk \(folder)", state, detail,
                remedy: state == .ok ? nil : "Make room, enlarge the file system, or keep things for a shorter time.")
        }
    }

    private func descriptors() throws -> [Examination.Finding] {
        let processes = try DaemonProcess.all(of: installation)
        guard !processes.isEmpty else {
            return [Examination.Finding(.host, "file descriptors", .skipped, "No daemon runs on this host.")]
        }
        return processes.map { process in
            do {
                let limits = String(decoding: try FileContents.read("/proc/\(process.pid)/limits"), as: UTF8.self)
                let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
                let most = line?.split(separator: " ").dropFirst(3).first.flatMap { Int($0) } ?? .max
                let used = try FileContents.entryCount(ofDirectory: "/proc/\(process.pid)/fd")
                let detail = "\(used) of \(most == .max ? "any number of" : "\(most)") descriptors are open."
                let isNear = most != .max && used * 10 >= most * 8
                let state: OperatorDiagnosis.State = isNear || most < 4096 ? .warn : .ok
                return Examination.Finding(
                    .host, process.name, state, detail,
                    remedy: state == .ok ? nil : "Raise LimitNOFILE= of its unit, or ulimit -Hn where it is started.")
            } catch {
                return Examination.Finding(
                    .host, process.name, .skipped, "It cannot be looked into: run doctor as root.")
            }
        }
    }

    private func timeZone() -> [Examination.Finding] {
        let zone: String
        do {
            let link = try FileFacts.link("/etc/localtime")
            zone = link.firstRange(of: "zoneinfo/").map { String(link[$0.upperBound...]) } ?? link
        } catch {
            zone = "UTC"
        }
        return [
            Examination.Finding(
                .host, "time zone", .ok, "This host's is \(zone). Scorable reckons in UTC everywhere, whatever it is.")
        ]
    }

    private func units() async throws -> [Examination.Finding] {
        guard !installation.state.isMade, FileContents.exists("/run/systemd/system") else {
            let reason =
                installation.state.isMade
                ? "This is a private installation: its supervisor starts the daemons." : "systemd does not run here."
            return [Examination.Finding(.host, "units", .skipped, reason)]
        }
        var findings: [Examination.Finding] = []
        for daemon in Installation.daemons {
            let units = try await DaemonUnits.names(of: daemon, environment: installation.environment)
            if units.isEmpty {
                let detail = "No unit of it is started on this host."
                findings.append(Examination.Finding(.host, "scorable-\(daemon)", .skipped, detail))
            }
            var known: [(unit: String, properties: UnitProperties)] = []
            for unit in units {
                let properties = try await DaemonUnits.properties(
                    of: unit, "ActiveState,SubState,NRestarts", environment: installation.environment)
                known.append((unit, properties))
            }
            // An instance that a socket names may rest where others run.
            let isServed = known.contains { $0.properties["ActiveState"] == "active" }
            for (unit, properties) in known where !isServed || properties["ActiveState"] != "inactive" {
                findings.append(standing(of: unit, properties))
            }
        }
        return findings
    }

    private func standing(of unit: String, _ properties: UnitProperties) -> Examination.Finding {
        let state = "\(properties["ActiveState"] ?? "unknown") (\(properties["SubState"] ?? "unknown"))"
        let restarts = properties["NRestarts"].flatMap { Int($0) } ?? 0
        let detail = "\(state), restarted \(restarts) times by itself."
        guard properties["ActiveState"] == "active" else {
            return Examination.Finding(
                .host, unit, properties["ActiveState"] == "failed" ? .fail : .warn, detail,
                remedy: "See why: journalctl -u \(unit) -n 50; then: systemctl restart \(unit)")
        }
        return Examination.Finding(
            .host, unit, restarts > 3 ? .warn : .ok, detail,
            remedy: restarts > 3 ? "See why: journalctl -u \(unit) -p warning" : nil)
    }
}
