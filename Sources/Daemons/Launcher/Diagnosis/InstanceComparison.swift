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
            asking: parts.places.filter { $0.daemon == "evald" }.map(\.url), through: parts.client,
            serviceToken: parts.serviceToken)
    }

    /// What is heard of them now.
    package func instances() async throws -> OperatorInstances { try await readings.instances() }

    /// Whether they have the settings alike that they should.
    var examination: Examination {
        Examination(.daemons, "settings alike") {
            let found = try await instances()
            guard !found.differences.isEmpty else {
                return [
                    Examination.Finding(
                        .daemons, "settings alike", .ok,
                        "\(found.results.count) processes have the settings alike that they should.")
                ]
            }
            let keys = found.differences.prefix(5).map(\.key).joined(separator: ", ")
            return [
                Examination.Finding(
                    .daemons, "settings alike", .warn, "Not the same everywhere: \(keys).",
                    remedy: "See who has what: scorable config --diff; then restart those with the wrong file.")
            ]
        }
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
