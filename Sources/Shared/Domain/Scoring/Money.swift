/// An amount in US dollars, counted in nano-dollars (1/1,000,000,000): small enough for the price of one token, large
/// enough for nine billion dollars.
@usableFromInline package struct Money: Sendable, Hashable, Comparable {
    @usableFromInline package let nanoDollars: Int64

    @inlinable package init(nanoDollars: Int64) { self.nanoDollars = nanoDollars }

    package static let zero = Money(nanoDollars: 0)

    /// The amount as a number for an interface that wants one; exact to about fifteen digits.
    package var dollars: Double { Double(nanoDollars) / 1_000_000_000 }

    /// The amount nearest to a number from an interface; `nil` when it is not finite or too large.
    package init?(dollars: Double) {
        let scaled = (dollars * 1_000_000_000).rounded()
        guard let nanoDollars = Int64(exactly: scaled) else { return nil }
        self.nanoDollars = nanoDollars
    }

    /// The sum; it stops at the largest amount instead of overflowing.
    @inlinable package static func + (left: Money, right: Money) -> Money {
        let (sum, overflow) = left.nanoDollars.addingReportingOverflow(right.nanoDollars)
        guard overflow else { return Money(nanoDollars: sum) }
        return Money(nanoDollars: left.nanoDollars < 0 ? .min : .max)
    }

    @inlinable package static func < (left: Money, right: Money) -> Bool { left.nanoDollars < right.nanoDollars }

    @inlinable package static func == (left: Money, right: Money) -> Bool { left.nanoDollars == right.nanoDollars }
}

/// What one or several calls of a model consumed.
package struct TokenUsage: Sendable, Hashable {
    package let promptTokens: Int
    package let completionTokens: Int

    package init(promptTokens: Int, completionTokens: Int) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
    }

    package var totalTokens: Int { promptTokens + completionTokens }

    /// What both consumed.
    package static func + (left: TokenUsage, right: TokenUsage) -> TokenUsage {
        TokenUsage(
            promptTokens: left.promptTokens + right.promptTokens,
            completionTokens: left.completionTokens + right.completionTokens)
    }
}
