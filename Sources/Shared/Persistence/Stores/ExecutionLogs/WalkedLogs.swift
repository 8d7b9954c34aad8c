import FoundationEssentials
import Postgres
import Tenancy

/// Looks for logs along a walk, at a limited number of them, and for those behind it by other indexes than the walk's.
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

    /// Up to `limit` logs behind `place`: of the first `reach` that the walk comes to, and where few of those match, by the
    /// indexes that answer what is asked.
    ///
    /// `walk` begins behind a place, `read` carries out a statement that gives logs in the walk's order.
    func find<Item: Sendable>(
        limit: Int, behind place: Keyset?, _ walk: (Keyset?) -> SearchWalk,
        at keyset: (Item) -> Keyset, _ read: (SQL, SearchWalk) async throws -> [Item]
    ) async throws -> Found<Item> {
        let first = walk(place)
        let items = try await read(first.matching(limit: limit + 1, reach: reach), first)
        if items.count > limit { return Found(items: Array(items.prefix(limit)), next: keyset(items[limit - 1])) }
        guard let stretch = try await stretch(of: first) else { return Found(items: items) }
        let rest = walk(stretch.end)
        guard rest.isIndexed else {
            return Found(items: items, next: stretch.end, searchedThrough: stretch.end.createdAt)
        }
        let places = try await LogWindows(database: database, walk: rest).places(
            limit: limit + 1 - items.count, from: stretch.end.createdAt,
            length: stretch.length(for: limit + 1 - items.count, having: items.count))
        let all = items + (places.isEmpty ? [] : try await read(LogWindows.logs(at: places, of: rest), rest))
        return Found(items: Array(all.prefix(limit)), next: all.count > limit ? keyset(all[limit - 1]) : nil)
    }

    /// The part of all logs that a walk has looked at.
    struct Stretch {
        let start: Date
        let end: Keyset

        /// How much time so many logs are probably spread over, where `found` were in this stretch.
        fileprivate func length(for count: Int, having found: Int) -> TimeInterval {
            let own = abs(start.timeIntervalSince(end.createdAt))
            return own * min(100, max(1, 2 * Double(count) / Double(found + 1)))
        }
    }

    /// What a walk looks at; `nil` when it comes to the end of all logs.
    func stretch(of walk: SearchWalk) async throws -> Stretch? {
        let rows = try await database.query(
            """
            SELECT l.created_at, l.id,
                (SELECT l.created_at FROM execution_logs l \(fragment: walk.path) LIMIT 1) AS start
            FROM execution_logs l \(fragment: walk.path) OFFSET \(reach - 1) LIMIT 1
            """)
        return try rows.first.map {
            let end = Keyset(createdAt: try $0.decode("created_at"), id: try $0.decode("id"))
            return Stretch(start: try $0.decode("start", as: Date?.self) ?? end.createdAt, end: end)
        }
    }
}
