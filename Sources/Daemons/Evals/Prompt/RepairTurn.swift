internal import ChatModel

/// The one second chance of a model that answered something else than was asked for: it sees its answer and what is wrong.
enum RepairTurn {
    /// How much of an answer is shown again, in Unicode scalars.
    private static let longest = 8000

    /// What is added to the conversation.
    static func messages(answer: String, error: String, reminder: String) -> [ChatMessage] {
        [
            ChatMessage(role: .assistant, content: shown(answer)),
            ChatMessage(
                role: .user,
                content: """
                    That answer cannot be read: \(error).
                    \(reminder)
                    """),
        ]
    }

    /// The answer, or its beginning with a mark that says how much is left out. Providers refuse an empty message.
    private static func shown(_ answer: String) -> String {
        guard !answer.isEmpty else { return "(no text)" }
        let count = answer.unicodeScalars.count
        guard count > longest else { return answer }
        let beginning = String(answer.unicodeScalars.prefix(longest))
        return beginning + "\n[… \(count - longest) more characters are left out here]"
    }
}
