package import Records
package import Stores
package import Tenancy

/// The traces of an organisation, read.
package struct Traces: Sendable {
    private let store: TraceStore
    private let candidates: TraceCandidateStore

    package init(store: TraceStore, candidates: TraceCandidateStore) {
        self.store = store
        self.candidates = candidates
    }

    /// A trace with all that is known of it.
    package struct Details: Sendable {
        package let summary: TraceSummary
        /// In the order in which they began.
        package let spans: [StoredSpan]
        /// What became of it under the filters, by their names.
        package let outcomes: [(candidate: TraceCandidate, filterName: String)]
    }

    /// One page of the traces that fulfil the conditions, those first of which a span came last for the first time. It may be
    /// short, or empty, although more follows.
    package func list(
        _ conditions: [TraceCondition], _ page: PageRequest, for principal: Principal
    ) async throws -> FoundPage<TraceSummary> {
        try await store.list(
            conditions, in: principal.organizationID, within: principal.reach(.traceRead), page: page)
    }

    /// The spans of a trace in the order in which they began.
    /// - Throws: `NotFound`.
    package func spans(of id: TraceID, for principal: Principal) async throws -> [StoredSpan] {
        let spans = try await store.spans(of: id, in: principal.organizationID)
        guard !spans.isEmpty, try await mayRead(id, principal) else { throw NotFound("Trace") }
        return spans
    }

    /// Whether the caller may read a trace that is there.
    private func mayRead(_ id: TraceID, _ principal: Principal) async throws -> Bool {
        let reach = principal.reach(.traceRead)
        guard reach != .organization else { return true }
        return try await store.find(id, in: principal.organizationID).map { reach.contains($0.projectID) } ?? false
    }

    /// A trace with its spans and what became of it.
    /// - Throws: `NotFound`.
    package func details(of id: TraceID, for principal: Principal) async throws -> Details {
        guard let summary = try await store.find(id, in: principal.organizationID),
            principal.reach(.traceRead).contains(summary.projectID)
        else { throw NotFound("Trace") }
        return Details(
            summary: summary, spans: try await store.spans(of: id, in: principal.organizationID),
            outcomes: try await candidates.all(of: id, in: principal.organizationID))
    }

    /// The trace that an execution was about.
    /// - Throws: `NotFound` for an execution that was about none.
    package func trace(of log: ExecutionLogID, for principal: Principal) async throws -> TraceID {
        guard let id = try await candidates.trace(of: log, in: principal.organizationID),
            try await mayRead(id, principal)
        else { throw NotFound("Trace") }
        return id
    }
}
