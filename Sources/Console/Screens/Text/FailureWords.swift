package import WireAPI

extension OperatorFailure {
    /// The reason in at most twelve characters, for a column.
    package var words: String {
        switch code {
        case "provider_error": "provider err"
        case "rate_limited": "rate limited"
        case "timeout": "timed out"
        case "invalid_response": "bad reply"
        case "no_provider": "no provider"
        case "context_length": "too long"
        case "authentication": "bad key"
        case "refused": "refused"
        case "invalid_input": "bad input"
        case "cancelled": "cancelled"
        case "unavailable": "unavailable"
        case "internal": "our fault"
        default: String(code.prefix(12))
        }
    }

    /// The reason as a sentence.
    package var sentence: String {
        guard let message, !message.isEmpty else { return words }
        return message
    }
}
