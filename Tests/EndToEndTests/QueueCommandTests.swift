import Foundation
import JSON
import Testing
import WireAPI

extension EndToEnd {
    /// `scorable queue`, on an installation whose worker works.
    @Suite struct QueueCommandTests {
        private func answer<Shape: Decodable>(
            _ installation: PrivateInstallation, _ arguments: String..., as _: Shape.Type = Shape.self
        ) async throws -> Shape {
            let outcome = try await PrivateInstallation.scorable(
                arguments + ["--json", "--state", installation.place.state], environment: .clean)
            #expect(outcome.code == 0, "\(outcome.output)")
            return try JSONCodec.decode(Shape.self, from: Array(outcome.output.utf8))
        }

        /// Jobs that nobody is there to do, given up, in a queue of their own.
        private func deadJobs(_ count: Int, in queue: String, _ installation: PrivateInstallation) async throws {
            _ = try await installation.query(
                """
                INSERT INTO jobs (id, kind, queue, priority, run_at, max_attempts, timeout_seconds, state, failures,
                    error_class, error, cause, created_at, ended_at)
                SELECT ('0190d6a1-0000-7000-8000-' || lpad(to_hex(n + abs(hashtext('\(queue)')::bigint) * 4096), 12, '0'))::uuid,
                    'test', '\(queue)', 2, now(), 5, 300, 'dead', 5, 'timeout', 'late by ' || n || ' s', 'late by # s',
                    now(), now() FROM generate_series(1, \(count)) AS n
                """)
        }

        @Test func queuesWorkersAndSchedulesAreListed() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let list = try await answer(installation, "queue", "list", as: OperatorQueueList.self)
            #expect(Set(list.results.map(\.name)).isSuperset(of: ["interactive", "evaluations", "maintenance"]))
            #expect(list.complaint == nil && list.runsInstallation)
            let text = try await installation.scorable("queue", "list")
            #expect(text.code == 0 && text.lines.first?.hasPrefix("QUEUE") == true, "\(text.output)")
            #expect(text.lines.contains { $0.hasPrefix("evaluations ") })
            // Workers that other tests have killed are shown for a while.
            let worker = try await eventualValue("a worker that is there") {
                try await answer(installation, "queue", "workers", as: OperatorWorkerList.self).results
                    .first { [.idle, .working].contains($0.condition) }
            }
            #expect(worker.value.slots > 0, "\(worker.value)")
            let schedules = try await answer(installation, "queue", "schedules", as: OperatorScheduleList.self)
            let schedule = try #require(schedules.results.first)
            let paused = try await installation.scorable("queue", "schedules", "pause", schedule.name)
            #expect(paused.code == 0 && paused.output == "\(schedule.name) is paused.\n")
            let resumed = try await installation.scorable("queue", "schedules", "resume", schedule.name)
            #expect(resumed.code == 0 && resumed.output.contains("goes on at"), "\(resumed.output)")
        }

        @Test func whatMatchesIsCountedAskedForAndDone() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let queue = "cli-\(UUID().uuidString.lowercased())"
            try await deadJobs(3, in: queue, installation)
            let filter = ["--all-matching", "queue=\(queue)", "state=dead"]
            let dead = try await answer(installation, "queue", "dead", queue, as: OperatorDeadLetters.self)
            #expect(dead.count == 3 && dead.groups.map(\.cause) == ["late by # s"])
            let refused = try await installation.scorable(
                "queue", "retry", filter[0], filter[1], filter[2], input: "no\n")
            #expect(refused.code == 1 && refused.output.contains("3 jobs will begin again"), "\(refused.output)")
            #expect(refused.output.contains("Nothing was done."))
            let moved = try await installation.scorable(
                "queue", "move", "--to", "elsewhere", filter[0], filter[1], filter[2])
            #expect(moved.code == 0 && moved.output.contains("no job that this could be done to"))
            let deleted = try await installation.scorable(
                "queue", "delete", filter[0], filter[1], filter[2], input: "3\n")
            #expect(deleted.code == 0 && deleted.output.hasSuffix("Done to 3 jobs.\n"), "\(deleted.output)")
            let left = try await answer(installation, "queue", "jobs", "queue=\(queue)", as: OperatorJobPage.self)
            #expect(left.results.isEmpty)
            let audit = try await installation.query(
                "SELECT actor_kind FROM audit_entries WHERE action = 'job.delete' AND after->>'count' = '3'")
            #expect(audit == ["machine"])
        }

        @Test func aJobIsShownAndSteeredByItsIdentifier() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let queue = "cli-\(UUID().uuidString.lowercased())"
            try await deadJobs(1, in: queue, installation)
            let job = try #require(
                try await answer(installation, "queue", "jobs", "queue=\(queue)", as: OperatorJobPage.self).results
                    .first)
            let id = job.id.uuidString.lowercased()
            let shown = try await installation.scorable("queue", "job", id)
            #expect(shown.code == 0 && shown.output.contains("It was given up after 5 failed attempts: late by 1 s"))
            let retried = try await installation.scorable("queue", "retry", id)
            #expect(retried.code == 0 && retried.output == "Done to 1 job.\n", "\(retried.output)")
            let twice = try await installation.scorable("queue", "retry", id)
            #expect(twice.code == 1 && twice.output.contains("1 could not be changed so"), "\(twice.output)")
            let cancelled = try await installation.scorable("queue", "cancel", id)
            #expect(cancelled.code == 0)
        }

        @Test func aQueueIsPausedLimitedAndResumed() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let subject = "kind:cli-\(UUID().uuidString.lowercased())"
            let paused = try await installation.scorable("queue", "pause", subject)
            #expect(paused.code == 0 && paused.output == "\(subject) is paused; before it was open.\n")
            let limited = try await installation.scorable("queue", "limit", subject, "--concurrency", "8")
            #expect(limited.output == "\(subject) is paused, at most 8; before it was paused.\n")
            let resumed = try await installation.scorable("queue", "resume", subject)
            #expect(resumed.output == "\(subject) is at most 8; before it was paused, at most 8.\n")
        }

        @Test func aBatchWhoseCountersAreWrongIsNamedAndEndsTheCheckWithOne() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let id = UUID().uuidString.lowercased()
            _ = try await installation.query(
                """
                INSERT INTO batches (id, organization_id, project_id, kind, queue, definition, state, total, dead, created_at)
                SELECT '\(id)', organization_id, id, 'judge', 'check', '{}', 'open', 3, 1, now() FROM projects LIMIT 1
                """)
            let wrong = try await installation.scorable("queue", "check")
            #expect(wrong.code == 1, "\(wrong.output)")
            #expect(wrong.lines.count { $0.hasPrefix(id) } == 2, "\(wrong.output)")
            _ = try await installation.query("UPDATE batches SET dead = 0 WHERE id = '\(id)'")
            let right = try await answer(installation, "queue", "check", as: OperatorQueueCheck.self)
            #expect(!right.batches.contains { $0.id.uuidString.lowercased() == id })
            _ = try await installation.query("DELETE FROM batches WHERE id = '\(id)'")
        }

        @Test(arguments: [
            (["queue", "jobs", "stat=dead"], "A filter knows no stat."),
            (["queue", "jobs", "dead"], "Write NAME=VALUE"),
            (["queue", "jobs", "state=stuck"], "state must be one of"),
            (["queue", "jobs", "--limit", "9999"], "--limit is from 1 to 200"),
            (["queue", "retry", "seven"], "is no identifier"),
            (["queue", "limit", "evaluations"], "Give --concurrency, --per-minute or --weight"),
        ])
        func whatIsNotUnderstoodIsSaidInOneLine(_ arguments: [String], words: String) async throws {
            let outcome = try await PrivateInstallation.scorable(arguments, environment: .clean)
            #expect(outcome.code == 2 && outcome.lines.count == 1, "\(outcome.output)")
            #expect(outcome.output.contains(words), "\(outcome.output)")
        }

        @Test func whatIsNotThereIsSaid() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let job = try await installation.scorable("queue", "job", UUID().uuidString)
            #expect(job.code == 1 && job.output == "scorable: Job not found.\n", "\(job.output)")
            let schedule = try await installation.scorable("queue", "schedules", "run", "nothing")
            #expect(schedule.code == 1 && schedule.output.contains("There is no schedule nothing"))
            let filter = try await installation.scorable("queue", "jobs", "error_class=bad_luck")
            #expect(filter.code == 1 && filter.output.contains("error_class must be one of"), "\(filter.output)")
        }
    }
}
