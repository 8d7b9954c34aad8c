/// The tokens of one or several calls, counted the same way for every provider.
package struct ChatUsage: Sendable, Hashable {
    /// Everything that was sent, cached parts included.
    package var promptTokens: Int
    /// Everything that came back, reasoning included.
    package var completionTokens: Int
    /// The part of `promptTokens` that the provider read from its cache.
    package var cachedTokens: Int
    /// The part of `completionTokens` that was reasoning and is not in the text.
    package var reasoningTokens: Int

    /// A count that holds together whatever a provider wrote: nothing below zero, no part above its whole.
    package init(promptTokens: Int, completionTokens: Int, cachedTokens: Int = 0, reasoningTokens: Int = 0) {
        self.promptTokens = max(0, promptTokens)
        self.completionTokens = max(0, completionTokens)
        self.cachedTokens = min(max(0, cachedTokens), self.promptTokens)
        self.reasoningTokens = min(max(0, reasoningTokens), self.completionTokens)
    }

    /// No tokens.
    package static let zero = ChatUsage(promptTokens: 0, completionTokens: 0)

    /// Prompt and completion together.
    package var totalTokens: Int { Self.sum(promptTokens, completionTokens) }

    package static func + (left: ChatUsage, right: ChatUsage) -> ChatUsage {
        ChatUsage(
            promptTokens: sum(left.promptTokens, right.promptTokens),
            completionTokens: sum(left.completionTokens, right.completionTokens),
            cachedTokens: sum(left.cachedTokens, right.cachedTokens),
            reasoningTokens: sum(left.reasoningTokens, right.reasoningTokens))
    }

    package static func += (left: inout ChatUsage, right: ChatUsage) { left = left + right }

    /// Counts come from outside, so a sum may not trap.
    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
