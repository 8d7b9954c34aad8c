package import Records
package import Stores
package import Tenancy

/// What was executed, for those who may see it.
package struct ExecutionLogs: Sendable {
    private let store: ExecutionLogStore

    package init(store: ExecutionLogStore) { self.store = store }

    /// One page of the organisation's logs that match.
    package func list(
        _ filter: ExecutionLogFilter, including includes: ExecutionLogIncludes, _ page: PageRequest,
        for principal: Principal
    ) async throws -> Slice<ExecutionLogSummary> {
        try await store.list(in: principal.organizationID, filter, including: includes, page: page)
    }

    /// One log in full.
    /// - Throws: `NotFound`.
    package func find(_ id: ExecutionLogID, for principal: Principal) async throws -> ExecutionLogDetails {
        guard let found = try await store.find(id, in: principal.organizationID) else {
            throw NotFound("Execution log")
        }
        return found
    }
}
