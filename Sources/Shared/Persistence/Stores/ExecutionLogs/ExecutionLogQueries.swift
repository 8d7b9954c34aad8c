import FoundationEssentials
import Postgres
package import Records
import Scoring
package import Tenancy

// Listing logs.
extension ExecutionLogStore {
    /// The organisation's logs that pass the filter, with the long fields that are asked for.
    package func list(
        in organization: OrganizationID, _ filter: ExecutionLogFilter, including includes: ExecutionLogIncludes = [],
        page: PageRequest
    ) async throws -> FoundPage<ExecutionLogSummary> {
        guard !filter.newestPerItem else {
            return try await newestPerItem(in: organization, filter, including: includes, page: page)
        }
        return try await walked(in: organization, filter, page, at: \.keyset) { matching, order in
            try await database.query(Self.summaries(of: matching, including: includes, order))
                .map(ExecutionLogRow.summary(of:))
        }
    }

    /// The same logs in full.
    package func listDetails(
        in organization: OrganizationID, _ filter: ExecutionLogFilter, page: PageRequest
    ) async throws -> FoundPage<ExecutionLogDetails> {
        guard !filter.newestPerItem else {
            let summaries = try await list(in: organization, filter, page: page)
            var items: [ExecutionLogDetails] = []
            for summary in summaries.items {
                if let details = try await find(summary.id, in: organization) { items.append(details) }
            }
            return FoundPage(items: items, previous: summaries.previous, next: summaries.next)
        }
        return try await walked(
            in: organization, filter, page,
            at: { (details: ExecutionLogDetails) in
                Keyset(createdAt: details.log.createdAt, id: details.log.id.uuid)
            }
        ) { matching, order in
            try await details(of: matching, in: organization, order)
        }
    }

    static func summaries(of logs: SQL, including includes: ExecutionLogIncludes, _ order: SQL) -> SQL {
        """
        SELECT \(fragment: ExecutionLogRow.listColumns(including: includes)) FROM (\(fragment: logs)) AS l
        LEFT JOIN users o ON o.id = l.owner_id \(fragment: order)
        """
    }

    /// A page of the walk that a filter stands for.
    private func walked<Item: Sendable>(
        in organization: OrganizationID, _ filter: ExecutionLogFilter, _ page: PageRequest,
        at keyset: (Item) -> Keyset, _ read: (SQL, SQL) async throws -> [Item]
    ) async throws -> FoundPage<Item> {
        let (order, place) = page.walk
        let items = try await filter.items(in: organization, database)
        guard items?.isEmpty != true else { return FoundPage([], next: nil, of: page, at: keyset) }
        let moment = now()
        let found = try await WalkedLogs(database: database, reach: reach).find(
            limit: page.limit, behind: place,
            { SearchWalk(filter, items, organization, order, behind: $0, now: moment) }, at: keyset
        ) { matching, walk in try await read(matching, walk.order) }
        return FoundPage(found.items, next: found.next, of: page, at: keyset)
    }
}

extension SearchWalk {
    /// What a client of the public interface lists; `items` are those that it can be about.
    init(
        _ filter: ExecutionLogFilter, _ items: ExecutedItems?, _ organization: OrganizationID,
        _ order: PageRequest.Order, behind keyset: Keyset?, now: Date
    ) {
        self.init(
            in: organization, along: filter.leading(items),
            asking: filter.conditions + [filter.search == nil ? nil : items?.condition].compactMap { $0 },
            isIndexed: true, from: filter.from,
            to: filter.to, order, behind: keyset, now: now)
    }
}

extension ExecutionLogFilter {
    /// What was executed as it is asked; `nil` when nothing is asked that only executed items tell, and for too many of
    /// them. Where there are none, no log has to be looked for.
    func items(in organization: OrganizationID, _ database: PostgresClient) async throws -> ExecutedItems? {
        let asked = itemConditions
        guard search != nil || asked.count > 1 else { return nil }
        return try await ExecutedItems.fulfilling(asked, in: organization, database)
    }

    /// What is asked of executed items.
    var itemConditions: [SQL] {
        let all: [SQL?] = [
            projectID.map { "project_id = \($0)" }, type.map { "type = \($0)" },
            executedItemID.map { "item_id = \($0)" },
            search.map { UUID(uuidString: $0).map { "item_id = \($0)" } ?? ExecutedItems.isNamed($0) },
        ]
        return all.compactMap { $0 }
    }

    /// The condition that an index answers in the order of time and that leaves least to look at.
    fileprivate func leading(_ items: ExecutedItems?) -> SQL? {
        let candidates: [SQL?] = [
            parentID.map { "l.parent_id = \($0)" },
            sessionID.map { "l.session_id = \($0)" },
            userID.map { "l.user_id = \($0)" },
            batchID.map { "l.batch_id = \($0)" },
            executedItemID.map { "l.executed_item_id = \($0)" },
            (search.flatMap(UUID.init(uuidString:)) ?? items?.single).map { "l.executed_item_id = \($0)" },
            judgeID.map { "l.judge_id = \($0)" },
            model.map { "l.model = \($0)" },
            ownerEmail.map { "l.owner_id = \(fragment: Self.owner($0))" },
            projectID.map { "l.project_id = \($0)" },
            type.map { "l.type = \($0)" },
        ]
        return candidates.compactMap { $0 }.first
    }

    /// What is asked of each log.
    var conditions: [SQL] {
        let all: [SQL?] = [
            projectID.map { "l.project_id = \($0)" },
            type.map { "l.type = \($0)" },
            executedItemID.map { "l.executed_item_id = \($0)" },
            judgeID.map { "l.judge_id = \($0)" },
            parentID.map { "l.parent_id = \($0)" },
            batchID.map { "l.batch_id = \($0)" },
            // The index is of those that have some.
            tags.isEmpty ? nil : "l.tags @> \(tags) AND l.tags <> '{}'",
            search.map(Self.isFound(by:)),
            model.map { "l.model = \($0)" },
            ownerEmail.map { "l.owner_id = \(fragment: Self.owner($0))" },
            sessionID.map { "l.session_id = \($0)" },
            userID.map { "l.user_id = \($0)" },
            hasSessionID.map { $0 ? "l.session_id IS NOT NULL" : "l.session_id IS NULL" },
            minimumScore.map { "l.score >= \($0)" },
            maximumScore.map { "l.score <= \($0)" },
            // The index is by type first.
            (minimumScore ?? maximumScore) == nil || type != nil ? nil : "l.type = ANY (\(ExecutionType.allCases))",
            minimumCost.map { "l.cost_nano_dollars >= \($0)" },
            maximumCost.map { "l.cost_nano_dollars <= \($0)" },
            from.map { "l.created_at >= \($0)" },
            to.map { "l.created_at <= \($0)" },
        ]
        return all.compactMap { $0 }
    }

    private static func owner(_ email: String) -> SQL {
        "(SELECT u.id FROM users u WHERE lower(u.email) = lower(\(email)))"
    }

    private static func isFound(by search: String) -> SQL {
        guard let id = UUID(uuidString: search) else {
            return "l.executed_item_name ILIKE \(SearchPattern.containing(search))"
        }
        return "l.executed_item_id = \(id)"
    }
}
