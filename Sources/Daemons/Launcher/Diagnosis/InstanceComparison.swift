package import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPTransfer
internal import JSON
internal import Operations
internal import StoreConnections
package import WireAPI

/// The processes of an installation, on every host, and where their settings differ.
package struct InstanceComparison: Sendable {
    private let registry: InstanceRegistry
    private let client: HTTPClient
    private let serviceToken: String?
    /// Where those are that announce themselves nowhere.
    private let addresses: [String]

    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(_ installation: Installation, on loops: LoopGroup) throws {
        self.init(try DoctorParts(installation, on: loops))
    }

    init(_ parts: DoctorParts) {
        registry = InstanceRegistry(redis: parts.redis)
        client = parts.client
        serviceToken = parts.serviceToken
        addresses = parts.places.filter { $0.daemon == "evald" }.map(\.url)
    }

    /// What is heard of them now.
    package func instances() async throws -> OperatorInstances {
        let moment = Date()
        var found = try await registry.all()
        var complaint: String?
        for address in addresses {
            do {
                found.append(OperatorInstances.Instance(instance: try await ask(address), seenSeconds: 0))
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                complaint = "scorable-evald at \(address) does not say which settings it has: \(error)"
            }
        }
        return OperatorInstances(
            results: found, differences: OperatorInstances.differences(among: found.map(\.instance)), askedAt: moment,
            complaint: complaint)
    }

    private func ask(_ address: String) async throws -> OperatorInstance {
        var headers: HTTPHeaders = [:]
        headers["authorization"] = serviceToken.map { "Bearer \($0)" }
        let request = OutboundRequest(
            method: .get, url: address + OperatorInstance.path, headers: headers,
            deadlines: TransferDeadlines(
                connect: .seconds(1), firstByte: .seconds(2), idle: .seconds(2), total: .seconds(3)))
        let response = try await client.send(request, bodyLimit: 1 << 20)
        guard response.status == 200 else { throw LauncherFailure("it answered with status \(response.status)") }
        return try JSONCodec.decode(OperatorInstance.self, from: response.body)
    }

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
