/// Why a call of a model gave no usable answer: the one vocabulary of the proxy and of its callers.
package struct ChatFailure: Error, Sendable, Hashable {
    /// The classes of failure; their raw values are the `code` on the wire.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// The request itself is wrong; no other model would take it.
        case invalidRequest = "invalid_request"
        /// The prompt is longer than the model can read.
        case contextLength = "context_length"
        /// The model or its provider's filter declined to answer.
        case refused
        /// The provider does not accept our credential.
        case authentication
        /// No provider serves a model of this name.
        case noProvider = "no_provider"
        /// The provider, or our own limit for it, takes no more calls now.
        case rateLimited = "rate_limited"
        /// The account at the provider has no quota or credit left; waiting a moment does not help.
        case quotaExhausted = "insufficient_quota"
        /// The caller's own budget here is used up.
        case overBudget = "budget_exceeded"
        /// The provider has more work than it can do now.
        case overloaded
        /// No answer within the deadline.
        case timeout
        /// The provider failed or could not be reached.
        case providerError = "provider_error"
        /// The provider answered something that is not an answer.
        case invalidResponse = "invalid_response"
        /// The answer broke off after its beginning had already been passed on.
        case streamInterrupted = "stream_interrupted"
    }

    /// The class.
    package var code: Code
    /// What was attempted and what came of it, in our own words.
    package var message: String
    /// The provider that was asked, by its name here.
    package var provider: String?
    /// The status that the provider answered.
    package var providerStatus: Int?
    /// The provider's own words, bounded and without secrets: for people who operate the system.
    package var providerMessage: String?
    /// The request field that the provider objects to.
    package var parameter: String?
    /// How long the provider asks to wait.
    package var retryAfter: Duration?
    /// Whether asking again later can help at all; an exhausted quota says no.
    package var isTransient: Bool
    /// The provider's own identifier of the call, for its support.
    package var providerRequestID: String?

    package init(
        _ code: Code, _ message: String, provider: String? = nil, providerStatus: Int? = nil,
        providerMessage: String? = nil, parameter: String? = nil, retryAfter: Duration? = nil, isTransient: Bool? = nil
    ) {
        self.code = code
        self.message = message
        self.provider = provider
        self.providerStatus = providerStatus
        self.providerMessage = providerMessage
        self.parameter = parameter
        self.retryAfter = retryAfter
        self.isTransient = isTransient ?? code.isUsuallyTransient
    }

    /// Whether another model may succeed where this one failed: not when the request itself is wrong, or is not paid for.
    package var permitsFallback: Bool { code != .invalidRequest && code != .overBudget }
}

extension ChatFailure.Code {
    /// The HTTP status that carries the failure.
    package var status: Int {
        switch self {
        case .invalidRequest, .contextLength, .refused: 400
        case .noProvider: 404
        case .overBudget: 402
        case .rateLimited, .quotaExhausted: 429
        case .overloaded: 503
        case .timeout: 504
        case .authentication, .providerError, .invalidResponse, .streamInterrupted: 502
        }
    }

    /// OpenAI's `type` of such an error, for clients that look at it.
    package var type: String {
        switch self {
        case .invalidRequest, .contextLength, .refused, .noProvider: "invalid_request_error"
        case .rateLimited: "rate_limit_error"
        case .quotaExhausted, .overBudget: "insufficient_quota"
        case .overloaded: "overloaded_error"
        case .timeout: "timeout_error"
        case .authentication, .providerError, .invalidResponse, .streamInterrupted: "api_error"
        }
    }

    fileprivate var isUsuallyTransient: Bool {
        switch self {
        case .rateLimited, .overloaded, .timeout, .providerError, .streamInterrupted: true
        case .invalidRequest, .contextLength, .refused, .authentication, .noProvider, .invalidResponse,
            .quotaExhausted, .overBudget:
            false
        }
    }
}

extension ChatFailure: CustomStringConvertible {
    package var description: String {
        let status = providerStatus.map { " (status \($0))" } ?? ""
        return "\(code.rawValue): \(message)\(status)\(providerMessage.map { ": \($0)" } ?? "")"
    }
}
