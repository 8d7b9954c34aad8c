package import FoundationEssentials
package import Postgres
package import Records
package import Tenancy

/// Finds executions for operators, who ask anything of millions of logs and wait for a moment only.
///
/// Each statement walks along one index, chosen here and not by the planner, and looks at a limited number of logs: where
/// few of them match, a page is short and says how far it looked. So the cost of a page has a bound whatever is searched.
package struct ExecutionSearchStore: Sendable {
    let database: PostgresClient
    let now: @Sendable () -> Date
    /// How many logs a statement looks at.
    let reach: Int
    /// How many logs are ranked.
    let ranked: Int

    /// The most logs that one statement looks at: those that one sees in a few tens of milliseconds.
    package static let usualReach = 20_000
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
        guard let walk = try await walk(search, organization, order, behind: place) else {
            return FoundExecutions(items: [], next: nil, searchedThrough: nil)
        }
        let items = try await summaries(walk.matching(limit: limit + 1, reach: reach), walk)
        if items.count > limit {
            return FoundExecutions(
                items: Array(items.prefix(limit)), next: items[limit - 1].keyset, searchedThrough: nil)
        }
        guard let end = try await end(of: walk) else {
            return FoundExecutions(items: items, next: nil, searchedThrough: nil)
        }
        guard !search.tags.isEmpty else {
            return FoundExecutions(items: items, next: end, searchedThrough: end.createdAt)
        }
        // A tag that few of the logs have that were looked at: the index of tags finds the others without a walk.
        guard let rest = try await self.walk(search, organization, order, behind: end) else {
            return FoundExecutions(items: items, next: nil, searchedThrough: nil)
        }
        let more = try await summaries(rest.tagged(limit: limit + 1 - items.count), rest)
        let all = items + more
        return FoundExecutions(
            items: Array(all.prefix(limit)), next: all.count > limit ? all[limit - 1].keyset : nil,
            searchedThrough: nil)
    }

    /// The first `limit` by a rank among the newest that match.
    package func rank(
        _ search: ExecutionSearch, in organization: OrganizationID, by rank: ExecutionRank, limit: Int
    ) async throws -> RankedExecutions {
        guard let walk = try await walk(search, organization, .newestFirst, behind: nil) else {
            return RankedExecutions(items: [], count: 0, from: nil, isCut: false)
        }
        let rows = try await database.query(
            """
            SELECT \(fragment: ExecutionLogRow.listColumns(including: [])), count(*) OVER () AS ranked, \
            min(l.created_at) OVER () AS oldest
            FROM (\(fragment: walk.matching(limit: ranked, reach: reach))) AS l LEFT JOIN users o ON o.id = l.owner_id
            ORDER BY \(fragment: Self.order(by: rank)), l.created_at DESC, l.id DESC LIMIT \(limit)
            """)
        let count = try rows.first?.decode("ranked", as: Int.self) ?? 0
        let isCut = count == ranked ? true : try await end(of: walk) != nil
        return RankedExecutions(
            items: try rows.map(ExecutionLogRow.summary(of:)), count: count, from: try rows.first?.decode("oldest"),
            isCut: isCut)
    }

    private func summaries(_ matching: SQL, _ walk: SearchWalk) async throws -> [ExecutionLogSummary] {
        let rows = try await database.query(Self.page(of: matching, walk))
        return try rows.map(ExecutionLogRow.summary(of:))
    }

    /// The place of the last log that a walk looks at; `nil` when it comes to the end of all logs.
    private func end(of walk: SearchWalk) async throws -> Keyset? {
        let rows = try await database.query(
            """
            SELECT l.created_at, l.id FROM execution_logs l \(fragment: walk.path) OFFSET \(reach - 1) LIMIT 1
            """)
        return try rows.first.map { Keyset(createdAt: try $0.decode("created_at"), id: try $0.decode("id")) }
    }

    /// `nil` when nothing can match.
    func walk(
        _ search: ExecutionSearch, _ organization: OrganizationID, _ order: PageRequest.Order, behind place: Keyset?
    ) async throws -> SearchWalk? {
        var projects: [ProjectID]?
        if let part = search.projectNamePart {
            let rows = try await database.query(
                """
                SELECT id FROM projects WHERE organization_id = \(organization)
                    AND name ILIKE \(SearchPattern.containing(part))
                """)
            projects = try rows.map { try $0.decode("id") }
            if projects == [] { return nil }
        }
        return SearchWalk(search, projects, organization, order, behind: place, now: now())
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
