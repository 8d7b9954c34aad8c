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

    /// `asking` has the base addresses of the internal listeners of those that are asked; of a name that several replicas
    /// have, each is asked, so `client` must be free to go where names lead.
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

    /// What is heard of them now; on a loop.
    package func instances() async throws -> OperatorInstances {
        let moment = Date()
        var found = try await announced()
        var complaint: String?
        for address in addresses {
            for (replica, answer) in try await ask(all: try await ReplicaAddresses.each(of: address)) {
                switch answer {
                // Two addresses may lead to the same process.
                case .success(let instance) where found.contains { $0.instance.id == instance.id }: continue
                case .success(let instance):
                    found.append(OperatorInstances.Instance(instance: instance, seenSeconds: 0))
                case .failure(let error):
                    complaint = "scorable-evald at \(replica) does not say which settings it has: \(error)"
                }
            }
        }
        return OperatorInstances(
            results: found, differences: OperatorInstances.differences(among: found.map(\.instance)), askedAt: moment,
            complaint: complaint)
    }

    /// All at the same time, so that one that does not answer keeps nobody waiting for the others.
    private func ask(all replicas: [String]) async throws -> [(String, Result<OperatorInstance, any Error>)] {
        let answers = await withTaskGroup(of: (String, Result<OperatorInstance, any Error>).self) { group in
            for replica in replicas {
                group.addTask {
                    do {
                        return (replica, .success(try await ask(replica)))
                    } catch {
                        return (replica, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        try Task.checkCancellation()
        return answers.sorted { $0.0 < $1.0 }
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
