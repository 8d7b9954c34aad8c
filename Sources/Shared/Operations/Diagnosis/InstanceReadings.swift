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
            for answer in try await ask(all: try await ReplicaAddresses.each(of: address)) {
                do {
                    let instance = try answer.instance()
                    // Two addresses may lead to the same process.
                    guard !found.contains(where: { $0.instance.id == instance.id }) else { continue }
                    found.append(OperatorInstances.Instance(instance: instance, seenSeconds: 0))
                } catch {
                    complaint = "scorable-evald at \(answer.replica) does not say which settings it has: \(error)"
                }
            }
        }
        return OperatorInstances(
            results: found, differences: OperatorInstances.differences(among: found.map(\.instance)), askedAt: moment,
            complaint: complaint)
    }

    /// What one replica said.
    private struct Answer: Sendable {
        let replica: String
        let body: [UInt8]
        /// Why there is no body; `nil` when there is one.
        let complaint: String?

        func instance() throws -> OperatorInstance {
            if let complaint { throw NotTold(description: complaint) }
            return try JSONCodec.decode(OperatorInstance.self, from: body)
        }
    }

    /// All at the same time, so that one that does not answer keeps nobody waiting for the others.
    private func ask(all replicas: [String]) async throws -> [Answer] {
        let answers = await withTaskGroup(of: Answer.self) { group in
            for replica in replicas {
                group.addTask {
                    do {
                        return Answer(replica: replica, body: try await ask(replica), complaint: nil)
                    } catch {
                        return Answer(replica: replica, body: [], complaint: "\(error)")
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        try Task.checkCancellation()
        return answers.sorted { $0.replica < $1.replica }
    }

    private func ask(_ address: String) async throws -> [UInt8] {
        var headers: HTTPHeaders = [:]
        headers["authorization"] = serviceToken.map { "Bearer \($0)" }
        let request = OutboundRequest(
            method: .get, url: address + OperatorInstance.path, headers: headers,
            deadlines: TransferDeadlines(
                connect: .seconds(1), firstByte: .seconds(2), idle: .seconds(2), total: .seconds(3)))
        let response = try await client.send(request, bodyLimit: 1 << 20)
        guard response.status == 200 else { throw NotTold(description: "it answered with status \(response.status)") }
        return response.body
    }
}
