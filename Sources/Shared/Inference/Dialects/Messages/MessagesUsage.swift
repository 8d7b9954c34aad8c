package import ChatModel
package import JSON

/// The `usage` of Anthropic's messages, where what the cache had or got comes in addition to the input.
package struct MessagesUsage: Sendable, Hashable {
    private var input = 0
    private var cacheRead = 0
    private var cacheWrite = 0
    private var longCacheWrite = 0
    private var output = 0
    private var thinking = 0

    package init() {}

    /// Takes what is stated: events of a stream state parts, the later ones count.
    package mutating func take(_ value: JSONNode) {
        input = value.integer("input_tokens") ?? input
        cacheRead = value.integer("cache_read_input_tokens") ?? cacheRead
        cacheWrite = value.integer("cache_creation_input_tokens") ?? cacheWrite
        longCacheWrite = value.integer("cache_creation", "ephemeral_1h_input_tokens") ?? longCacheWrite
        output = value.integer("output_tokens") ?? output
        thinking = value.integer("output_tokens_details", "thinking_tokens") ?? thinking
    }

    /// The same as everybody counts it.
    package var usage: ChatUsage {
        let read = max(0, cacheRead)
        let written = max(0, cacheWrite)
        return ChatUsage(
            promptTokens: Self.sum(Self.sum(max(0, input), read), written), completionTokens: output,
            cachedTokens: read, reasoningTokens: thinking, cacheWriteTokens: written,
            longCacheWriteTokens: longCacheWrite)
    }

    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    /// Writes the members of `usage`; the input only where the dialect wants it.
    static func write(_ usage: ChatUsage, to json: inout JSONWriter) {
        json.object("usage") { json in
            json.member(
                "input_tokens", usage.promptTokens - usage.cachedTokens - usage.cacheWriteTokens)
            json.member("cache_creation_input_tokens", usage.cacheWriteTokens)
            json.member("cache_read_input_tokens", usage.cachedTokens)
            if usage.cacheWriteTokens > 0 {
                json.object("cache_creation") { json in
                    json.member(
                        "ephemeral_5m_input_tokens", usage.cacheWriteTokens - usage.longCacheWriteTokens)
                    json.member("ephemeral_1h_input_tokens", usage.longCacheWriteTokens)
                }
            }
            json.member("output_tokens", usage.completionTokens)
            if usage.reasoningTokens > 0 {
                json.object("output_tokens_details") { $0.member("thinking_tokens", usage.reasoningTokens) }
            }
        }
    }
}
