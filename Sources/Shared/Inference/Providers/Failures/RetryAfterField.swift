package import HTTPMessages

/// How long a provider asks to wait before the next call.
package enum RetryAfterField {
    /// Reads `retry-after-ms` and `retry-after`, the latter in seconds or as a date (RFC 9110 §10.2.3), which is compared
    /// to `now`, the seconds since 1970.
    package static func read(_ headers: HTTPHeaders, now: Int64) -> Duration? {
        if let text = headers["retry-after-ms"], let value = Double(text), value >= 0, value <= 86_400_000 {
            return .milliseconds(value)
        }
        guard let text = headers["retry-after"] else { return nil }
        if let value = Double(text) { return value >= 0 && value <= 86_400 ? .seconds(value) : nil }
        guard let date = httpDate(text) else { return nil }
        let wait = date - now
        return (0...86_400).contains(wait) ? .seconds(wait) : nil
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func httpDate(_ text: String) -> Int64? {
        let parts = text.split { $0 == " " || $0 == ":" || $0 == "," }
        guard parts.count == 8, parts[7] == "GMT", let day = Int64(parts[1]), let year = Int64(parts[3]),
            let month = months.firstIndex(where: { $0 == parts[2] }), let hour = Int64(parts[4]),
            let minute = Int64(parts[5]), let second = Int64(parts[6]), (1970...9999).contains(year),
            (1...31).contains(day), (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        // Days since 1970 in a calendar whose years begin in March, so that the leap day is the last one.
        let shifted = (Int64(month) + 10) % 12
        let years = shifted >= 10 ? year - 1 : year
        let days = years * 365 + years / 4 - years / 100 + years / 400 + (shifted * 306 + 5) / 10 + day - 1 - 719_468
        return days * 86_400 + hour * 3600 + minute * 60 + second
    }
}
