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
        guard let date = HTTPDate.seconds(text) else { return nil }
        let wait = date - now
        return (0...86_400).contains(wait) ? .seconds(wait) : nil
    }
}
