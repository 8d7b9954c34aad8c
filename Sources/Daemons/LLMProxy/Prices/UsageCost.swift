package import ChatModel
package import Scoring
package import Spending

extension TokenCounts {
    /// The parts of a call's usage, each of which has a price of its own. Cached and written tokens are within the prompt
    /// and reasoning within the answer, whichever way the provider counted them: its reader has seen to that.
    package init(_ usage: ChatUsage, images: Int = 0) {
        let written = min(usage.cacheWriteTokens, max(0, usage.promptTokens - usage.cachedTokens))
        let rest = max(0, usage.promptTokens - usage.cachedTokens - written)
        let audio = min(usage.audioPromptTokens, rest)
        let spoken = min(usage.audioCompletionTokens, max(0, usage.completionTokens - usage.reasoningTokens))
        let long = min(usage.longCacheWriteTokens, written)
        self.init(
            plainInput: rest - audio, cachedInput: usage.cachedTokens, cacheWrites: written - long,
            longCacheWrites: long, audioInput: audio,
            plainOutput: max(0, usage.completionTokens - usage.reasoningTokens - spoken),
            reasoning: usage.reasoningTokens, audioOutput: spoken, images: images)
    }
}

extension Tariff {
    /// What a call costs: what its provider says, if it says it, else what the tariff makes of its usage.
    package func cost(of usage: ChatUsage, images: Int = 0) -> Money {
        let cost = usage.statedCost.map { Money(nanoDollars: $0) } ?? cost(of: TokenCounts(usage, images: images))
        return min(cost, Money(nanoDollars: ChatUsage.mostCost))
    }
}

/// How large a prompt is, as far as can be told without its model's tokenizer.
package struct PromptSize: Sendable, Hashable {
    /// The text's length.
    package let bytes: Int
    /// How many images there are; their bytes do not count.
    package let images: Int

    package init(bytes: Int, images: Int = 0) {
        self.bytes = max(0, bytes)
        self.images = max(0, images)
    }

    /// What it will probably come to: for limits, which are corrected afterwards.
    package var likelyTokens: Int { bytes / 4 + images * Self.likelyTokensPerImage }

    /// What it may come to at most: for budgets, which must hold. No tokenizer makes two tokens of one byte.
    package var mostTokens: Int { bytes + images * Self.mostTokensPerImage }

    /// Providers count a few hundred to a few thousand, by size and detail.
    private static let likelyTokensPerImage = 1000
    private static let mostTokensPerImage = 8000
}
