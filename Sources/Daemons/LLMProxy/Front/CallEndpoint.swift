internal import ChatModel

/// What callers can ask for; the raw values name it in the usage log.
package enum CallEndpoint: String, Sendable, Hashable, CaseIterable {
    case chatCompletions = "chat_completions"
    case responses
    case messages
    case embeddings
    case tokenCount = "count_tokens"

    /// Where it is posted.
    var path: String {
        switch self {
        case .chatCompletions: "/v1/chat/completions"
        case .responses: "/v1/responses"
        case .messages: "/v1/messages"
        case .embeddings: "/v1/embeddings"
        case .tokenCount: "/v1/messages/count_tokens"
        }
    }

    /// What its callers speak, which is what they are answered in also when something goes wrong.
    var dialect: ChatDialect {
        switch self {
        case .chatCompletions, .embeddings: .chatCompletions
        case .responses: .responses
        case .messages, .tokenCount: .messages
        }
    }
}
