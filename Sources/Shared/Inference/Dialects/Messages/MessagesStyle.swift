/// How a model is asked by Anthropic's messages.
package struct MessagesStyle: Sendable, Hashable {
    /// How a model is told to think.
    package enum Thinking: Sendable, Hashable {
        /// `thinking.budget_tokens`.
        case budget
        /// `thinking.type` `adaptive` with `output_config.effort`.
        case effort
        case none
    }

    /// How the model is told to think.
    package var thinking = Thinking.effort
    /// Whether temperature and its relatives are taken.
    package var takesSampling = true
    /// Whether `output_config.format` is known; else a schema is followed by a forced call of a tool.
    package var followsSchemas = true
    /// What `max_tokens` is when nobody says.
    package var longestAnswer = 8192

    /// The version that stands in the body instead of the model, where the address names that.
    package var versionInBody: String?

    package init() {}
}
