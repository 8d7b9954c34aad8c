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
            let value = RateLimitValue(text: HTTPHeaders.text(value), now: now)
            switch name.meter {
            case .requests: take(value, as: name.aspect, of: &limits.requests)
            case .tokens: take(value, as: name.aspect, of: &limits.tokens)
            case .inputTokens: take(value, as: name.aspect, of: &limits.inputTokens)
            case .outputTokens: take(value, as: name.aspect, of: &limits.outputTokens)
            }
        }
        limits.requestsAreDaily = kind == .groq && limits.requests != nil
        return limits
    }

    private static func take(
        _ value: RateLimitValue, as aspect: RateLimitName.Aspect, of quota: inout RateLimits.Quota?
    ) {
        var taken = quota ?? RateLimits.Quota()
        switch aspect {
        case .limit: taken.limit = value.count ?? taken.limit
        case .remaining: taken.remaining = value.count ?? taken.remaining
        case .reset: taken.reset = value.duration ?? taken.reset
        }
        quota = taken.isEmpty ? nil : taken
    }
}
