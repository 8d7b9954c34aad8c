/// The members of a chat completion request that have a neutral meaning; all others are passed on or refused as extras.
enum CompletionField: String {
    case model
    case messages
    case tools
    case toolChoice = "tool_choice"
    case parallelToolCalls = "parallel_tool_calls"
    case responseFormat = "response_format"
    case maxCompletionTokens = "max_completion_tokens"
    case maxTokens = "max_tokens"
    case temperature
    case topP = "top_p"
    case topK = "top_k"
    case frequencyPenalty = "frequency_penalty"
    case presencePenalty = "presence_penalty"
    case seed
    case stop
    case logitBias = "logit_bias"
    case n
    case logprobs
    case topLogprobs = "top_logprobs"
    case reasoningEffort = "reasoning_effort"
    case reasoning
    case user
    case metadata
    case serviceTier = "service_tier"
    case stream
    case streamOptions = "stream_options"
    case store
    case modalities
    case functions
    case functionCall = "function_call"
}
