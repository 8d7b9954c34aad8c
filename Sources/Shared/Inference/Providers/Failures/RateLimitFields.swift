package import ChatModel
package import FoundationEssentials
package import HTTPMessages

/// What the fields of an answer say of a provider's limits, whichever of the usual names they have.
package enum RateLimitFields {
    /// Reads OpenAI's, Anthropic's and Mistral's fields; `now` is for those that state a moment.
    package static func read(_ headers: HTTPHeaders, of kind: ProviderKind, now: Date) -> RateLimits {
        var limits = RateLimits()
        // Every answer comes through here, so that fields of other names cost next to nothing.
        headers.forEach { name, value in
            guard let name = RateLimitName(name) else { return }
            switch name.meter {
            case .requests: take(value, as: name.aspect, of: &limits.requests, now)
            case .tokens: take(value, as: name.aspect, of: &limits.tokens, now)
            case .inputTokens: take(value, as: name.aspect, of: &limits.inputTokens, now)
            case .outputTokens: take(value, as: name.aspect, of: &limits.outputTokens, now)
            }
        }
        limits.requestsAreDaily = kind == .groq && limits.requests != nil
        return limits
    }

    private static func take(
        _ value: Span<UInt8>, as aspect: RateLimitName.Aspect, of quota: inout RateLimits.Quota?, _ now: Date
    ) {
        var taken = quota ?? RateLimits.Quota()
        switch aspect {
        case .limit: taken.limit = RateLimitValue.count(value) ?? taken.limit
        case .remaining: taken.remaining = RateLimitValue.count(value) ?? taken.remaining
        case .reset: taken.reset = RateLimitValue.duration(value, now: now) ?? taken.reset
        }
        quota = taken.isEmpty ? nil : taken
    }
}
