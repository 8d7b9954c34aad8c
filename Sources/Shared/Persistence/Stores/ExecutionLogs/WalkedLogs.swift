import FoundationEssentials
import Postgres
import Tenancy

/// Looks for logs along a walk, at a limited number of them, and for those behind it by other indexes than the walk's.
struct WalkedLogs: Sendable {
    let database: PostgresClient
    /// How many logs a statement looks at.
    let reach: Int

    /// How many logs tell whether a tag is frequent, and which part of them makes it so.
    private static let sampled = 1000
    private static let frequent = 100

    /// What a walk has found.
    struct Found<Item: Sendable>: Sendable {
        var items: [Item]
        /// Where to go on; `nil` at the end.
        var next: Keyset?
        /// Set when few of the logs that were looked at match, so that the search stopped early.
        var searchedThrough: Date?
    }

    /// Up to `limit` logs: of the first `reach` that the walk comes to, and where few of those match, by the indexes that
    /// answer what is asked. Where tags are asked for, so in each part of the walk in which there are some.
    ///
    /// `read` carries out a statement that gives logs in the walk's order.
    func find<Item: Sendable>(
        limit: Int, along walk: SearchWalk, at keyset: (Item) -> Keyset, _ read: (SQL) async throws -> [Item]
    ) async throws -> Found<Item> {
        var items: [Item] = []
        for part in try await TaggedHours.parts(of: walk, count: limit + 1, database) {
            let missing = limit + 1 - items.count
            let (first, stretch) = try await begin(part, limit: missing, at: keyset, read)
            items += first
            if items.count > limit { return Found(items: Array(items.prefix(limit)), next: keyset(items[limit - 1])) }
            guard let stretch else { continue }
            guard part.goesOn else {
                return Found(items: items, next: stretch.end, searchedThrough: stretch.end.createdAt)
            }
            let (rest, places) = try await places(behind: stretch, of: part, found: first.count, missing: missing)
            items += places.isEmpty ? [] : try await read(LogWindows.logs(at: places, of: rest))
            // By the places, not by what is read there: a log may have gone in between, and the list goes on all the same.
            if first.count + places.count >= missing {
                let shown = Array(items.prefix(limit))
                return Found(items: shown, next: shown.last.map(keyset) ?? places.last)
            }
        }
        return Found(items: items)
    }

    /// What matches of the first logs of a walk, and the stretch they are in when it ends before the walk does. A full page
    /// needs none: of a walk that is not told it is not looked up.
    private func begin<Item: Sendable>(
        _ walk: SearchWalk, limit: Int, at keyset: (Item) -> Keyset, _ read: (SQL) async throws -> [Item]
    ) async throws -> ([Item], Stretch?) {
        guard walk.isTold else {
            let items = try await read(walk.matching(limit: limit, reach: reach))
            guard items.count < limit, var stretch = try await stretch(of: walk) else { return (items, nil) }
            // Logs that were written in between make it end before the last that was found.
            if let last = items.last.map(keyset), walk.direction.comesFirst(stretch.end, last) { stretch.end = last }
            return (items, stretch)
        }
        let (near, stretch) = try await near(walk)
        return (try await read(near.matching(limit: limit)), stretch)
    }

    /// The part of a walk that a statement looks at, with its stretch when that ends before the walk does. What an index
    /// tells has to be looked for in it: the index passes by what does not match, however much that is. It is looked at as a
    /// whole, with what has been written in it meanwhile.
    func near(_ walk: SearchWalk) async throws -> (SearchWalk, Stretch?) {
        let stretch = try await stretch(of: walk)
        return (stretch.map { walk.through($0.end) } ?? walk, stretch)
    }

    /// Where the next logs that match are, behind a stretch in which there were few.
    private func places(
        behind stretch: Stretch, of walk: SearchWalk, found: Int, missing: Int
    ) async throws -> (rest: SearchWalk, [Keyset]) {
        var rest = walk.behind(stretch.end)
        rest.looksTagsUp = try await !hasFrequentTags(walk)
        let windows = LogWindows(database: database, walk: rest)
        return (
            rest,
            try await windows.places(
                limit: missing - found, from: stretch.end.createdAt,
                length: stretch.length(for: missing - found, having: found))
        )
    }

    /// Whether many of the logs of a walk have its tags. Where nothing else is asked, that few match says it already.
    private func hasFrequentTags(_ walk: SearchWalk) async throws -> Bool {
        guard !walk.tags.isEmpty, !walk.asked.isEmpty else { return false }
        let rows = try await database.query(
            """
            SELECT count(*) FROM (SELECT l.tags FROM execution_logs l \(fragment: walk.path) LIMIT \(Self.sampled)) AS l
            WHERE \(fragment: SearchWalk.condition(on: walk.tags))
            """)
        return try rows.first?.decode(0, as: Int.self) ?? 0 > Self.sampled / Self.frequent
    }

    /// The part of all logs that a walk has looked at.
    struct Stretch {
        let start: Date
        fileprivate(set) var end: Keyset

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
