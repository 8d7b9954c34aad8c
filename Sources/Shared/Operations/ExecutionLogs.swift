package import FoundationEssentials
package import Records
package import Stores
package import Tenancy

/// What was executed, for those who may see it.
package struct ExecutionLogs: Sendable {
    private let store: ExecutionLogStore
    private let searches: ExecutionSearchStore

    package init(store: ExecutionLogStore, searches: ExecutionSearchStore) {
        self.store = store
        self.searches = searches
    }

    /// One page of the organisation's logs that match, of those within the filter's reach.
    package func list(
        _ filter: ExecutionLogFilter, including includes: ExecutionLogIncludes, _ page: PageRequest,
        for principal: Principal
    ) async throws -> FoundPage<ExecutionLogSummary> {
        try await store.list(in: principal.organizationID, filter, including: includes, page: page)
    }

    /// One page of the organisation's logs that match, in full.
    package func listDetails(
        _ filter: ExecutionLogFilter, _ page: PageRequest, for principal: Principal
    ) async throws -> FoundPage<ExecutionLogDetails> {
        try await store.listDetails(in: principal.organizationID, filter, page: page)
    }

    /// Up to `limit` different session identifiers with that beginning, in the order of their bytes.
    package func sessionIDs(
        startingWith prefix: String, limit: Int, for principal: Principal
    ) async throws -> [String] {
        try await store.sessionIDs(
            startingWith: prefix, in: principal.organizationID, within: principal.reach(.executionLogRead),
            limit: limit)
    }

    /// Up to `limit` different user identifiers with that beginning, in the order of their bytes.
    package func userIDs(
        startingWith prefix: String, limit: Int, for principal: Principal
    ) async throws -> [String] {
        try await store.userIDs(
            startingWith: prefix, in: principal.organizationID, within: principal.reach(.executionLogRead),
            limit: limit)
    }

    /// One log in full.
    /// - Throws: `NotFound`.
    package func find(_ id: ExecutionLogID, for principal: Principal) async throws -> ExecutionLogDetails {
        guard let found = try await store.find(id, in: principal.organizationID) else {
            throw NotFound("Execution log")
        }
        return found
    }

    /// What a call of the caller's has recorded that was to be executed once; `nil` when it has not, or not yet.
    package func recorded(by call: UUID, for principal: Principal) async throws -> FinishedExecution? {
        guard let found = try await store.find(ExecutionLogID(uuid: call), in: principal.organizationID),
            found.log.ownerID == principal.user.id
        else { return nil }
        var parts: [ExecutionLog] = []
        for part in found.evaluatorResults {
            guard let details = try await store.find(part.executionLogID, in: principal.organizationID) else {
                continue
            }
            parts.append(details.log)
        }
        return FinishedExecution(log: found.log, parts: parts)
    }

    /// One log in full, provided that the caller may do this with it.
    /// - Throws: `NotFound`.
    package func find(
        _ id: ExecutionLogID, to permission: Permission, for principal: Principal
    ) async throws -> ExecutionLogDetails {
        let found = try await find(id, for: principal)
        guard principal.may(permission, with: found.log.organizationID, in: found.log.projectID) else {
            throw NotFound("Execution log")
        }
        return found
    }

    /// What an operator looks for, in either order of time, of what lies where they may see it.
    package func search(
        _ search: ExecutionSearch, _ order: PageRequest.Order, behind place: Keyset?, limit: Int,
        to permission: Permission = .executionLogList, for principal: Principal
    ) async throws -> FoundExecutions {
        try await searches.find(
            search.within(principal.reach(permission)), in: principal.organizationID, order, behind: place,
            limit: limit)
    }

    /// The first by a rank of what an operator looks for, among the newest.
    package func rank(
        _ search: ExecutionSearch, by rank: ExecutionRank, limit: Int, for principal: Principal
    ) async throws -> RankedExecutions {
        try await searches.rank(
            search.within(principal.reach(.executionLogList)), in: principal.organizationID, by: rank, limit: limit)
    }

    /// What belongs to a log and lies where the caller may see it.
    /// - Throws: `NotFound`.
    package func related(to id: ExecutionLogID, for principal: Principal) async throws -> [RelatedLogs] {
        let log = try await find(id, to: .executionLogList, for: principal).log
        return try await store.related(to: log, within: principal.reach(.executionLogList))
    }

    /// What a log was executed again from; `nil` for one that was not.
    package func origin(of id: ExecutionLogID, for principal: Principal) async throws -> ExecutionLogID? {
        try await store.origin(of: id, in: principal.organizationID)
    }

    /// Those of the logs that the caller's organisation has.
    package func summaries(
        of ids: [ExecutionLogID], for principal: Principal
    ) async throws -> [ExecutionLogSummary] {
        try await store.summaries(of: ids, in: principal.organizationID)
    }
}
