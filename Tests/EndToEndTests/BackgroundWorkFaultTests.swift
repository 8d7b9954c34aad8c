import Foundation
import Glibc
import JSON
import Testing

extension EndToEnd {
    /// What accepted batches come to when something dies under them: every item ends, and none has an effect twice.
    @Suite struct BackgroundWorkFaultTests {
        private static let items = 100

        @Test func aKilledWorkersItemsAreDoneByItsSuccessor() async throws {
            try await endure("workerd") { installation, _ in
                try await eventually("items run") { try await Self.running(in: installation) > 0 }
                try #require(try installation.program("workerd")).kill()
            }
        }

        @Test(arguments: [false, true])
        func aWorkerThatSleptPastItsLeaseChangesNothing(withinATransaction: Bool) async throws {
            try await endure("a workerd frozen \(withinATransaction ? "within a transaction" : "anywhere")") {
                installation, started in
                try await eventually("items run") { try await Self.running(in: installation) > 0 }
                let frozen = try #require(try installation.program("workerd"))
                do {
                    if withinATransaction {
                        try await Self.freezeWithinATransaction(frozen, in: installation)
                    } else {
                        try frozen.kill(SIGSTOP)
                    }
                    // Another one has to take its items over, and to end all of them.
                    let other = try await Self.anotherWorker(in: installation)
                    let id = started.string("batch_execution_id")
                    try await eventually("the other worker ends the batch", within: .seconds(90)) {
                        try await installation.query("SELECT state FROM batches WHERE id = '\(id)';") == ["ended"]
                    }
                    try frozen.kill(SIGCONT)
                    try RunningProgram(pid: other.pid).kill(SIGTERM)
                    #expect(try await other.end(within: .seconds(60)).code == 0)
                } catch {
                    try frozen.kill(SIGCONT)
                    throw error
                }
            }
        }

        @Test func batchesOutliveTheirServer() async throws {
            let installation = try await PrivateInstallation.faulty()
            try await installation.untilReady()
            let evaluator = try await FaultyEvaluators.on(["well"], in: installation)
            let known = try await Self.batches(in: installation)
            let batches = try await withThrowingTaskGroup(of: Reply?.self, returning: [Reply].self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        // Some find nobody there: those were not accepted.
                        try? await Self.start(evaluator, count: 5, in: installation)
                    }
                }
                try await eventually("some are accepted") { try await Self.batches(in: installation) > known }
                try #require(try installation.program("apid")).kill()
                return try await group.reduce(into: []) { replies, reply in
                    if let reply, reply.status == 202 { replies.append(reply) }
                }
            }
            try await installation.untilReady()
            for batch in batches { try await Self.expectComplete(batch, count: 5, in: installation) }
            try await eventually("also batches whose answer was lost are done", within: .seconds(60)) {
                try await installation.query("SELECT count(*) FROM batches WHERE state <> 'ended';") == ["0"]
            }
        }

        @Test(arguments: [true, false])
        func nothingIsLostWithRedis(withItsData: Bool) async throws {
            try await endure("redis, \(withItsData ? "with" : "without") its data") { installation, _ in
                try await eventually("items run") { try await Self.running(in: installation) > 0 }
                if !withItsData {
                    let socket = "\(installation.place.state)/run/redis.sock"
                    let outcome = try await ChildProgram.run(["/usr/bin/redis-cli", "-s", socket, "FLUSHALL"])
                    #expect(outcome.output.contains("OK"), "\(outcome.output)")
                }
                try #require(try installation.program("redis")).kill()
            }
        }

        @Test func nothingIsLostWithPostgres() async throws {
            try await endure("postgres") { installation, _ in
                try await eventually("items run") { try await Self.running(in: installation) > 0 }
                try #require(try installation.program("postgres")).kill()
            }
        }

        // MARK: What all have in common

        /// Starts a batch, lets `fault` happen while it is done, and expects every item to have ended well exactly once.
        private func endure(
            _ what: String, _ fault: (PrivateInstallation, Reply) async throws -> Void
        ) async throws {
            let installation = try await PrivateInstallation.faulty()
            try await installation.untilReady()
            let evaluator = try await FaultyEvaluators.on(["slow"], in: installation)
            let started = try await Self.start(evaluator, count: Self.items, in: installation)
            #expect(started.status == 202, "\(started.text)")
            try await fault(installation, started)
            let since = ContinuousClock.now
            try await Self.expectComplete(started, count: Self.items, in: installation)
            print("\(what): all of \(Self.items) items ended \(since.duration(to: .now)) after the fault")
            try await installation.untilReady()
        }

        private static func start(
            _ evaluator: String, count: Int, in installation: PrivateInstallation
        ) async throws -> Reply {
            let inputs = (0..<count).map { JSONValue.object(["response": .string("Answer \($0).")]) }
            return try await installation.api.post(
                "/v1/batch-executions/", ["evaluator_ids": [.string(evaluator)], "inputs": .array(inputs)])
        }

        private static func batches(in installation: PrivateInstallation) async throws -> Int {
            Int(try await installation.query("SELECT count(*) FROM batches;").first ?? "") ?? 0
        }

        /// A second worker beside the one that the installation has, once it is ready.
        private static func anotherWorker(in installation: PrivateInstallation) async throws -> ChildProgram {
            let port = installation.port(8093)
            let program = try await ChildProgram.start(
                [BuiltFiles.program("scorable-workerd")],
                environment: .clean.adding([
                    "SCORABLE_CONFIG": "\(installation.place.state)/scorable.yaml",
                    "SCORABLE_WORKERD_INTERNAL_LISTEN": "127.0.0.1:\(port)",
                ]))
            try await eventually("the other worker is ready: \(program.written)") {
                (try? await APIClient(base: "http://127.0.0.1:\(port)").get("/readyz").status) == 200
            }
            return program
        }

        /// Stops a worker between two statements of a transaction, with the locks that it holds.
        private static func freezeWithinATransaction(
            _ worker: RunningProgram, in installation: PrivateInstallation
        ) async throws {
            try await eventually("the worker is caught within a transaction") {
                try worker.kill(SIGSTOP)
                let open = try await installation.query(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE application_name = 'scorable-workerd' AND state = 'idle in transaction';
                    """)
                guard open == ["0"] else { return true }
                try worker.kill(SIGCONT)
                return false
            }
        }

        private static func running(in installation: PrivateInstallation) async throws -> Int {
            Int(try await installation.query("SELECT count(*) FROM jobs WHERE state = 'running';").first ?? "") ?? 0
        }

        /// Every item has ended well, its job was finished once, and it has one log.
        private static func expectComplete(
            _ started: Reply, count: Int, in installation: PrivateInstallation
        ) async throws {
            let id = started.string("batch_execution_id")
            try await eventually("batch \(id) ends", within: .seconds(90), every: .milliseconds(200)) {
                // Nobody answers while PostgreSQL is being started again.
                (try? await installation.query("SELECT state FROM batches WHERE id = '\(id)';")) == ["ended"]
            }
            let counters = try await installation.query(
                "SELECT concat_ws(' ', total, finished, dead, cancelled) FROM batches WHERE id = '\(id)';")
            #expect(counters == ["\(count) \(count) 0 0"])
            let states = try await installation.query(
                "SELECT state || ' ' || count(*) FROM jobs WHERE batch_id = '\(id)' GROUP BY state;")
            #expect(states == ["finished \(count)"])
            let logs = try await installation.query(
                "SELECT count(*) || ' ' || count(DISTINCT response) FROM execution_logs WHERE batch_id = '\(id)';")
            #expect(logs == ["\(count) \(count)"])
        }
    }
}
