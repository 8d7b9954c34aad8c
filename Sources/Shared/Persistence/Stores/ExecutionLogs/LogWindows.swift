import FoundationEssentials
import Postgres
import Tenancy

/// Finds the few logs that match among many, by the indexes that answer what is asked.
///
/// A window of time at a time: in each, all that match are found by index, in no order, and sorted then. Where they turn out
/// to be too many for that, the window is made smaller; where there are few, the next one is larger. So a page takes a few
/// statements, whether what is asked for is spread, rare, long ago, or nowhere. What each of them costs is how much the best
/// of the indexes finds in its window: little where one condition is rare, or two are in one index; all the logs in the
/// window where no index knows what makes the others not match.
struct LogWindows {
    let database: PostgresClient
    let walk: SearchWalk

    /// The most logs of one window that are sorted, for a page of the usual size.
    static let most = 1200
    /// How much larger or smaller than the one before a window may be.
    private static let stretch = 8.0
    /// A window of this length is not divided, and one beyond the other has no end.
    private static let shortest: TimeInterval = 1
    private static let longest: TimeInterval = 400 * 86_400
    /// How many logs may be made in the shortest window.
    private static let atOnce = 100_000

    /// The places of the first `limit` logs that match from `start` on, in the walk's order; fewer only when there are no
    /// more. The first window has the given length.
    ///
    /// Each statement is planned for its own values: a plan for any values would not know which of them are rare.
    func places(limit: Int, from start: Date, length: TimeInterval) async throws -> [Keyset] {
        try await database.transaction { connection in
            try await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
            return try await places(limit: limit, from: start, length: length, on: connection)
        }
    }

    private func places(
        limit: Int, from start: Date, length: TimeInterval, on connection: PostgresConnection
    ) async throws -> [Keyset] {
        let most = max(Self.most, 3 * limit)
        var found: [Keyset] = []
        var near = start
        var length = length
        // Up to where there are known to be too many for one window.
        var crowded: Date?
        while found.count < limit {
            length = max(length, Self.shortest)
            let far = walk.bound(near.addingTimeInterval(walk.direction.sign * length), length > Self.longest)
            let isUndivided = length == Self.shortest
            let rows = try await connection.query(
                Self.statement(
                    walk, from: near == start ? nil : near, to: far, limit: isUndivided ? Self.atOnce : most + 1))
            if rows.count > most, !isUndivided {
                length = min(length, Self.longest) / Self.stretch
                crowded = far
                continue
            }
            let places = try rows.map { Keyset(createdAt: try $0.decode(0), id: try $0.decode(1)) }
            found += places.sorted(by: walk.direction.comesFirst)
            guard let far else { break }
            near = far
            let left = crowded.map { $0.timeIntervalSince(near) * walk.direction.sign } ?? 0
            // Twice as long as what is missing probably needs.
            let wanted = min(Double(most) / 3, 2 * Double(max(limit - found.count, 0)))
            let ratio = places.isEmpty ? Self.stretch : wanted / Double(places.count)
            // Half of what is left up to a crowd: as a whole it has been too much already.
            length *= min(left > 0 ? 2 : Self.stretch, max(1 / Self.stretch, ratio))
            if left > 0 { length = min(length, left / 2) }
        }
        return Array(found.prefix(limit))
    }

    /// The logs at some places.
    static func logs(at places: [Keyset], of walk: SearchWalk) -> SQL {
        let times = places.map(\.createdAt)
        return """
            SELECT l.* FROM execution_logs l WHERE l.id = ANY (\(places.map(\.id)))
            AND l.created_at BETWEEN \(times.min() ?? .distantPast) AND \(times.max() ?? .distantPast)
            AND (\(fragment: walk.place)) IS TRUE
            """
    }

    /// Behind `near` up to `far`, without a bound where one is `nil`.
    ///
    /// Materialized, the planner takes what is cheapest to find all that match, and not what it takes for quick to find the
    /// first of them; still no more rows are read than are asked for.
    static func statement(_ walk: SearchWalk, from near: Date?, to far: Date?, limit: Int) -> SQL {
        let bounds: [SQL?] =
            switch walk.direction {
            case .newestFirst: [near.map { "l.created_at < \($0)" }, far.map { "l.created_at >= \($0)" }]
            case .oldestFirst: [near.map { "l.created_at > \($0)" }, far.map { "l.created_at <= \($0)" }]
            }
        let conditions = ([walk.place, walk.filter] + bounds.compactMap { $0 }).joined(separator: " AND ")
        return """
            WITH matching AS MATERIALIZED (
                SELECT l.created_at, l.id FROM execution_logs l WHERE \(fragment: conditions)
            ) SELECT created_at, id FROM matching LIMIT \(limit)
            """
    }
}

extension SearchWalk {
    /// The end of a window; `nil` when it is the last one, because the walk ends before or because it is `isLong`.
    fileprivate func bound(_ end: Date, _ isLong: Bool) -> Date? {
        let isLast =
            switch direction {
            case .newestFirst: earliest.map { end <= $0 } ?? false
            case .oldestFirst: end >= latest
            }
        return isLong || isLast ? nil : end
    }
}

extension PageRequest.Order {
    fileprivate var sign: Double {
        switch self {
        case .newestFirst: -1
        case .oldestFirst: 1
        }
    }

    /// Whether a walk in this order comes to one place before the other.
    func comesFirst(_ left: Keyset, _ right: Keyset) -> Bool {
        switch self {
        case .newestFirst: (left.createdAt, left.id) > (right.createdAt, right.id)
        case .oldestFirst: (left.createdAt, left.id) < (right.createdAt, right.id)
        }
    }
}
