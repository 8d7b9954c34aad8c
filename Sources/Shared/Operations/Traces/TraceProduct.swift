package import EventLoop
package import Observability
package import Postgres
package import Stores
package import Tenancy

/// Every operation on traces, over one database.
package struct TraceProduct: Sendable {
    package let ingest: TraceIngest
    package let traces: Traces
    package let filters: EvaluationFilters
    package let writer: SpanWriter

    package init(
        database: PostgresClient, loops: LoopGroup, projects: Projects, evaluators: Evaluators, judges: Judges,
        identifiers: IdentifierSource, metrics: Metrics, audit: ProductAudit
    ) {
        let store = TraceStore(database: database)
        let candidates = TraceCandidateStore(database: database)
        writer = SpanWriter(database: database, loops: loops)
        ingest = TraceIngest(writer: writer, projects: projects, metrics: metrics)
        traces = Traces(store: store, candidates: candidates)
        filters = EvaluationFilters(
            store: EvaluationFilterStore(database: database), candidates: candidates, traces: store,
            evaluators: evaluators, judges: judges, identifiers: identifiers, audit: audit)
    }
}
