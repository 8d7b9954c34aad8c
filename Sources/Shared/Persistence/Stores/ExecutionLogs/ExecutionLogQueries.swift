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
        let walk = SearchWalk(filter, items, organization, order, now: now()).behind(place)
        let found = try await WalkedLogs(database: database, reach: reach).find(
            limit: page.limit, along: walk, at: keyset
        ) { matching in try await read(matching, walk.order) }
        return FoundPage(found.items, next: found.next, of: page, at: keyset)
    }
}

extension SearchWalk {
    /// What a client of the public interface lists; `items` are those that it can be about.
    ///
    /// It goes on to the end of all logs, whatever is asked: clients take a short page for the last one. For what no index
    /// finds (`has_session_id=true`, two tags that many logs have and hardly any has both) that takes as long as there are
    /// logs.
    init(
        _ filter: ExecutionLogFilter, _ items: ExecutedItems?, _ organization: OrganizationID,
        _ order: PageRequest.Order, now: Date
    ) {
        self.init(
            in: organization, along: filter.lead(items),
            asking: filter.untagged, of: filter.search == nil ? nil : items, tags: filter.tags, goesOn: true,
            from: filter.from, to: filter.to, order, now: now)
    }
}

extension ProjectReach {
    /// The project, where there is only one: logs of one are walked along an index.
    fileprivate var single: ProjectID? {
        switch self {
        case .organization: nil
        case .projects(let projects): projects.count == 1 ? projects.first : nil
        }
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

    /// The index that leaves least to look at.
    fileprivate func lead(_ items: ExecutedItems?) -> SearchWalk.Lead {
        // These indexes tell nothing else: there are few logs of each.
        let few: [SQL?] = [
            parentID.map { "l.parent_id = \($0)" }, sessionID.map { "l.session_id = \($0)" },
            userID.map { "l.user_id = \($0)" }, batchID.map { "l.batch_id = \($0)" },
        ]
        if let condition = few.compactMap(\.self).first { return SearchWalk.Lead(condition: condition) }
        if let item = executedItemID ?? search.flatMap(UUID.init(uuidString:)) ?? items?.single {
            let judge: [SQL] = judgeID.map { ["l.judge_id = \($0)"] } ?? []
            return SearchWalk.Lead(condition: "l.executed_item_id = \(item)", told: judge + figures)
        }
        let many: [SQL?] = [
            judgeID.map { "l.judge_id = \($0)" }, model.map { "l.model = \($0)" },
            ownerEmail.map { "l.owner_id = \(fragment: Self.owner($0))" },
            projectID.map { "l.project_id = \($0)" }, reach.single.map { "l.project_id = \($0)" },
            type.map { "l.type = \($0)" },
        ]
        return SearchWalk.Lead(condition: many.compactMap(\.self).first, told: figures)
    }

    /// What the indexes of times tell.
    private var figures: [SQL] {
        [
            minimumScore.map { "l.score >= \($0)" }, maximumScore.map { "l.score <= \($0)" },
            minimumCost.map { "l.cost_nano_dollars >= \($0)" }, maximumCost.map { "l.cost_nano_dollars <= \($0)" },
        ].compactMap { $0 }
    }

    /// What is asked of each log.
    var conditions: [SQL] { untagged + (tags.isEmpty ? [] : [SearchWalk.condition(on: tags)]) }

    /// The same, but for its tags.
    fileprivate var untagged: [SQL] {
        let all: [SQL?] = [
            SQL.within(reach, "l.project_id"),
            projectID.map { "l.project_id = \($0)" },
            type.map { "l.type = \($0)" },
            executedItemID.map { "l.executed_item_id = \($0)" },
            judgeID.map { "l.judge_id = \($0)" },
            parentID.map { "l.parent_id = \($0)" },
            batchID.map { "l.batch_id = \($0)" },
            model.map { "l.model = \($0)" },
            ownerEmail.map { "l.owner_id = \(fragment: Self.owner($0))" },
            sessionID.map { "l.session_id = \($0)" },
            userID.map { "l.user_id = \($0)" },
            hasSessionID.map { $0 ? "l.session_id IS NOT NULL" : "l.session_id IS NULL" },
            // The index of scores is by type first.
            (minimumScore ?? maximumScore) == nil || type != nil ? nil : "l.type = ANY (\(ExecutionType.allCases))",
            from.map { "l.created_at >= \($0)" },
            to.map { "l.created_at <= \($0)" },
        ]
        return all.compactMap { $0 } + figures + [search.map(Self.isFound(by:))].compactMap { $0 }
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
