internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
package import HTTPTransfer
internal import JSON
package import WireAPI

/// The processes of an installation: those that announce themselves, and those that have no store to do so and are asked.
package struct InstanceReadings: Sendable {
    private let announced: @Sendable () async throws -> [OperatorInstances.Instance]
    private let addresses: [String]
    private let client: HTTPClient
    private let serviceToken: String?

    /// `asking` has the base addresses of the internal listeners of those that are asked.
    package init(
        announced: @escaping @Sendable () async throws -> [OperatorInstances.Instance], asking addresses: [String],
        through client: HTTPClient, serviceToken: String?
    ) {
        self.announced = announced
        self.addresses = addresses
        self.client = client
        self.serviceToken = serviceToken
    }

    /// A daemon did not tell who it is.
    private struct NotTold: Error, CustomStringConvertible {
        let description: String
    }

    /// What is heard of them now.
    package func instances() async throws -> OperatorInstances {
        let moment = Date()
        var found = try await announced()
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
        guard response.status == 200 else { throw NotTold(description: "it answered with status \(response.status)") }
        return try JSONCodec.decode(OperatorInstance.self, from: response.body)
    }
}
