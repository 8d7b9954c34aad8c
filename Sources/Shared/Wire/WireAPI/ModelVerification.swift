/// The body of `POST /v1/models/verify/`: a model that is not added yet.
package struct ModelVerificationRequest: Decodable, Sendable {
    package let model: String?
    package let apiKey: String?
    package let url: String?
    package let maxOutputTokenCount: Int?
}

/// What came of it. That the model fails is an answer, and no error.
package struct ModelVerificationResult: Codable, Sendable {
    /// The tokens of the call.
    package struct Usage: Codable, Sendable {
        package let promptTokens: Int
        package let completionTokens: Int
        package let totalTokens: Int

        package init(promptTokens: Int, completionTokens: Int) {
            self.promptTokens = promptTokens
            self.completionTokens = completionTokens
            totalTokens = promptTokens + completionTokens
        }
    }

    package let success: Bool
    package let response: String?
    package let error: String?
    package let model: String
    package let usage: Usage?

    /// The model answered.
    package init(_ model: String, response: String, usage: Usage? = nil) {
        success = true
        self.response = response
        error = nil
        self.model = model
        self.usage = usage
    }

    /// It did not.
    package init(_ model: String, error: String) {
        success = false
        response = nil
        self.error = error
        self.model = model
        usage = nil
    }
}
