/// The tokens of one or several calls, counted the same way for every provider: parts are always within their whole.
package struct ChatUsage: Sendable, Hashable {
    /// Everything that was sent, cached parts included.
    package var promptTokens: Int
    /// Everything that came back, reasoning included.
    package var completionTokens: Int
    /// The part of `promptTokens` that the provider read from its cache.
    package var cachedTokens: Int
    /// The part of `completionTokens` that was reasoning and is not in the text.
    package var reasoningTokens: Int
    /// The part of `promptTokens` that the provider wrote to its cache.
    package var cacheWriteTokens: Int
    /// The part of `cacheWriteTokens` that is kept for an hour instead of five minutes.
    package var longCacheWriteTokens: Int
    /// The part of `promptTokens` that was sound.
    package var audioPromptTokens: Int
    /// The part of `completionTokens` that was sound.
    package var audioCompletionTokens: Int
    /// What the provider says the call cost, in nano-dollars; few say it.
    package var statedCost: Int64?

    /// More tokens than any call has. A count beyond it is a mistake of the server, and sums of a few such would not fit
    /// into the numbers of whoever adds them up.
    package static let most = 1_000_000_000_000
    /// The same of what a call costs, in nano-dollars: ten thousand dollars.
    package static let mostCost: Int64 = 10_000_000_000_000

    /// A count that holds together whatever a provider wrote: nothing below zero or beyond what can be, no part above its
    /// whole.
    package init(
        promptTokens: Int, completionTokens: Int, cachedTokens: Int = 0, reasoningTokens: Int = 0,
        cacheWriteTokens: Int = 0, longCacheWriteTokens: Int = 0, audioPromptTokens: Int = 0,
        audioCompletionTokens: Int = 0, statedCost: Int64? = nil
    ) {
        self.promptTokens = min(max(0, promptTokens), Self.most)
        self.completionTokens = min(max(0, completionTokens), Self.most)
        self.cachedTokens = min(max(0, cachedTokens), self.promptTokens)
        self.reasoningTokens = min(max(0, reasoningTokens), self.completionTokens)
        self.cacheWriteTokens = min(max(0, cacheWriteTokens), self.promptTokens - self.cachedTokens)
        self.longCacheWriteTokens = min(max(0, longCacheWriteTokens), self.cacheWriteTokens)
        self.audioPromptTokens = min(max(0, audioPromptTokens), self.promptTokens)
        self.audioCompletionTokens = min(max(0, audioCompletionTokens), self.completionTokens)
        self.statedCost = statedCost.map { min(max(0, $0), Self.mostCost) }
    }

    /// No tokens.
    package static let zero = ChatUsage(promptTokens: 0, completionTokens: 0)

    /// Prompt and completion together.
    package var totalTokens: Int { Self.sum(promptTokens, completionTokens) }

    /// Both together; a cost is stated when both state one.
    package static func + (left: ChatUsage, right: ChatUsage) -> ChatUsage {
        ChatUsage(
            promptTokens: sum(left.promptTokens, right.promptTokens),
            completionTokens: sum(left.completionTokens, right.completionTokens),
            cachedTokens: sum(left.cachedTokens, right.cachedTokens),
            reasoningTokens: sum(left.reasoningTokens, right.reasoningTokens),
            cacheWriteTokens: sum(left.cacheWriteTokens, right.cacheWriteTokens),
            longCacheWriteTokens: sum(left.longCacheWriteTokens, right.longCacheWriteTokens),
            audioPromptTokens: sum(left.audioPromptTokens, right.audioPromptTokens),
            audioCompletionTokens: sum(left.audioCompletionTokens, right.audioCompletionTokens),
            statedCost: left.statedCost.flatMap { cost in right.statedCost.map { sum(cost, $0) } })
    }

    /// Adds what another call used.
    package static func += (left: inout ChatUsage, right: ChatUsage) { left = left + right }

    /// Counts come from outside, so a sum may not trap.
    private static func sum<Count: FixedWidthInteger>(_ left: Count, _ right: Count) -> Count {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
