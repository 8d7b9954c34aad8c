import FoundationEssentials
import Postgres
package import Records
import Scoring
package import Tenancy

// Listing logs.
extension ExecutionLogStore {
    /// The organisation's logs that pass the filter, with the long fields that are asked for. Only where something
    /// follows may a page have fewer logs than were asked for, and it never has none then.
    package func list(
        in organization: OrganizationID, _ filter: ExecutionLogFilter, including includes: ExecutionLogIncludes = [],
        page: PageRequest
    ) async throws -> ExecutionLogPage<ExecutionLogSummary> {
        guard !filter.newestPerItem else {
            let keyset = KeysetQuery(page, createdAt: "l.created_at", id: "l.id")
            let rows = try await database.query(newestPerItem(in: organization, filter, keyset, includes))
            return ExecutionLogPage(try keyset.slice(rows, ExecutionLogRow.summary(of:)), at: \.keyset)
        }
        return try await walked(in: organization, filter, page, at: \.keyset) { matching, order in
            try await database.query(Self.summaries(of: matching, including: includes, order))
                .map(ExecutionLogRow.summary(of:))
        }
    }

    /// The same logs in full.
    package func listDetails(
        in organization: OrganizationID, _ filter: ExecutionLogFilter, page: PageRequest
    ) async throws -> ExecutionLogPage<ExecutionLogDetails> {
        guard !filter.newestPerItem else {
            let summaries = try await list(in: organization, filter, page: page)
            var items: [ExecutionLogDetails] = []
            for summary in summaries.items {
                if let details = try await find(summary.id, in: organization) { items.append(details) }
            }
            return ExecutionLogPage(items: items, previous: summaries.previous, next: summaries.next)
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

    /// A page of the walk that a filter stands for. It is walked on until something is found: clients take a page without
    /// a log for the end of the list, whatever it says of what follows.
    private func walked<Item: Sendable>(
        in organization: OrganizationID, _ filter: ExecutionLogFilter, _ page: PageRequest,
        at keyset: (Item) -> Keyset, _ read: (SQL, SQL) async throws -> [Item]
    ) async throws -> ExecutionLogPage<Item> {
        let (order, start) = page.walk
        let moment = now()
        let walks = WalkedLogs(database: database, reach: reach)
        var place = start
        while true {
            let found = try await walks.find(
                limit: page.limit, behind: place,
                { SearchWalk(filter, organization, order, behind: $0, now: moment) }, at: keyset
            ) { matching, walk in try await read(matching, walk.order) }
            place = found.next
            if found.items.isEmpty, place != nil { continue }
            return ExecutionLogPage(found.items, next: found.next, of: page, at: keyset)
        }
    }

    /// Steps from one executed item to the next along the index, and takes the newest matching log of each.
    func newestPerItem(
        in organization: OrganizationID, _ filter: ExecutionLogFilter, _ keyset: KeysetQuery,
        _ includes: ExecutionLogIncludes
    ) -> SQL {
        // Planning for every empty partition ahead takes ten times as long as reading the page. The bound is a
        // constant, which now() is not, and a day ahead of any clock that may have given a log its time.
        let soon: SQL = "l.created_at < \(now().addingTimeInterval(86_400))"
        let conditions = ["l.organization_id = \(organization)", soon] + filter.conditions
        return """
            WITH RECURSIVE items (id) AS (
                (SELECT executed_item_id FROM execution_logs
                WHERE organization_id = \(organization) AND executed_item_id IS NOT NULL
                ORDER BY executed_item_id LIMIT 1)
                UNION ALL
                SELECT (SELECT n.executed_item_id FROM execution_logs n
                    WHERE n.organization_id = \(organization) AND n.executed_item_id > items.id
                    ORDER BY n.executed_item_id LIMIT 1)
                FROM items WHERE items.id IS NOT NULL
            )
            SELECT \(fragment: ExecutionLogRow.listColumns(including: includes)) FROM items
            CROSS JOIN LATERAL (
                SELECT l.* FROM execution_logs l
                \(fragment: .matching(all: ["l.executed_item_id = items.id"] + conditions))
                ORDER BY l.created_at DESC, l.id DESC LIMIT 1
            ) l
            LEFT JOIN users o ON o.id = l.owner_id
            WHERE items.id IS NOT NULL\(fragment: keyset.condition.map { " AND \(fragment: $0)" } ?? "")\
            \(fragment: keyset.orderAndLimit)
            """
    }
}

extension SearchWalk {
    /// What a client of the public interface lists.
    init(
        _ filter: ExecutionLogFilter, _ organization: OrganizationID, _ order: PageRequest.Order,
        behind keyset: Keyset?, now: Date
    ) {
        self.init(
            in: organization, along: filter.leading, asking: filter.conditions, rarity: filter.rarity,
            from: filter.from,
            to: filter.to, order, behind: keyset, now: now)
    }
}

extension ExecutionLogFilter {
    /// The condition that an index answers and that leaves least to look at.
    fileprivate var leading: SQL? {
        let candidates: [SQL?] = [
            parentID.map { "l.parent_id = \($0)" },
            sessionID.map { "l.session_id = \($0)" },
            userID.map { "l.user_id = \($0)" },
            batchID.map { "l.batch_id = \($0)" },
            executedItemID.map { "l.executed_item_id = \($0)" },
            search.flatMap(UUID.init(uuidString:)).map { "l.executed_item_id = \($0)" },
            judgeID.map { "l.judge_id = \($0)" },
            model.map { "l.model = \($0)" },
            ownerEmail.map { "l.owner_id = \(fragment: Self.owner($0))" },
            projectID.map { "l.project_id = \($0)" },
            type.map { "l.type = \($0)" },
            hasSessionID == true ? "l.session_id IS NOT NULL" : nil,
        ]
        return candidates.compactMap { $0 }.first
    }

    /// What may be found seldom or nowhere by an index that is in no order of time.
    fileprivate var rarity: SQL? {
        if let rarity = SearchWalk.rarity(of: tags) { return rarity }
        let scores = [minimumScore.map { "l.score >= \($0)" as SQL }, maximumScore.map { "l.score <= \($0)" }]
        let costs = [
            minimumCost.map { "l.cost_nano_dollars >= \($0)" as SQL },
            maximumCost.map { "l.cost_nano_dollars <= \($0)" },
        ]
        let bounds = [scores, costs].map { $0.compactMap { $0 } }.first { !$0.isEmpty }
        return bounds?.joined(separator: " AND ")
    }

    /// What is asked of each log.
    fileprivate var conditions: [SQL] {
        let all: [SQL?] = [
            projectID.map { "l.project_id = \($0)" },
            type.map { "l.type = \($0)" },
            executedItemID.map { "l.executed_item_id = \($0)" },
            judgeID.map { "l.judge_id = \($0)" },
            parentID.map { "l.parent_id = \($0)" },
            batchID.map { "l.batch_id = \($0)" },
            tags.isEmpty ? nil : "l.tags @> \(tags)",
            search.map(Self.isFound(by:)),
            model.map { "l.model = \($0)" },
            ownerEmail.map { "l.owner_id = \(fragment: Self.owner($0))" },
            sessionID.map { "l.session_id = \($0)" },
            userID.map { "l.user_id = \($0)" },
            hasSessionID.map { $0 ? "l.session_id IS NOT NULL" : "l.session_id IS NULL" },
            minimumScore.map { "l.score >= \($0)" },
            maximumScore.map { "l.score <= \($0)" },
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

extension PageRequest {
    /// The way along the list to the page, and behind which place it begins. The rows right before a place are looked for
    /// backwards.
    fileprivate var walk: (order: Order, place: Keyset?) {
        switch position {
        case .start: (order, nil)
        case .after(let place): (order, place)
        case .before(let place): (order == .newestFirst ? .oldestFirst : .newestFirst, place)
        }
    }
}

extension ExecutionLogPage {
    /// A page that the walk to it has found; `next` is where the walk goes on.
    fileprivate init(_ found: [Item], next: Keyset?, of page: PageRequest, at keyset: (Item) -> Keyset) {
        switch page.position {
        case .start: self.init(items: found, previous: nil, next: next)
        case .after: self.init(items: found, previous: found.first.map(keyset), next: next)
        case .before:
            let items = Array(found.reversed())
            self.init(items: items, previous: next, next: items.last.map(keyset))
        }
    }
}
