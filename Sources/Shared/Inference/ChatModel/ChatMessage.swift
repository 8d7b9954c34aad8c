/// One message of a conversation with a model.
package struct ChatMessage: Sendable, Hashable {
    /// Who speaks.
    package enum Role: String, Sendable, Hashable {
        /// Instructions of the application.
        case system
        /// The same, as newer models of OpenAI call it.
        case developer
        /// The person, or whoever asks.
        case user
        /// The model.
        case assistant
        /// The result of a tool that the model called.
        case tool
        /// The result of a tool, in the form that came before `tool`.
        case function
    }

    /// Who speaks.
    package let role: Role
    /// What is said, as text.
    package let content: String

    package init(role: Role, content: String) {
        self.role = role
        self.content = content
    }
}
