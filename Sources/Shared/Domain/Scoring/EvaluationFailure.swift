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
}
