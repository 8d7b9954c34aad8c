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
        /// The results of tools that the model called.
        case tool
    }

    /// Who speaks.
    package var role: Role
    /// What is said.
    package var parts: [ChatPart]
    /// Who speaks, by name, where several have the same role.
    package var name: String?

    package init(role: Role, parts: [ChatPart], name: String? = nil) {
        self.role = role
        self.parts = parts
        self.name = name
    }

    /// A message of one text.
    package init(role: Role, content: String) { self.init(role: role, parts: [.text(content)]) }

    /// All that is said as text.
    package var content: String {
        if parts.count == 1, let text = parts[0].text { return text }
        return parts.compactMap(\.text).joined(separator: "\n")
    }
}
