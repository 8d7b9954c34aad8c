package import EventLoop
internal import FoundationEssentials
internal import Operations
internal import StoreConnections
package import WireAPI

/// The processes of an installation, on every host, and where their settings differ.
package struct InstanceComparison: Sendable {
    private let readings: InstanceReadings

    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(_ installation: Installation, on loops: LoopGroup) throws {
        self.init(try DoctorParts(installation, on: loops))
    }

    init(_ parts: DoctorParts) {
        let registry = InstanceRegistry(redis: parts.redis)
        readings = InstanceReadings(
            announced: { try await registry.all() },
            asking: [parts.evaluationService], through: parts.client,
            serviceToken: parts.serviceToken)
    }

    /// What is heard of them now.
    package func instances() async throws -> OperatorInstances { try await readings.instances() }

    /// Whether they have the settings alike that they should, and the same time.
    var examination: Examination {
        Examination(.daemons, "settings alike", remedy: "See that Redis runs: processes announce themselves there.") {
            let found = try await instances()
            let silent = found.complaint.map { complaint in
                Examination.Finding(
                    .daemons, "processes", .warn, complaint,
                    remedy: "See that it runs, and that evald.url and service_token are the same everywhere.")
            }
            return [Self.settings(found), Self.clocks(found)] + [silent].compactMap(\.self)
        }
    }

    private static func settings(_ found: OperatorInstances) -> Examination.Finding {
        guard !found.differences.isEmpty else {
            return Examination.Finding(
                .daemons, "settings alike", .ok,
                "\(found.results.count) processes have the settings alike that they should.")
        }
        let keys = found.differences.prefix(5).map(\.key).joined(separator: ", ")
        return Examination.Finding(
            .daemons, "settings alike", .warn, "Not the same everywhere: \(keys).",
            remedy: "See who has what: scorable config --diff; then restart those with the wrong file.")
    }

    /// The clocks of the hosts, each as its processes say what time they have.
    static func clocks(_ found: OperatorInstances) -> Examination.Finding {
        var offsets: [String: Double] = [:]
        for process in found.results {
            guard let offset = process.clockOffset(at: found.askedAt) else { continue }
            // What took its time on the way looks like a clock that is behind: the best of a host counts.
            let other = offsets[process.instance.host]
            offsets[process.instance.host] = other.map { abs($0) < abs(offset) ? $0 : offset } ?? offset
        }
        guard !offsets.isEmpty else {
            return Examination.Finding(.daemons, "clocks", .skipped, "No process has told what time it has.")
        }
        let wrong = offsets.filter { abs($0.value) > OperatorInstances.tolerableClockOffset }
            .sorted { (abs($1.value), $0.key) < (abs($0.value), $1.key) }
        guard let worst = wrong.first else {
            return Examination.Finding(
                .daemons, "clocks", .ok, "The clocks of \(offsets.count) hosts agree with this one's.")
        }
        let named = wrong.prefix(3).map { host, offset in
            "\(host) by \(Int(abs(offset))) s \(offset < 0 ? "behind" : "ahead")"
        }.joined(separator: ", ")
        return Examination.Finding(
            .daemons, "clocks", abs(worst.value) > 30 ? .fail : .warn, "Not as this host's clock: \(named).",
            remedy: "Run a time service (chrony, systemd-timesyncd) on every host.")
    }
}

extension OperatorInstances {
    /// For people: the processes, and what differs.
    package var text: String {
        var lines = results.map { found in
            "\(found.instance.name)\t\(found.instance.version)\t\(found.instance.address)"
        }
        if let complaint { lines.append(complaint) }
        if differences.isEmpty { lines.append("Their settings are alike where they should be.") }
        for difference in differences {
            lines += ["", difference.key]
            for value in difference.values {
                lines.append("  \(value.value ?? "(not set)")\t\(value.instances.joined(separator: ", "))")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// As JSON, in one line.
    package var json: String { QueueAdministration.Form.line(of: self) }
}
