/// Texts of which vectors are asked.
package struct EmbeddingRequest: Sendable, Hashable {
    /// What a vector is made of.
    package enum Input: Sendable, Hashable {
        case text(String)
        /// Tokens that the caller has counted out already; only OpenAI's servers take them.
        case tokens([Int])
    }

    /// What the vectors are for; some providers make others for questions than for documents.
    package enum Purpose: String, Sendable, Hashable {
        case document
        case query
    }

    /// The name by which the proxy knows the model.
    package var model: String
    /// What vectors are made of, at least one.
    package var inputs: [Input]
    /// How many numbers each vector has; `nil` for the model's own number.
    package var dimensions: Int?
    /// Whether the caller wants the vectors in base64 instead of lists of numbers.
    package var isBase64 = false
    /// What the vectors are for; `nil` when nobody says.
    package var purpose: Purpose?
    /// The caller's own word for that, which may be another one; servers of one dialect do not agree on them.
    package var purposeWord: String?
    /// Who asks, for the provider's abuse control.
    package var user: String?
    /// Members that have no place above.
    package var extras: [ChatExtra] = []

    package init(model: String, inputs: [Input]) {
        self.model = model
        self.inputs = inputs
    }
}

/// The vectors of texts, in their order.
package struct EmbeddingReply: Sendable, Hashable {
    /// The model that answered, by the name the provider gives it.
    package var model: String?
    /// One for each input, in their order.
    package var vectors: [[Float]]
    /// What was used; `nil` where the provider does not count.
    package var usage: ChatUsage?

    package init(model: String? = nil, vectors: [[Float]], usage: ChatUsage? = nil) {
        self.model = model
        self.vectors = vectors
        self.usage = usage
    }
}
