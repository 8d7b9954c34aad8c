import FoundationEssentials
import Jobs
import Operations
import Postgres
import Queueing
import Records
import Scoring
import Stores
import Tenancy
import Testing

/// Which traces are evaluated, and when that is decided. One suite after the other: decisions are about all organisations.
@Suite(.serialized) struct TraceDecisionTests {
    @Test func eachTraceComesToOneStateAndThoseThatAreChosenHaveAJob() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let all = try await tenant.filter(
                conditions: #"[{"column":"name","operator":"=","value":"wanted"}]"#)
            let none = try await tenant.filter(rate: 0)
            let (wanted, other) = (rig.newTrace(), rig.newTrace())
            try await tenant.store(wanted, name: "wanted")
            try await tenant.store(other)
            while try await rig.decisions.decide(at: Date().addingTimeInterval(1)) > 0 {}
            #expect(try await rig.candidate(all, wanted)?.state == .queued)
            #expect(try await rig.candidate(all, other)?.state == .filteredOut)
            #expect(try await rig.candidate(none, wanted)?.state == .sampledOut)
            #expect(try await rig.candidate(none, other)?.state == .sampledOut)
            var jobs = JobFilter()
            jobs.organizationID = tenant.organization
            jobs.kinds = [EvaluateTrace.kind]
            #expect(try await rig.product.queue.readings.page(jobs, newestFirst: true, limit: 10).jobs.count == 1)
        }
    }

    @Test func theDelayIsCountedFromTheLatestSpan() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let filter = try await tenant.filter(delay: 60)
            let trace = rig.newTrace()
            let begun = Date()
            try await tenant.store(trace)
            try await rig.database.execute(
                "UPDATE trace_candidates SET due_at = due_at - interval '50 seconds' WHERE trace_id = \(trace.uuid)")
            try await tenant.store(trace, span: 2)
            _ = try await rig.decisions.decide(at: begun.addingTimeInterval(30))
            #expect(try await rig.candidate(filter, trace)?.state == .settling)
            _ = try await rig.decisions.decide(at: Date().addingTimeInterval(61))
            #expect(try await rig.candidate(filter, trace)?.state == .queued)
        }
    }

    @Test func manyWorkersDecideAboutEachTraceOnce() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            _ = try await tenant.filter()
            for _ in 0..<60 { try await tenant.store(rig.newTrace()) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        while try await rig.decisions.decide(at: Date().addingTimeInterval(1)) > 0 {}
                    }
                }
                try await group.waitForAll()
            }
            let rows = try await rig.database.query(
                """
                SELECT count(*) AS queued, count(DISTINCT job_id) AS jobs FROM trace_candidates
                WHERE organization_id = \(tenant.organization) AND state = 'queued'
                """)
            #expect(try rows.first?.decode("queued") == 60 && rows.first?.decode("jobs") == 60)
        }
    }

    @Test func whoseJobIsGivenUpWithoutAWordHasFailedForItsReason() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let filter = try await tenant.filter()
            let trace = rig.newTrace()
            try await tenant.store(trace)
            while try await rig.decisions.decide(at: Date().addingTimeInterval(1)) > 0 {}
            try await rig.database.execute(
                """
                UPDATE jobs SET state = 'dead', ended_at = now(), error = 'its workers died of it'
                WHERE organization_id = \(tenant.organization)
                """)
            while try await rig.decisions.concludeLost() > 0 {}
            let candidate = try await rig.candidate(filter, trace)
            #expect(candidate?.state == .failed && candidate?.reason == "its workers died of it")
        }
    }
}
