internal import ChatModel
internal import Scoring

/// What is asked of a model, and what counts as an answer.
struct Inquiry<Finding: Sendable & Equatable>: Sendable {
    /// For models that can answer the same way twice.
    var seed: Int?
    /// The conversation that asks.
    let opening: [ChatMessage]
    let effort: Effort
    /// The form of the answer.
    let schema: ChatRequest.ReplySchema
    /// What a model is told whose answer cannot be read, behind the reason.
    let reminder: String
    /// Reads an answer.
    let read: @Sendable (String) throws(AnswerError) -> Finding
}

extension Inquiry where Finding == Verdict {
    /// Asks for a verdict.
    init(_ prompt: JudgePrompt, _ behavior: EvaluatorBehavior) {
        self.init(
            opening: [
                ChatMessage(role: .system, content: prompt.instructions),
                ChatMessage(role: .user, content: prompt.question),
            ],
            effort: Effort(behavior), schema: Verdict.schema,
            reminder: """
                Judge again by the same criteria, and answer with one JSON object and nothing else: no code block, no \
                text around it. "score" is a number from 0 to 1, "justification" a string:
                {"justification": "your reasoning", "score": 0.0}
                """,
            read: { text throws(AnswerError) in try Verdict(parsing: text) })
    }
}
