internal import EventLoop
internal import FoundationEssentials
package import HTTPTransfer
internal import Scoring
internal import WireAPI

/// How the daemons do, each as it says itself, and what they say of providers.
package struct DaemonExaminations: Sendable {
    /// A daemon and where its internal listener is.
    package struct Place: Sendable, Hashable {
        package let daemon: String
        package let url: String

        package init(daemon: String, url: String) {
            self.daemon = daemon
            self.url = url
        }
    }

    private let places: [Place]
    private let client: HTTPClient
    private let proxies: LLMProxyClient?
    private let version: String

    /// `proxies` is `nil` where the service token is not known; `version` is ours.
    package init(_ places: [Place], through client: HTTPClient, proxies: LLMProxyClient?, version: String) {
        self.places = places
        self.client = client
        self.proxies = proxies
        self.version = version
    }

    /// What is looked at.
    package var all: [Examination] {
        places.map { place in
            Examination(
                .daemons, Self.name(place),
                remedy: "See that it runs: systemctl status scorable-\(place.daemon); its log says why it does not."
            ) { try await standing(of: place) }
        } + (proxies.map { proxies in [Examination(.providers, "providers") { try await providers(proxies) }] } ?? [])
    }

    private static func name(_ place: Place) -> String {
        let address = place.url.split(separator: "://", maxSplits: 1).last.map(String.init) ?? place.url
        return "scorable-\(place.daemon) at \(address)"
    }

    private func standing(of place: Place) async throws -> [Examination.Finding] {
        let name = Self.name(place)
        let target = HealthTarget.daemon(place.daemon, at: place.url, through: client)
        let reading = try await target.probe()
        var facts = [reading.version.map { "version \($0)" }, reading.memoryBytes.map { Amounts.bytes($0) }]
        facts.append(reading.uptime.map { "up for \(Amounts.time($0))" })
        let detail = facts.compactMap(\.self).joined(separator: ", ")
        if let complaint = reading.complaint {
            return [
                Examination.Finding(
                    .daemons, name, .fail, "Not ready: \(complaint)",
                    remedy: "Mend what it names; it becomes ready by itself.")
            ]
        }
        guard reading.version == version else {
            return [
                Examination.Finding(
                    .daemons, name, .warn, "Ready, \(detail); this program is version \(version).",
                    remedy:
                        "Finish the upgrade: install the same release everywhere, and restart what still runs the old.")
            ]
        }
        return [Examination.Finding(.daemons, name, .ok, "Ready, \(detail).")]
    }

    private func providers(_ proxies: LLMProxyClient) async throws -> [Examination.Finding] {
        let watch = ProxyWatch(client: proxies, for: .seconds(1), now: Date.init)
        let found = try await watch.readings()
        var findings: [Examination.Finding] = []
        if let complaint = found.proxies.complaint {
            findings.append(
                Examination.Finding(
                    .providers, "proxies", found.proxies.answering == 0 ? .fail : .warn, complaint,
                    remedy: "Without a proxy nothing is evaluated: see that scorable-llmproxyd runs."))
        }
        let deployments = found.readings.flatMap(\.deployments)
        guard !deployments.isEmpty else {
            findings.append(
                Examination.Finding(.providers, "providers", .skipped, "No proxy has called any model since its start.")
            )
            return findings
        }
        let grouped = Dictionary(grouping: deployments) { "\($0.provider) · \($0.model)" }
        findings += grouped.sorted { $0.key < $1.key }.map { name, deployments in
            guard let worst = deployments.min(by: { $0.score < $1.score }) else { preconditionFailure("never empty") }
            let state: OperatorDiagnosis.State =
                worst.isDrained
                ? .skipped : worst.condition == "unhealthy" ? .fail : worst.condition == "degraded" ? .warn : .ok
            let isWell = state == .ok || state == .skipped
            return Examination.Finding(
                .providers, name, state, worst.isDrained ? "Somebody has taken it out of service." : worst.sentence,
                remedy: isWell ? nil : "See the provider in the console (Providers), or its own status page.")
        }
        return findings
    }
}
