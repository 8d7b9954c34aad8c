package import ChatModel
package import JSON

/// The `usage` of OpenAI's responses, where parts are within their whole.
package enum ResponsesUsage {
    /// The counts; `nil` when nothing was counted.
    package static func read(_ value: JSONNode?) -> ChatUsage? {
        guard let value, let input = value.integer("input_tokens") else { return nil }
        return ChatUsage(
            promptTokens: input, completionTokens: value.integer("output_tokens") ?? 0,
            cachedTokens: value.integer("input_tokens_details", "cached_tokens") ?? 0,
            reasoningTokens: value.integer("output_tokens_details", "reasoning_tokens") ?? 0,
            cacheWriteTokens: value.integer("input_tokens_details", "cache_write_tokens") ?? 0)
    }

    static func write(_ usage: ChatUsage, to json: inout JSONWriter) {
        json.object("usage") { json in
            json.member("input_tokens", usage.promptTokens)
            json.object("input_tokens_details") { json in
                json.member("cached_tokens", usage.cachedTokens)
                json.member("cache_write_tokens", usage.cacheWriteTokens)
            }
            json.member("output_tokens", usage.completionTokens)
            json.object("output_tokens_details") { $0.member("reasoning_tokens", usage.reasoningTokens) }
            json.member("total_tokens", usage.totalTokens)
        }
    }
}
