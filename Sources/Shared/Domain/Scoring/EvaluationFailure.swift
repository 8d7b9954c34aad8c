/// Why an execution gave no score. A failure is never a score of zero.
package struct EvaluationFailure: Error, Hashable, CustomStringConvertible {
    /// The closed set of reasons, as interfaces and logs name them.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// The provider answered with an error of its own.
        case providerError = "provider_error"
        case rateLimited = "rate_limited"
        case timeout
        /// The model's answer was not the verdict that was asked for, also after one repair.
        case invalidResponse = "invalid_response"
        /// No configured provider serves the model.
        case noProvider = "no_provider"
        /// The text is longer than the model can read.
        case contextLength = "context_length"
        /// The provider refused the key.
        case authentication
        /// The model declined to judge.
        case refused
        /// The criteria cannot be filled from the input.
        case invalidInput = "invalid_input"
        case cancelled
        /// A part of the installation could not be reached.
        case unavailable
        case `internal`
    }

    package let code: Code
    /// One sentence for the person who reads the log; without prompt, answer or key.
    package let message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code.rawValue): \(message)" }

    /// One sentence for the client that asked. Unlike `message`, which the log keeps, it has no word of a provider.
    package var summary: String {
        switch code {
        case .providerError: "The model's provider answered with an error."
        case .rateLimited: "The model's provider takes no more requests at the moment; try again later."
        case .timeout: "The model did not answer in time."
        case .invalidResponse: "The model's answer was not a verdict, also after it was asked to repair it."
        case .noProvider: "No configured provider serves the model. GET /v1/models/ lists the models there are."
        case .contextLength: "The text is longer than the model can read."
        case .authentication: "The model's provider refused the key that is configured for it."
        case .refused: "The model declined to judge."
        case .invalidInput: message
        case .cancelled: "The execution was given up."
        case .unavailable: "A part of the installation could not be reached; try again."
        case .internal: "Something went wrong on our side. The execution log has what is known."
        }
    }
}
