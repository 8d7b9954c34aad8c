internal import Dialects

extension ProviderKind {
    /// How the chat completions of this kind differ from OpenAI's; `nil` for kinds that do not speak them.
    var completionStyle: CompletionStyle? {
        var style = CompletionStyle()
        switch self {
        case .openAI, .azureOpenAI:
            style.longestStop = 4
            style.cacheMark = self == .openAI ? .openAI : nil
            return style
        case .mistral: return mistral(style)
        case .groq:
            style.longestStop = 4
            style.knowsDeveloper = false
            style.reasoning = .effort(["none", "default", "low", "medium", "high"])
            style.reasoningInHistory = .text("reasoning")
            style.unknown = ["logprobs", "top_logprobs", "logit_bias", "n"]
            style.refusesForeignMembers = true
            return style
        case .openRouter:
            style.maximumTokens = "max_tokens"
            style.reasoning = .object
            style.reasoningInHistory = .details
            style.knowsTopK = true
            style.cacheMark = .anthropic
            style.unknown = ["n"]
            // Else a server that ignores a schema or a seed may be chosen.
            style.additions = ["provider": #"{"require_parameters":true}"#]
            return style
        case .vllm:
            style.knowsTopK = true
            style.reasoningInHistory = .text("reasoning")
            return style
        case .llamaCpp:
            style.maximumTokens = "max_tokens"
            style.knowsTopK = true
            style.knowsDeveloper = false
            style.reasoningInHistory = .text("reasoning_content")
            style.unknown = ["n"]
            return style
        case .ollama:
            style.maximumTokens = "max_tokens"
            style.knowsDeveloper = false
            style.reasoning = .effort(["none", "low", "medium", "high"])
            style.reasoningInHistory = .text("reasoning")
            // Silently ignored there, so refused here.
            style.unknown = ["n", "logit_bias", "tool_choice", "parallel_tool_calls", "user", "metadata"]
            return style
        case .openAICompatible:
            style.maximumTokens = "max_tokens"
            style.knowsTopK = true
            return style
        case .anthropic, .gemini, .vertexAI, .bedrock, .cohere: return nil
        }
    }

    private func mistral(_ given: CompletionStyle) -> CompletionStyle {
        var style = given
        style.maximumTokens = "max_tokens"
        style.seed = "random_seed"
        style.knowsDeveloper = false
        style.asksForUsage = false
        style.reasoningInHistory = .thinkingParts
        style.knowsTopK = true
        style.callIdentifiers = .nineLettersAndDigits
        style.unknown = ["logit_bias", "user"]
        style.refusesForeignMembers = true
        style.knowsNames = false
        style.takesBareAudio = true
        return style
    }
}
