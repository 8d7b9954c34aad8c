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
    private func decisions(_ rig: Rig) -> TraceDecisions {
        TraceDecisions(database: rig.database, queue: rig.product.queue, identifiers: rig.identifiers)
    }

    private func filter(
        _ tenant: Tenant, rate: Double = 1, delay: Int = 0, conditions: String = "[]"
    ) async throws -> EvaluationFilter {
        let rig = tenant.rig
        let filters = EvaluationFilters(
            store: EvaluationFilterStore(database: rig.database),
            candidates: TraceCandidateStore(database: rig.database),
            traces: TraceStore(database: rig.database), evaluators: rig.product.evaluators,
            judges: rig.product.judges, identifiers: rig.identifiers)
        let evaluator = try await tenant.evaluator("Evaluator \(UUID().uuidString)")
        return try await filters.create(
            EvaluationFilter.Content(
                name: "Filter", target: .evaluator(evaluator.id),
                criteria: OpaqueJSON(text: #"{"conditions":\#(conditions)}"#), extractorRules: OpaqueJSON(text: "[]"),
                samplingRate: rate, delaySeconds: delay, appliesToNewOnly: true, isActive: true),
            for: tenant.principal())
    }

    private func store(_ trace: TraceID, _ tenant: Tenant, span: UInt64 = 1, name: String = "root") async throws {
        let moment = Date()
        let stored = TraceSpan(
            traceID: trace, spanID: SpanID(span), parentID: nil, name: name, kind: .server,
            start: UnixNanoseconds(moment), end: UnixNanoseconds(moment), origin: SpanOrigin(resource: []))
        try await tenant.rig.database.execute(
            TraceStore.insertion(of: [
                SpanBatch(
                    organizationID: tenant.organization, projectID: tenant.project.id, spans: [stored],
                    receivedAt: moment)
            ]))
    }

    private func state(_ filter: EvaluationFilter, _ trace: TraceID, _ rig: Rig) async throws -> CandidateState? {
        try await TraceCandidateStore(database: rig.database).find(filter.id, trace)?.state
    }

    private func newTrace(_ rig: Rig) -> TraceID { TraceID(uuid: rig.identifiers.uuid()) }

    @Test func eachTraceComesToOneStateAndThoseThatAreChosenHaveAJob() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let all = try await filter(
                tenant, conditions: #"[{"column":"name","operator":"=","value":"wanted"}]"#)
            let none = try await filter(tenant, rate: 0)
            let (wanted, other) = (newTrace(rig), newTrace(rig))
            try await store(wanted, tenant, name: "wanted")
            try await store(other, tenant)
            while try await decisions(rig).decide(at: Date().addingTimeInterval(1)) > 0 {}
            #expect(try await state(all, wanted, rig) == .queued)
            #expect(try await state(all, other, rig) == .filteredOut)
            #expect(try await state(none, wanted, rig) == .sampledOut)
            #expect(try await state(none, other, rig) == .sampledOut)
            var jobs = JobFilter()
            jobs.organizationID = tenant.organization
            jobs.kinds = [EvaluateTrace.kind]
            #expect(try await rig.product.queue.readings.page(jobs, newestFirst: true, limit: 10).jobs.count == 1)
        }
    }

    @Test func theDelayIsCountedFromTheLatestSpan() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let filter = try await filter(tenant, delay: 60)
            let trace = newTrace(rig)
            let begun = Date()
            try await store(trace, tenant)
            try await rig.database.execute(
                "UPDATE trace_candidates SET due_at = due_at - interval '50 seconds' WHERE trace_id = \(trace.uuid)")
            try await store(trace, tenant, span: 2)
            _ = try await decisions(rig).decide(at: begun.addingTimeInterval(30))
            #expect(try await state(filter, trace, rig) == .settling)
            _ = try await decisions(rig).decide(at: Date().addingTimeInterval(61))
            #expect(try await state(filter, trace, rig) == .queued)
        }
    }

    @Test func manyWorkersDecideAboutEachTraceOnce() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            _ = try await filter(tenant)
            for _ in 0..<60 { try await store(newTrace(rig), tenant) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        while try await decisions(rig).decide(at: Date().addingTimeInterval(1)) > 0 {}
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
            let filter = try await filter(tenant)
            let trace = newTrace(rig)
            try await store(trace, tenant)
            while try await decisions(rig).decide(at: Date().addingTimeInterval(1)) > 0 {}
            try await rig.database.execute(
                """
                UPDATE jobs SET state = 'dead', ended_at = now(), error = 'its workers died of it'
                WHERE organization_id = \(tenant.organization)
                """)
            while try await decisions(rig).concludeLost() > 0 {}
            let candidate = try await TraceCandidateStore(database: rig.database).find(filter.id, trace)
            #expect(candidate?.state == .failed && candidate?.reason == "its workers died of it")
        }
    }
}
