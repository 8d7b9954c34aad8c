import FoundationEssentials
import Postgres
import Records
import Tenancy

/// In which hours logs have some tags: a walk to them leaves out the months in which none has.
enum TaggedHours {
    private static let hour: TimeInterval = 3600
    /// Hours without such a log that are worth a walk of their own behind them.
    private static let gap: TimeInterval = 86_400
    /// More parts than these would cost more statements than they save.
    private static let mostParts = 4

    /// The parts of a walk in which the first `count` logs with its tags are, and all behind them; the walk itself when it
    /// asks for no tags, and none when no log has them.
    static func parts(of walk: SearchWalk, count: Int, _ database: PostgresClient) async throws -> [SearchWalk] {
        guard let tag = walk.tags.first else { return [walk] }
        let rows = try await database.query(hours(of: walk, tag, walk.tags.dropFirst(), limit: count))
        return parts(of: walk, hours: try rows.map { try $0.decode("hour") }, isAll: rows.count < count)
    }

    /// The first hours of a walk in which logs have a tag, and logs have each of the others.
    private static func hours(of walk: SearchWalk, _ tag: String, _ others: ArraySlice<String>, limit: Int) -> SQL {
        let place: [SQL?] = [
            "h.organization_id = \(walk.organization)", "h.tag_hash = hashtextextended(\(tag), 0)",
            "h.hour <= \(walk.latest)", walk.earliest.map { "h.hour > \($0.addingTimeInterval(-hour))" },
        ]
        // Between the last and the first hour of each of the others: it may have none where the first one has thousands.
        let together = others.map { other -> SQL in
            let its: SQL = """
                tagged_hours o WHERE o.organization_id = \(walk.organization)
                AND o.tag_hash = hashtextextended(\(other), 0)
                """
            return """
                h.hour <= (SELECT max(o.hour) FROM \(fragment: its)) AND h.hour >= (SELECT min(o.hour) FROM \(fragment: its))
                AND EXISTS (SELECT FROM \(fragment: its) AND o.hour = h.hour)
                """
        }
        let order: SQL = walk.direction == .newestFirst ? "DESC" : "ASC"
        return """
            SELECT DISTINCT h.hour FROM tagged_hours h\(fragment: .matching(all: place.compactMap { $0 } + together))
            ORDER BY h.hour \(fragment: order) LIMIT \(limit)
            """
    }

    /// A part for each run of hours with no long gap in it, the last one to the end when there are more hours than these.
    static func parts(of walk: SearchWalk, hours: [Date], isAll: Bool) -> [SearchWalk] {
        var runs: [(first: Date, last: Date)] = []
        for hour in hours {
            if let last = runs.last?.last, abs(hour.timeIntervalSince(last)) <= gap {
                runs[runs.count - 1].last = hour
            } else {
                runs.append((hour, hour))
            }
        }
        if runs.count > mostParts, let first = hours.first, let last = hours.last { runs = [(first, last)] }
        return runs.enumerated().map { number, run in
            let end = number == runs.count - 1 && !isAll ? nil : run.last
            return switch walk.direction {
            case .newestFirst: walk.within(end, run.first.addingTimeInterval(hour))
            case .oldestFirst: walk.within(run.first, end?.addingTimeInterval(hour))
            }
        }
    }
}
