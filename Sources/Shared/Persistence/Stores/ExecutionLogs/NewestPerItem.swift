import FoundationEssentials
import Postgres
import Records
import Tenancy

// Lists with the newest log of each executed item.
extension ExecutionLogStore {
    /// A page of the newest matching log of each item.
    ///
    /// The first page is among the newest that match, unless a few items have all of those. Otherwise the newest is found
    /// item by item where much matches, and among all that match where little does.
    func newestPerItem(
        in organization: OrganizationID, _ filter: ExecutionLogFilter, including includes: ExecutionLogIncludes,
        page: PageRequest
    ) async throws -> FoundPage<ExecutionLogSummary> {
        let keyset = KeysetQuery(page, createdAt: "l.created_at", id: "l.id")
        let newest: SQL =
            if let newest = try await newestAmongFirst(in: organization, filter, page) {
                newest
            } else if try await matchesMuch(filter, in: organization) {
                newestOfEachItem(in: organization, filter)
            } else {
                newestAmongMatching(in: organization, filter)
            }
        let rows = try await database.transaction { connection in
            // For its own values: a plan for any values would not know which of them are rare.
            try await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
            return try await connection.query(Self.page(of: newest, including: includes, keyset))
        }
        return FoundPage(try keyset.slice(rows, ExecutionLogRow.summary(of:)), at: \.keyset)
    }

    static func page(of newest: SQL, including includes: ExecutionLogIncludes, _ keyset: KeysetQuery) -> SQL {
        """
        SELECT \(fragment: ExecutionLogRow.listColumns(including: includes)) FROM (\(fragment: newest)) l
        LEFT JOIN users o ON o.id = l.owner_id
        WHERE true\(fragment: keyset.condition.map { " AND \(fragment: $0)" } ?? "")\
        \(fragment: keyset.orderAndLimit)
        """
    }

    /// How many logs are looked through for each that a page has.
    private static let lookedThrough = 6

    /// Looks through the newest logs that match for as many items as the first page has; `nil` where these are of fewer, and
    /// for other pages.
    private func newestAmongFirst(
        in organization: OrganizationID, _ filter: ExecutionLogFilter, _ page: PageRequest
    ) async throws -> SQL? {
        guard case .start = page.position, page.order == .newestFirst else { return nil }
        let items = try await filter.items(in: organization, database)
        guard items?.isEmpty != true else { return "SELECT l.* FROM execution_logs l WHERE false" }
        let walk = SearchWalk(filter, items, organization, .newestFirst, now: now())
            .asking("l.executed_item_id IS NOT NULL")
        let found = try await WalkedLogs(database: database, reach: reach).find(
            limit: Self.lookedThrough * page.limit, along: walk, at: \ItemPlace.place
        ) { matching in
            try await database.query(
                """
                SELECT l.created_at, l.id, l.executed_item_id FROM (\(fragment: matching)) AS l \(fragment: walk.order)
                """
            ).map(ItemPlace.init(row:))
        }
        var seen: Set<UUID> = []
        let newest = found.items.filter { seen.insert($0.item).inserted }
        guard found.next == nil || newest.count > page.limit else { return nil }
        guard !newest.isEmpty else { return "SELECT l.* FROM execution_logs l WHERE false" }
        return LogWindows.logs(at: newest.prefix(page.limit + 1).map(\.place), of: walk)
    }

    /// Whether items have a matching log among their newest, as far as the newest of all tell. What was executed says all
    /// that names, types and projects are asked about.
    private func matchesMuch(_ filter: ExecutionLogFilter, in organization: OrganizationID) async throws -> Bool {
        guard filter.asksMoreThanItems else { return true }
        let walk = SearchWalk(filter.withoutItems, nil, organization, .newestFirst, now: now())
        let rows = try await database.query(
            """
            SELECT count(*), count(*) FILTER (WHERE \(fragment: walk.filter))
            FROM (SELECT l.* FROM execution_logs l WHERE \(fragment: walk.place) \(fragment: walk.order)
            LIMIT \(Self.sampled)) AS l
            """)
        let (all, matching): (Int, Int) = (try rows.first?.decode(0) ?? 0, try rows.first?.decode(1) ?? 0)
        return matching * Self.rareness >= all
    }

    /// How many logs are looked at to learn how rare something is, and one of how many is not rare.
    private static let sampled = 1000
    private static let rareness = 10

    /// Takes one item after the other from what was executed, and looks up the newest matching log of each.
    func newestOfEachItem(in organization: OrganizationID, _ filter: ExecutionLogFilter) -> SQL {
        let asked = ["organization_id = \(organization)", "item_id IS NOT NULL"] + filter.itemConditions
        return """
            SELECT l.* FROM (
                SELECT DISTINCT item_id FROM executed_items\(fragment: .matching(all: asked))
            ) AS items CROSS JOIN LATERAL (
                SELECT l.* FROM execution_logs l
                \(fragment: .matching(all: ["l.executed_item_id = items.item_id"] + logs(of: organization, filter)))
                ORDER BY l.created_at DESC, l.id DESC LIMIT 1
            ) AS l
            """
    }

    /// Takes all logs that match, and of these the newest of each item.
    func newestAmongMatching(in organization: OrganizationID, _ filter: ExecutionLogFilter) -> SQL {
        """
        SELECT l.* FROM (
            SELECT DISTINCT ON (l.executed_item_id) l.id, l.created_at FROM execution_logs l
            \(fragment: .matching(all: ["l.executed_item_id IS NOT NULL"] + logs(of: organization, filter)))
            ORDER BY l.executed_item_id, l.created_at DESC, l.id DESC
        ) AS newest JOIN execution_logs l ON l.id = newest.id AND l.created_at = newest.created_at
        """
    }

    private func logs(of organization: OrganizationID, _ filter: ExecutionLogFilter) -> [SQL] {
        // Planning for every empty partition ahead takes ten times as long as reading the page. The bound is a
        // constant, which now() is not, and a day ahead of any clock that may have given a log its time.
        ["l.organization_id = \(organization)", "l.created_at < \(now().addingTimeInterval(86_400))"]
            + filter.conditions
    }
}

/// Where a log of an item is.
private struct ItemPlace: Sendable {
    let place: Keyset
    let item: UUID

    init(row: PostgresRow) throws {
        place = Keyset(createdAt: try row.decode(0), id: try row.decode(1))
        item = try row.decode(2)
    }
}

extension ExecutionLogFilter {
    /// What is asked of logs besides what was executed in which project.
    fileprivate var withoutItems: ExecutionLogFilter {
        var filter = self
        filter.projectID = nil
        filter.type = nil
        filter.executedItemID = nil
        filter.search = nil
        return filter
    }

    fileprivate var asksMoreThanItems: Bool {
        var plain = ExecutionLogFilter()
        (plain.from, plain.to, plain.newestPerItem) = (from, to, newestPerItem)
        return withoutItems != plain
    }
}
