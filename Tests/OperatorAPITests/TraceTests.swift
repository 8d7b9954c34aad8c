import APIClient
import FoundationEssentials
import Operations
import Postgres
import Records
import Scoring
import Stores
import Tenancy
import Testing
import WireAPI

/// Traces by the internal API: the list, one with its spans, and what became of it.
@Suite struct TraceTests {
    /// Stores a trace of two spans, of which the second has the attribute.
    private func store(_ tenant: Tenant, plan: String, at moment: Date = Date()) async throws -> TraceID {
        let trace = TraceID(uuid: tenant.server.identifiers.uuid())
        func span(_ id: UInt64, _ name: String, _ attributes: [TraceAttribute]) -> TraceSpan {
            TraceSpan(
                traceID: trace, spanID: SpanID(id), parentID: id == 1 ? nil : SpanID(1), name: name, kind: .server,
                start: UnixNanoseconds(moment), end: UnixNanoseconds(moment.addingTimeInterval(0.25)),
                attributes: attributes,
                origin: SpanOrigin(resource: [TraceAttribute("service.name", .string("shop"))]))
        }
        try await tenant.server.database.execute(
            TraceStore.insertion(of: [
                SpanBatch(
                    organizationID: tenant.organization, projectID: tenant.project.id,
                    spans: [span(1, "root", []), span(2, "step", [TraceAttribute("plan", .string(plan))])],
                    receivedAt: moment)
            ]))
        return trace
    }

    @Test func tracesAreListedNewestFirstAndFilteredByWhatASpanSays() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            var traces: [TraceID] = []
            for number in 0..<5 {
                traces.append(
                    try await store(
                        tenant, plan: number == 1 ? "gold" : "basic",
                        at: Date(timeIntervalSinceNow: Double(number) - 60)))
            }
            let viewer = try await tenant.viewer(.viewer)
            let first = try await viewer.ask(.traces("", limit: 3))
            #expect(first.results.map(\.id) == traces[2...].reversed().map(\.description))
            #expect(first.results.allSatisfy { $0.name == "root" && $0.service == "shop" && $0.spanCount == 2 })
            let rest = try await viewer.ask(.traces("", cursor: try #require(first.next), limit: 3))
            #expect(rest.results.map(\.id) == traces[..<2].reversed().map(\.description) && rest.next == nil)
            let gold = try await viewer.ask(.traces("attribute;string;plan;=;gold", limit: 3))
            #expect(gold.results.map(\.id) == [traces[1].description] && gold.next == nil)
            #expect(try await viewer.refusal(.traces("attribute;string;;=;gold", limit: 3))?.status == 400)
        }
    }

    @Test func aTraceShowsItsSpansAndWhatBecameOfItUnderEachFilter() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let evaluator = try await tenant.evaluator("Clarity")
            let filters = EvaluationFilters(
                store: EvaluationFilterStore(database: server.database),
                candidates: TraceCandidateStore(database: server.database),
                traces: TraceStore(database: server.database), evaluators: server.product.evaluators,
                judges: server.product.judges, identifiers: server.identifiers, audit: server.product.audit)
            let filter = try await filters.create(
                EvaluationFilter.Content(
                    name: "Every trace", target: .evaluator(evaluator.id), criteria: OpaqueJSON(text: "{}"),
                    extractorRules: OpaqueJSON(text: "[]"), samplingRate: 1, delaySeconds: 3600,
                    appliesToNewOnly: true, isActive: true), for: tenant.principal())
            let trace = try await store(tenant, plan: "basic")
            let viewer = try await tenant.viewer(.viewer)
            let detail = try await viewer.ask(.trace(trace.description))
            #expect(detail.spans.map(\.name).sorted() == ["root", "step"] && !detail.isCut)
            #expect(detail.outcomes.map(\.filter) == ["Every trace"] && detail.outcomes.map(\.state) == ["settling"])
            let rows = try await viewer.ask(.traceFilters).results
            #expect(rows.map(\.id) == [filter.id.uuid] && rows[0].targetName == "Clarity")
            #expect(rows[0].counts.values.reduce(0, +) == 1, "every candidate is counted once: \(rows[0].counts)")
        }
    }

    @Test func anotherOrganisationSeesNothingOfIt() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let trace = try await store(tenant, plan: "basic")
            let log = try await tenant.log()
            let stranger = try await server.tenant().viewer()
            #expect(try await stranger.refusal(.trace(trace.description))?.status == 404)
            #expect(try await stranger.ask(.traces("", limit: 3)).results.isEmpty)
            #expect(try await stranger.refusal(.trace(ofExecution: log.id.uuid))?.status == 404)
            #expect(
                try await tenant.viewer().refusal(.trace(ofExecution: log.id.uuid))?.status == 404,
                "an execution that was about no trace")
        }
    }
}
