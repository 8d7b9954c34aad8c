package import FoundationEssentials
package import Postgres
package import Records
package import Tenancy

/// Finds executions for operators, who ask anything of millions of logs and wait for a moment only.
///
/// A statement walks along one index, chosen here and not by the planner, and looks at a limited number of logs. Where few of
/// them match, other indexes are asked; where there are none for what is searched, a page is short and says how far it
/// looked. So the cost of a page has a bound, but for what indexes find much of one by one and nothing together: two frequent
/// tags that no log has both.
package struct ExecutionSearchStore: Sendable {
    let database: PostgresClient
    let now: @Sendable () -> Date
    /// How many logs a statement looks at.
    let reach: Int
    /// How many logs are ranked.
    let ranked: Int

    /// The most logs that one statement looks at: those that one sees in ten milliseconds.
    package static let usualReach = 4000
    /// The most logs that one statement counts, or ranks some of.
    static let counted = 10_000
    /// The most logs that are ranked.
    package static let usuallyRanked = 1000

    package init(
        database: PostgresClient, now: @escaping @Sendable () -> Date = { Date() },
        reach: Int = ExecutionSearchStore.usualReach, ranked: Int = ExecutionSearchStore.usuallyRanked
    ) {
        self.database = database
        self.now = now
        self.reach = reach
        self.ranked = ranked
    }

    /// A page of what matches, behind `place`, in either order of time.
    package func find(
        _ search: ExecutionSearch, in organization: OrganizationID, _ order: PageRequest.Order, behind place: Keyset?,
        limit: Int
    ) async throws -> FoundExecutions {
        guard let walk = try await walk(search, organization, order)?.behind(place) else {
            return FoundExecutions(items: [], next: nil, searchedThrough: nil)
        }
        let found = try await WalkedLogs(database: database, reach: reach).find(
            limit: limit, along: walk, at: \.keyset
        ) { matching in
            try await database.query(Self.page(of: matching, walk)).map(ExecutionLogRow.summary(of:))
        }
        return FoundExecutions(items: found.items, next: found.next, searchedThrough: found.searchedThrough)
    }

    /// The first `limit` by a rank among the newest that match.
    package func rank(
        _ search: ExecutionSearch, in organization: OrganizationID, by rank: ExecutionRank, limit: Int
    ) async throws -> RankedExecutions {
        guard let walk = try await walk(search, organization, .newestFirst) else {
            return RankedExecutions(items: [], count: 0, from: nil, isCut: false)
        }
        let (near, stretch) = try await WalkedLogs(database: database, reach: Self.counted).near(walk)
        let rows = try await database.query(
            """
            SELECT \(fragment: ExecutionLogRow.listColumns(including: [])), count(*) OVER () AS ranked, \
            min(l.created_at) OVER () AS oldest
            FROM (\(fragment: near.matching(limit: ranked))) AS l LEFT JOIN users o ON o.id = l.owner_id
            ORDER BY \(fragment: Self.order(by: rank)), l.created_at DESC, l.id DESC LIMIT \(limit)
            """)
        let count = try rows.first?.decode("ranked", as: Int.self) ?? 0
        return RankedExecutions(
            items: try rows.map(ExecutionLogRow.summary(of:)), count: count, from: try rows.first?.decode("oldest"),
            isCut: count == ranked || stretch != nil)
    }

    /// The walk that finds what is searched; `nil` when nothing can match.
    func walk(
        _ search: ExecutionSearch, _ organization: OrganizationID, _ order: PageRequest.Order
    ) async throws -> SearchWalk? {
        guard let known = try await KnownNames(search, in: organization, database) else { return nil }
        return SearchWalk(search, known, organization, order, now: now())
    }

    static func page(of matching: SQL, _ walk: SearchWalk) -> SQL {
        """
        SELECT \(fragment: ExecutionLogRow.listColumns(including: []))
        FROM (\(fragment: matching)) AS l LEFT JOIN users o ON o.id = l.owner_id \(fragment: walk.order)
        """
    }

    private static func order(by rank: ExecutionRank) -> SQL {
        switch rank {
        case .highestScore: "l.score DESC NULLS LAST"
        case .lowestScore: "l.score ASC NULLS LAST"
        case .slowest: "l.call_duration_us DESC NULLS LAST"
        case .fastest: "l.call_duration_us ASC NULLS LAST"
        case .mostExpensive: "l.cost_nano_dollars DESC NULLS LAST"
        case .cheapest: "l.cost_nano_dollars ASC NULLS LAST"
        }
    }
}
