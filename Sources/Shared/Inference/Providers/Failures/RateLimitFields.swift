package import ChatModel
package import FoundationEssentials
package import HTTPMessages
internal import JSON

/// What the fields of an answer say of a provider's limits, whichever of the usual names they have.
package enum RateLimitFields {
    /// Reads OpenAI's, Anthropic's and Mistral's fields; `now` is for those that state a moment.
    package static func read(_ headers: HTTPHeaders, of kind: ProviderKind, now: Date) -> RateLimits {
        var limits = RateLimits()
        let values = Values(now: now)
        for field in headers.fields {
            let name = field.name.lowercased()
            if name.hasPrefix("x-ratelimit-") {
                take(name.dropFirst(12), field.value, values, &limits)
            } else if name.hasPrefix("anthropic-ratelimit-") {
                take(name.dropFirst(20), field.value, values, &limits)
            } else if name.hasPrefix("ratelimitbysize-") {
                // Mistral counts tokens as size.
                take("tokens-" + name.dropFirst(16), field.value, values, &limits)
            } else if name.hasPrefix("x-ratelimitbysize-") {
                take("tokens-" + name.dropFirst(18), field.value, values, &limits)
            }
        }
        limits.requestsAreDaily = kind == .groq && limits.requests != nil
        return limits
    }

    /// `limit-requests`, as OpenAI orders it, or `requests-limit`, as Anthropic does; OpenRouter says just `limit`.
    private static func take(_ name: Substring, _ value: String, _ values: Values, _ limits: inout RateLimits) {
        var words = name.split(separator: "-").map(String.init)
        guard let place = words.firstIndex(where: { ["limit", "remaining", "reset"].contains($0) }) else { return }
        let what = words.remove(at: place)
        // Some say the window as well: `limit-requests-minute`.
        words.removeAll { ["minute", "second", "query", "cost"].contains($0) }
        guard let path = quota(words.joined(separator: "-")) else { return }
        var quota = limits[keyPath: path] ?? RateLimits.Quota()
        switch what {
        case "limit": quota.limit = Values.count(value) ?? quota.limit
        case "remaining": quota.remaining = Values.count(value) ?? quota.remaining
        default: quota.reset = values.duration(value) ?? quota.reset
        }
        limits[keyPath: path] = quota.isEmpty ? nil : quota
    }

    private static func quota(_ name: String) -> WritableKeyPath<RateLimits, RateLimits.Quota?>? {
        switch name {
        case "requests", "": \.requests
        case "tokens": \.tokens
        case "input-tokens": \.inputTokens
        case "output-tokens": \.outputTokens
        default: nil
        }
    }

    /// The ways in which a moment or a duration is written.
    private struct Values {
        let now: Date

        static func count(_ text: String) -> Int? {
            (Int(text) ?? Double(text).flatMap { Int(exactly: $0.rounded(.down)) }).flatMap { $0 >= 0 ? $0 : nil }
        }

        /// Seconds, `6m0s`, a moment of RFC 3339, or milliseconds since 1970.
        func duration(_ text: String) -> Duration? {
            if let seconds = Double(text) {
                guard seconds > 1e11 else { return (0...2_678_400.0).contains(seconds) ? .seconds(seconds) : nil }
                return until(Date(timeIntervalSince1970: seconds / 1000))
            }
            return Self.spelled(text) ?? ISO8601.date(text).flatMap(until)
        }

        private func until(_ date: Date) -> Duration? {
            let seconds = date.timeIntervalSince(now)
            return seconds < 86_400 * 31 ? .seconds(max(0, seconds)) : nil
        }

        /// `1h2m3.5s` or `60ms`.
        private static func spelled(_ text: String) -> Duration? {
            var rest = text[...]
            var total = Duration.zero
            guard !rest.isEmpty else { return nil }
            while !rest.isEmpty {
                let number = rest.prefix { $0.isNumber || $0 == "." }
                rest = rest.dropFirst(number.count)
                let unit = rest.prefix { $0.isLetter }
                rest = rest.dropFirst(unit.count)
                guard let value = Double(number), value < 1e9 else { return nil }
                switch unit {
                case "ms": total += .milliseconds(value)
                case "s": total += .seconds(value)
                case "m": total += .seconds(value * 60)
                case "h": total += .seconds(value * 3600)
                case "d": total += .seconds(value * 86_400)
                default: return nil
                }
            }
            return total
        }
    }
}
