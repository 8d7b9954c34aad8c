package import FoundationEssentials
internal import JSON

/// A point or a day that a filter names, by the server's clock.
package struct QueryTime: Sendable, Hashable {
    /// The first moment that is meant.
    package let start: Date
    /// The last one: of a day its end, of anything else the same.
    package let end: Date

    /// Reads `15m`, `2h`, `3d`, `1w` (back from now), `today`, `yesterday`, `12:30`, `2026-01-31`, `2026-01-31T12:30`.
    package static func read(_ text: String, at now: Date) throws(Query.Problem) -> QueryTime {
        if let span = span(text) { return QueryTime(now.addingTimeInterval(-span)) }
        let today = ISO8601.string(now).map { String($0.prefix(10)) } ?? ""
        switch text.lowercased() {
        case "today": if let midnight = ISO8601.date(today) { return day(midnight) }
        case "yesterday": if let midnight = ISO8601.date(today) { return day(midnight.addingTimeInterval(-86_400)) }
        default: break
        }
        if text.utf8.count == 10, let midnight = ISO8601.date(text) { return day(midnight) }
        if let date = ISO8601.date(text) ?? ISO8601.date("\(today)T\(text)") { return QueryTime(date) }
        throw Query.Problem("\(text) is no time: 15m, 2h, 3d, today, 12:30, 2026-01-31 or 2026-01-31T12:30 (UTC)")
    }

    private init(_ date: Date) { (start, end) = (date, date) }

    private init(start: Date, end: Date) { (self.start, self.end) = (start, end) }

    private static func day(_ midnight: Date) -> QueryTime {
        QueryTime(start: midnight, end: midnight.addingTimeInterval(86_400 - 0.000_001))
    }

    private static func span(_ text: String) -> Double? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Double(text.dropLast()) else { return nil }
        return number > 0 && number < 1e6 ? number * unit : nil
    }
}
