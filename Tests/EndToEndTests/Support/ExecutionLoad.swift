import Foundation
import HTTPMessages
import HTTPTransfer
import JSON
import Synchronization

/// Executions that run without a break, many at once.
enum ExecutionLoad {
    /// What became of them.
    struct Tally: Sendable {
        /// The logs of those that were acknowledged.
        var logs: [String] = []
        /// How often each status was answered.
        var statuses: [Int: Int] = [:]
        /// Bodies of answers that nobody expected.
        var surprises: [String] = []
        /// Requests to which no answer came.
        var connectionErrors = 0

        fileprivate mutating func add(_ other: Tally) {
            logs += other.logs
            statuses.merge(other.statuses, uniquingKeysWith: +)
            surprises += other.surprises
            connectionErrors += other.connectionErrors
        }
    }

    /// The statuses that a client may answer by trying again.
    private static let retryable: Set<Int> = [502, 503, 504]

    /// Executes `evaluators` from `count` clients while `body` runs, which begins when each client has had an answer.
    static func run(
        _ evaluators: [String], clients count: Int, in installation: PrivateInstallation, tag: String,
        while body: () async throws -> Void
    ) async throws -> Tally {
        let progress = Progress()
        return try await withThrowingTaskGroup(of: Tally.self) { group in
            for client in 0..<count {
                group.addTask {
                    var tally = Tally()
                    while !progress.isOver {
                        await execute(evaluators[client % evaluators.count], in: installation, tag, &tally)
                        progress.noteAnswer()
                    }
                    return tally
                }
            }
            defer { progress.end() }
            try await eventually("the load runs", within: .seconds(60)) { progress.answers >= count }
            try await body()
            progress.end()
            var whole = Tally()
            for try await tally in group { whole.add(tally) }
            return whole
        }
    }

    /// How far the load is, and whether it is to go on.
    private final class Progress: Sendable {
        private let state = Mutex((answers: 0, isOver: false))

        var answers: Int { state.withLock { $0.answers } }
        var isOver: Bool { state.withLock { $0.isOver } }

        func noteAnswer() { state.withLock { $0.answers += 1 } }
        func end() { state.withLock { $0.isOver = true } }
    }

    private static func execute(
        _ evaluator: String, in installation: PrivateInstallation, _ tag: String, _ tally: inout Tally
    ) async {
        do {
            let reply = try await installation.api.post(
                "/v1/evaluators/execute/\(evaluator)/",
                ["request": "How?", "response": "So.", "tags": [.string(tag)]],
                headers: ["x-request-id": "\(tag)-\(UUID().uuidString)"], within: .seconds(60))
            tally.statuses[reply.status, default: 0] += 1
            if reply.status == 200 {
                tally.logs.append(reply.string("execution_log_id"))
            } else if !retryable.contains(reply.status) {
                tally.surprises.append("\(reply.status): \(reply.text)")
            }
        } catch {
            tally.connectionErrors += 1
        }
    }
}

extension PrivateInstallation {
    /// How many of `logs` are stored exactly once, and how many requests of `tag` were recorded more than once.
    func stored(_ logs: [String], tag: String) async throws -> (once: Int, repeated: Int) {
        let identifiers = logs.map { "'\($0)'" }.joined(separator: ",")
        let once = try await query(
            "SELECT count(*) FROM (SELECT id FROM execution_logs WHERE id = ANY (ARRAY[\(identifiers)]::uuid[]) "
                + "GROUP BY id HAVING count(*) = 1) AS single;")
        let repeated = try await query(
            "SELECT count(*) FROM (SELECT request_id FROM execution_logs WHERE tags = '{\(tag)}' "
                + "GROUP BY request_id HAVING count(*) > 1) AS several;")
        return (Int(once.first ?? "") ?? -1, Int(repeated.first ?? "") ?? -1)
    }

    /// How many of `logs` the API gives back.
    func readable(_ logs: some Sequence<String>) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            let api = api
            for log in logs {
                group.addTask {
                    let reply = try await api.get("/v1/execution-logs/\(log)/")
                    return reply.status == 200 && reply["score"]?.doubleValue != nil
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }
}
