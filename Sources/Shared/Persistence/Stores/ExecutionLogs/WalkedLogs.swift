import FoundationEssentials
import Postgres
import Tenancy

/// Looks for logs along a walk, at a limited number of them with each statement.
struct WalkedLogs: Sendable {
    let database: PostgresClient
    /// How many logs a statement looks at.
    let reach: Int

    /// What a walk has found.
    struct Found<Item: Sendable>: Sendable {
        var items: [Item]
        /// Where to go on; `nil` at the end.
        var next: Keyset?
        /// Set when few of the logs that were looked at match, so that the search stopped early.
        var searchedThrough: Date?
    }

    /// Up to `limit` logs behind `place`, of the first `reach` that the walk comes to.
    ///
    /// `walk` begins behind a place, `read` carries out a statement that gives logs in the walk's order.
    func find<Item: Sendable>(
        limit: Int, behind place: Keyset?, _ walk: (Keyset?) -> SearchWalk,
        at keyset: (Item) -> Keyset, _ read: (SQL, SearchWalk) async throws -> [Item]
    ) async throws -> Found<Item> {
        let first = walk(place)
        let items = try await read(first.matching(limit: limit + 1, reach: reach), first)
        if items.count > limit { return Found(items: Array(items.prefix(limit)), next: keyset(items[limit - 1])) }
        guard let end = try await end(of: first) else { return Found(items: items) }
        // What few of the logs have that were looked at, the others are found by without a walk.
        let rest = walk(end)
        guard let rare = rest.rare(limit: limit + 1 - items.count) else {
            return Found(items: items, next: end, searchedThrough: end.createdAt)
        }
        let all = items + (try await read(rare, rest))
        return Found(items: Array(all.prefix(limit)), next: all.count > limit ? keyset(all[limit - 1]) : nil)
    }

    /// The place of the last log that a walk looks at; `nil` when it comes to the end of all logs.
    func end(of walk: SearchWalk) async throws -> Keyset? {
        let rows = try await database.query(
            """
            SELECT l.created_at, l.id FROM execution_logs l \(fragment: walk.path) OFFSET \(reach - 1) LIMIT 1
            """)
        return try rows.first.map { Keyset(createdAt: try $0.decode("created_at"), id: try $0.decode("id")) }
    }
}
