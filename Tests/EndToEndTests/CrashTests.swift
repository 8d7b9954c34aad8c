import Foundation
import Glibc
import JSON
import Testing

extension EndToEnd {
    /// kill -9 of every daemon while 200 clients execute.
    @Suite struct CrashTests {
        private static let clients = 200

        @Test(arguments: PrivateInstallation.daemons)
        func aKilledDaemonIsBackAtOnceAndNothingAcknowledgedIsLost(daemon: String) async throws {
            let installation = try await PrivateInstallation.faulty()
            try await installation.untilReady()
            let evaluators = [
                try await FaultyEvaluators.on(["slow"], in: installation),
                try await FaultyEvaluators.on(["well"], in: installation),
            ]
            let tag = "crash-\(daemon)-\(UUID().uuidString.prefix(8))"
            let tally = try await ExecutionLoad.run(
                evaluators, clients: Self.clients, in: installation, tag: tag
            ) {
                let victim = try #require(try installation.program(daemon))
                try victim.kill()
                let outage = try await eventually("\(daemon) is back: \(installation.log(of: "supervisor"))") {
                    guard let successor = try installation.program(daemon), successor != victim else { return false }
                    return await installation.isReady(daemon)
                }
                print("\(daemon) was ready again \(outage) after kill -9 under \(Self.clients) executions at once")
                #expect(outage < patience(.seconds(2)))
                // The load goes on over the new one for a while.
                try await Task.sleep(for: .milliseconds(500))
            }
            print("\(daemon): \(tally.statuses), \(tally.connectionErrors) without an answer")
            #expect(tally.surprises.isEmpty, "\(tally.surprises.prefix(3))")
            #expect(tally.logs.count >= Self.clients)

            let (once, repeated) = try await installation.stored(tally.logs, tag: tag)
            #expect(once == tally.logs.count)
            #expect(repeated == 0)
            let sample = tally.logs.suffix(100)
            #expect(try await installation.readable(sample) == sample.count)
            try await installation.untilReady()
        }

        /// What a deployment does, not a crash: nobody loses a request that has arrived.
        @Test(arguments: ["llmproxyd", "evald", "apid"])
        func aDaemonThatIsToldToStopFinishesWhatItRuns(daemon: String) async throws {
            let installation = try await PrivateInstallation.faulty()
            try await installation.untilReady()
            let evaluator = try await FaultyEvaluators.on(["slower"], in: installation)
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await installation.api.post(
                            "/v1/evaluators/execute/\(evaluator)/", ["response": "So."], within: .seconds(60))
                    }
                }
                try await eventually("the proxy serves the calls") {
                    try await Self.requestsInProgress(of: "llmproxyd", in: installation) >= 20
                }
                let victim = try #require(try installation.program(daemon))
                try victim.kill(SIGTERM)
                let successor = try await installation.program(daemon, insteadOf: victim)
                #expect(successor != victim)
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.map(\.status) == Array(repeating: 200, count: 20), "\(replies.map(\.text))")
            try await installation.untilReady()
        }

        private static func requestsInProgress(
            of daemon: String, in installation: PrivateInstallation
        ) async throws -> Int {
            let port = try #require(PrivateInstallation.ports[daemon])
            let metrics = try await APIClient(base: "http://127.0.0.1:\(installation.port(port))").get("/metrics")
            let gauges = metrics.text.matches(of: #/scorable_http_requests_in_progress\{[^}]*\} (\d+)/#)
            return gauges.compactMap { Int($0.1) }.max() ?? 0
        }
    }
}
