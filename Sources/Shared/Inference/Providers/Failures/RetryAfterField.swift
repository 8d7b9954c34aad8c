package import HTTPMessages

/// How long a provider asks to wait before the next call.
package enum RetryAfterField {
    /// Whoever names a later time does not want to be asked before a day is over.
    private static let longest = 86_400.0

    /// Reads `retry-after-ms` and `retry-after`, the latter in seconds or as a date (RFC 9110 §10.2.3), which is compared
    /// to `now`, the seconds since 1970.
    package static func read(_ headers: HTTPHeaders, now: Int64) -> Duration? {
        if let text = headers["retry-after-ms"], let value = Double(text), value >= 0 {
            return .milliseconds(min(value, longest * 1000))
        }
        guard let text = headers["retry-after"] else { return nil }
        if let value = Double(text) { return value >= 0 ? .seconds(min(value, longest)) : nil }
        guard let date = HTTPDate.seconds(text), date >= now else { return nil }
        return .seconds(min(Double(date - now), longest))
    }
}
