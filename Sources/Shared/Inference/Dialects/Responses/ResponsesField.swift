/// The members of a responses request that have a neutral meaning; all others are extras.
enum ResponsesField: String {
    case model
    case input
    case instructions
    case maxOutputTokens = "max_output_tokens"
    case temperature
    case topP = "top_p"
    case topLogprobs = "top_logprobs"
    case tools
    case toolChoice = "tool_choice"
    case parallelToolCalls = "parallel_tool_calls"
    case text
    case reasoning
    case metadata
    case user
    case serviceTier = "service_tier"
    case stream
    case streamOptions = "stream_options"
    case store
    case include
    case truncation
    case background
}
