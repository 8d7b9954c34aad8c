internal import Scoring

extension EvaluationFailure {
    /// What a client is told. The message itself may hold a provider's own words, which only the log repeats.
    var explanation: String {
        switch code {
        case .providerError: "The model's provider failed."
        case .rateLimited: "The model's provider takes no more calls at the moment."
        case .timeout: "The model did not answer in time."
        case .invalidResponse: "The model's answer was not a verdict."
        case .noProvider: "No provider serves the model."
        case .contextLength: "The text is longer than the model can read."
        case .authentication: "The model's provider does not accept its key."
        case .refused: "The model declined to judge."
        // About the caller's own input, in our words.
        case .invalidInput: message
        case .cancelled: "The execution was given up."
        case .unavailable: "A part of this installation could not be reached."
        case .internal: "The evaluation ended with an error on our side."
        }
    }
}
