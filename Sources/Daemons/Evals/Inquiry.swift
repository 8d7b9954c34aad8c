internal import ChatModel
internal import Scoring

/// What is asked of a model, and what counts as an answer.
struct Inquiry<Finding: Sendable & Equatable>: Sendable {
    /// For models that can answer the same way twice.
    var seed: Int?
    /// How freely the model chooses its words; 0 gives the likeliest ones.
    var temperature = 0.0
    /// Whether several answers are wanted, to be compared with each other.
    var isRepeated = false
    /// How many alternatives are wanted for each token of the answer; `nil` for no probabilities.
    var topLogprobs: Int?
    /// The conversation that asks.
    let opening: [ChatMessage]
    let effort: Effort
    /// The form of the answer.
    let schema: ChatRequest.ReplySchema
    /// What a model is told whose answer cannot be read, behind the reason.
    let reminder: String
    /// How many pictures the question shows.
    var pictureCount: Int { opening.reduce(0) { $0 + $1.parts.count(where: \.isPicture) } }

    /// Reads an answer.
    let read: @Sendable (ChatReply) throws(AnswerError) -> Finding
}

extension Inquiry where Finding == Verdict {
    /// The most that all providers give; what is left out is of little weight and counts as unsure.
    private static let alternatives = 5
    /// Answers that are compared have to be free to differ; this much as in self-consistency (arXiv:2203.11171).
    private static let temperatureOfSamples = 0.7

    /// Asks for a verdict.
    init(_ prompt: JudgePrompt, _ behavior: EvaluatorBehavior) {
        let isRepeated = behavior == .thorough
        self.init(
            temperature: isRepeated ? Self.temperatureOfSamples : 0, isRepeated: isRepeated,
            topLogprobs: Self.alternatives,
            opening: [
                ChatMessage(role: .system, content: prompt.instructions),
                ChatMessage(role: .user, parts: prompt.pictures + [.text(prompt.question)]),
            ],
            effort: Effort(behavior), schema: Verdict.schema,
            reminder: """
                Judge again by the same criteria, and answer with one JSON object and nothing else: no code block, no \
                text around it. "score" is a number from 0 to 1, "justification" a string:
                {"justification": "your reasoning", "score": 0.0}
                """,
            read: { reply throws(AnswerError) in try Verdict(reading: reply) })
    }
}

extension ChatReply {
    /// What it says; empty where it says nothing.
    var text: String { content ?? "" }
}

extension ChatPart {
    fileprivate var isPicture: Bool {
        if case .image = content { true } else { false }
    }
}
