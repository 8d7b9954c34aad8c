/// How a server's chat completions differ from OpenAI's: what a provider of this dialect is described by.
package struct CompletionStyle: Sendable, Hashable {
    /// Where reasoning is asked for.
    package enum Reasoning: Sendable, Hashable {
        /// `reasoning_effort`, with these efforts.
        case effort([String])
        /// OpenRouter's `reasoning` object.
        case object
        /// Nowhere.
        case none
    }

    /// How thoughts of earlier answers are sent back.
    package enum ReasoningInHistory: Sendable, Hashable {
        /// Not at all.
        case none
        /// As a text member of this name.
        case text(String)
        /// As OpenRouter's `reasoning_details`.
        case details
        /// As Mistral's parts of the type `thinking`.
        case thinkingParts
    }

    /// The two ways to mark what is worth caching.
    package enum CacheMarkName: String, Sendable, Hashable {
        case openAI = "prompt_cache_breakpoint"
        case anthropic = "cache_control"

        /// How long the provider can be asked to keep it, the shortest first.
        var lifetimes: [String] {
            switch self {
            case .openAI: ["30m", "12h"]
            case .anthropic: ["5m", "1h"]
            }
        }
    }

    /// What the most tokens are called.
    package var maximumTokens = "max_completion_tokens"
    /// What the seed is called; `nil` where there is none.
    package var seed: String? = "seed"
    package var reasoning = Reasoning.effort(["none", "minimal", "low", "medium", "high", "xhigh", "max"])
    /// How thoughts of earlier answers are sent back.
    package var reasoningInHistory = ReasoningInHistory.none
    /// Whether there is a role `developer`; else its messages go out as `system`.
    package var knowsDeveloper = true
    /// Whether `stream_options` asks for the usage; else it comes anyway.
    package var asksForUsage = true
    /// Whether `top_k` is known.
    package var knowsTopK = false
    /// Whether Google's signatures of tool calls are passed on.
    package var knowsThoughtSignatures = false
    /// How cache marks are written; `nil` where there are none.
    package var cacheMark: CacheMarkName?
    /// The parameters that are not known here, by OpenAI's names.
    package var unknown: Set<String> = []
    /// Whether messages with members that are not known here are refused, such as those of other servers' answers that a
    /// client sends back.
    package var refusesForeignMembers = false
    /// Whether whoever says something may have a name.
    package var knowsNames = true
    /// Whether sound is its base64 alone, instead of an object that says its form, too.
    package var takesBareAudio = false
    /// The most stop sequences.
    package var longestStop = Int.max
    /// What identifiers of tool calls look like.
    package var callIdentifiers = CallIdentifierForm.any
    /// Members that every request carries.
    package var additions: [String: String] = [:]

    package init() {}
}
