import FoundationEssentials
import Operations
import Postgres
import Records
import Scoring
import Stores
import Tenancy

// Traces and filters, as tests of the operations need them.

extension Rig {
    var decisions: TraceDecisions {
        TraceDecisions(database: database, queue: product.queue, identifiers: identifiers)
    }

    func newTrace() -> TraceID { TraceID(uuid: identifiers.uuid()) }

    /// What became of a trace under a filter.
    func candidate(_ filter: EvaluationFilter, _ trace: TraceID) async throws -> TraceCandidate? {
        try await TraceCandidateStore(database: database).find(filter.id, trace)
    }
}

extension Tenant {
    var filters: EvaluationFilters {
        EvaluationFilters(
            store: EvaluationFilterStore(database: rig.database),
            candidates: TraceCandidateStore(database: rig.database), traces: TraceStore(database: rig.database),
            evaluators: rig.product.evaluators, judges: rig.product.judges, identifiers: rig.identifiers,
            audit: rig.product.audit)
    }

    /// A filter by which a new evaluator, or the one that is named, looks at traces.
    func filter(
        rate: Double = 1, delay: Int = 0, conditions: String = "[]", of evaluator: EvaluatorID? = nil
    ) async throws -> EvaluationFilter {
        let target =
            if let evaluator { evaluator } else { try await self.evaluator("Evaluator \(UUID().uuidString)").id }
        return try await filters.create(
            EvaluationFilter.Content(
                name: "Filter", target: .evaluator(target),
                criteria: OpaqueJSON(text: #"{"conditions":\#(conditions)}"#), extractorRules: OpaqueJSON(text: "[]"),
                samplingRate: rate, delaySeconds: delay, appliesToNewOnly: true, isActive: true),
            for: principal())
    }

    /// Changes a filter.
    func change(
        _ filter: EvaluationFilter, target: EvaluationFilter.Target? = nil, isActive: Bool = true
    ) async throws {
        _ = try await filters.update(filter.id, for: principal()) { known in
            EvaluationFilter.Content(
                name: known.name, target: target ?? known.target, criteria: known.criteria,
                extractorRules: known.extractorRules, samplingRate: known.samplingRate,
                delaySeconds: known.delaySeconds, appliesToNewOnly: known.appliesToNewOnly, isActive: isActive)
        }
    }

    /// Stores a span of a trace; one that is asked something, where a question is given.
    func store(
        _ trace: TraceID, span: UInt64 = 1, name: String = "root", asking question: String? = nil
    ) async throws {
        let moment = Date()
        let attributes = question.map { question in
            [
                TraceAttribute("gen_ai.input.messages", .string(#"[{"role":"user","content":"\#(question)"}]"#)),
                TraceAttribute("gen_ai.output.messages", .string(#"[{"role":"assistant","content":"Yes."}]"#)),
            ]
        }
        let stored = TraceSpan(
            traceID: trace, spanID: SpanID(span), parentID: nil, name: name, kind: .server,
            start: UnixNanoseconds(moment), end: UnixNanoseconds(moment), attributes: attributes ?? [],
            origin: SpanOrigin(resource: []))
        try await rig.database.execute(
            TraceStore.insertion(of: [
                SpanBatch(
                    organizationID: organization, projectID: project.id, spans: [stored], receivedAt: moment)
            ]))
    }
}
