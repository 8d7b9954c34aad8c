/// The members of an Anthropic messages request that have a neutral meaning; all others are extras.
enum MessagesField: String {
    case model
    case messages
    case system
    case maxTokens = "max_tokens"
    case temperature
    case topP = "top_p"
    case topK = "top_k"
    case stopSequences = "stop_sequences"
    case tools
    case toolChoice = "tool_choice"
    case thinking
    case outputConfig = "output_config"
    /// The older spelling of the other's `format`.
    case outputFormat = "output_format"
    case metadata
    case serviceTier = "service_tier"
    case stream
}
