/// What the name of a model does not tell its users, and what decides how it is asked.
package struct ModelTraits: Sendable, Hashable {
    /// How a model is told to think.
    package enum Thinking: String, Sendable, Hashable, CaseIterable {
        /// By a budget of tokens.
        case budget
        /// By an effort that it interprets itself.
        case effort
        /// Not at all.
        case none
    }

    /// How it is told to think.
    package var thinking: Thinking
    /// Whether temperature and its relatives are taken.
    package var takesSampling: Bool
    /// Whether answers can be held to a JSON Schema.
    package var followsSchemas: Bool
    /// The most tokens that it can write; sent where a limit has to be.
    package var longestAnswer: Int
    /// Whether it is asked by OpenAI's responses instead of chat completions.
    package var usesResponses: Bool

    package init(
        thinking: Thinking = .none, takesSampling: Bool = true, followsSchemas: Bool = true,
        longestAnswer: Int = 4096, usesResponses: Bool = false
    ) {
        self.thinking = thinking
        self.takesSampling = takesSampling
        self.followsSchemas = followsSchemas
        self.longestAnswer = longestAnswer
        self.usesResponses = usesResponses
    }
}
