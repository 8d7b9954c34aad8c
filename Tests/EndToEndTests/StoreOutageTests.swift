import Foundation
import Glibc
import JSON
import Testing

extension EndToEnd {
    /// PostgreSQL and Redis die under load and come back.
    @Suite struct StoreOutageTests {
        private static let clients = 50

        @Test func theDaemonsRecoverFromACrashOfPostgres() async throws {
            let installation = try await PrivateInstallation.faulty()
            try await installation.untilReady()
            let evaluator = try await FaultyEvaluators.on(["well"], in: installation)
            let tag = "postgres-\(UUID().uuidString.prefix(8))"
            let tally = try await ExecutionLoad.run(
                [evaluator], clients: Self.clients, in: installation, tag: tag
            ) {
                try await Self.killForAWhile("postgres", in: installation) {
                    for daemon in ["apid", "llmproxyd", "workerd"] {
                        try await eventually("\(daemon) says that it is not ready") {
                            await !installation.isReady(daemon)
                        }
                    }
                }
                try await Self.expectRecovery(from: "postgres", of: installation, executing: evaluator) {
                    (try? await installation.query("SELECT 1;")) == ["1"]
                }
            }
            print("postgres: \(tally.statuses), \(tally.connectionErrors) without an answer")
            #expect(tally.surprises.isEmpty, "\(tally.surprises.prefix(3))")
            let (once, repeated) = try await installation.stored(tally.logs, tag: tag)
            #expect(once == tally.logs.count)
            #expect(repeated == 0)
        }

        @Test func executionsGoOnWithoutRedis() async throws {
            let installation = try await PrivateInstallation.faulty()
            try await installation.untilReady()
            let evaluator = try await FaultyEvaluators.on(["well"], in: installation)
            let tag = "redis-\(UUID().uuidString.prefix(8))"
            let tally = try await ExecutionLoad.run(
                [evaluator], clients: Self.clients, in: installation, tag: tag
            ) {
                try await Self.killForAWhile("redis", in: installation) {
                    for daemon in ["apid", "llmproxyd"] {
                        try await eventually("\(daemon) says that it is degraded") {
                            await installation.isDegraded(daemon)
                        }
                    }
                    try await eventually("workerd says that it is not ready") { await !installation.isReady("workerd") }
                    for _ in 0..<5 {
                        let reply = try await installation.api.post(
                            "/v1/evaluators/execute/\(evaluator)/", ["response": "So."])
                        #expect(reply.status == 200, "\(reply.text)")
                    }
                }
                try await Self.expectRecovery(from: "redis", of: installation, executing: evaluator) {
                    await Self.redisAnswers(in: installation)
                }
            }
            print("redis: \(tally.statuses), \(tally.connectionErrors) without an answer")
            #expect(tally.statuses.keys.sorted() == [200], "\(tally.statuses)")
            #expect(tally.connectionErrors == 0)
            let (once, _) = try await installation.stored(tally.logs, tag: tag)
            #expect(once == tally.logs.count)
        }

        /// Kills a store and keeps the supervisor from starting it again until `body` has ended.
        private static func killForAWhile(
            _ store: String, in installation: PrivateInstallation, _ body: () async throws -> Void
        ) async throws {
            let victim = try #require(try installation.program(store))
            let supervisor = try installation.supervisor
            try supervisor.kill(SIGSTOP)
            do {
                try victim.kill()
                try await body()
            } catch {
                try supervisor.kill(SIGCONT)
                throw error
            }
            try supervisor.kill(SIGCONT)
        }

        /// Everything is well again soon after `isBack`.
        private static func expectRecovery(
            from store: String, of installation: PrivateInstallation, executing evaluator: String,
            _ isBack: () async throws -> Bool
        ) async throws {
            let restart = try await eventually("\(store) is back: \(installation.log(of: store))", isBack)
            let readiness = try await installation.untilReady()
            let execution = try await eventually("executions work") {
                try await installation.api.post("/v1/evaluators/execute/\(evaluator)/", ["response": "So."]).status
                    == 200
            }
            print(
                "\(store) was back after \(restart); all daemons were ready \(readiness) later, executed \(execution) later"
            )
            #expect(readiness + execution < patience(.seconds(5)))
        }

        private static func redisAnswers(in installation: PrivateInstallation) async -> Bool {
            let outcome = try? await ChildProgram.run(
                ["/usr/bin/redis-cli", "-s", "\(installation.place.state)/run/redis.sock", "PING"])
            return outcome?.output.contains("PONG") == true
        }
    }
}
