package import ChatModel
package import JSON

/// The `usage` of chat completions, where parts are within their whole.
package enum CompletionUsage {
    /// The counts; what is absent is zero, and `nil` when nothing was counted.
    package static func read(_ value: JSONNode?) -> ChatUsage? {
        guard let value else { return nil }
        return read(value)
    }

    /// The same of what is there.
    package static func read(_ value: JSONNode) -> ChatUsage? {
        guard let prompt = value.integer("prompt_tokens") else { return nil }
        let reasoning = value.integer("completion_tokens_details", "reasoning_tokens") ?? 0
        var completion = value.integer("completion_tokens") ?? 0
        // xAI counts thoughts beside the answer, which its total tells.
        if reasoning > 0, let total = value.integer("total_tokens"), total &- prompt &- completion == reasoning {
            completion &+= reasoning
        }
        return ChatUsage(
            promptTokens: prompt, completionTokens: completion,
            cachedTokens: value.integer("prompt_tokens_details", "cached_tokens") ?? 0,
            reasoningTokens: reasoning,
            cacheWriteTokens: value.integer("prompt_tokens_details", "cache_write_tokens") ?? 0,
            audioPromptTokens: value.integer("prompt_tokens_details", "audio_tokens") ?? 0,
            audioCompletionTokens: value.integer("completion_tokens_details", "audio_tokens") ?? 0,
            statedCost: cost(value))
    }

    /// OpenRouter states dollars, and what a call with the customer's own key at the model's maker costs there apart.
    private static func cost(_ value: JSONNode) -> Int64? {
        guard let stated = value.double("cost") else { return nil }
        let isOwnKey = value.bool("is_byok") == true
        let upstream = isOwnKey ? value.double("cost_details", "upstream_inference_cost") ?? 0 : 0
        return Int64(exactly: ((stated + upstream) * 1_000_000_000).rounded())
    }

    /// Writes the member `usage`.
    package static func write(_ usage: ChatUsage, to json: inout JSONWriter) {
        json.object("usage") { json in
            json.member("prompt_tokens", usage.promptTokens)
            json.member("completion_tokens", usage.completionTokens)
            json.member("total_tokens", usage.totalTokens)
            json.object("prompt_tokens_details") { json in
                json.member("cached_tokens", usage.cachedTokens)
                if usage.cacheWriteTokens > 0 { json.member("cache_write_tokens", usage.cacheWriteTokens) }
                json.member("audio_tokens", usage.audioPromptTokens)
            }
            json.object("completion_tokens_details") { json in
                json.member("reasoning_tokens", usage.reasoningTokens)
                json.member("audio_tokens", usage.audioCompletionTokens)
            }
        }
    }
}
