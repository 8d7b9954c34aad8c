package import Scoring

/// What a model costs, for each kind of token.
package struct ModelPrice: Sendable, Hashable {
    /// For a million prompt tokens.
    package let input: Money
    /// For a million completion tokens, reasoning included.
    package let output: Money
    /// For a million prompt tokens that were read from the provider's cache; `nil` when they cost as much as others.
    package let cachedInput: Money?

    package init(input: Money, output: Money, cachedInput: Money? = nil) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
    }

    /// What `usage` costs, rounded half up to a nano-dollar.
    package func cost(of usage: ChatUsage) -> Money {
        let fresh = usage.promptTokens - usage.cachedTokens
        let millionths =
            Self.product(fresh, input) + Self.product(usage.cachedTokens, cachedInput ?? input)
            + Self.product(usage.completionTokens, output)
        return Money(nanoDollars: Int64(clamping: (millionths + 500_000) / 1_000_000))
    }

    /// 128 bits, because a token count and a price each may take 64.
    private static func product(_ tokens: Int, _ price: Money) -> Int128 {
        Int128(tokens) * Int128(price.nanoDollars)
    }
}
