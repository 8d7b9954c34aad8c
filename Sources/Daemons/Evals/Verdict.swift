internal import ChatModel
internal import Scoring

/// What a model found, in the form that was asked for.
struct Verdict: Sendable, Hashable {
    let score: Score
    let justification: String
    /// How likely the model found other scores; `nil` where that is not known.
    var distribution: ScoreDistribution?
}

extension Verdict {
    /// The schema of an answer, and its name.
    static let schema = ChatRequest.ReplySchema(
        name: "verdict",
        json: #"{"type":"object","properties":{"#
            + #""justification":{"type":"string","description":"The reasoning that leads to the score."},"#
            + #""score":{"type":"number","description":"From 0 (worst) to 1 (best)."}},"#
            + #""required":["justification","score"],"additionalProperties":false}"#)

    /// Reads the answer of a model, with the probabilities of its tokens where it has them.
    init(reading reply: ChatReply) throws(AnswerError) {
        try self.init(parsing: reply.text)
        guard let tokens = reply.choices.first?.logprobs else { return }
        distribution = ScoreTokens(tokens, of: score, in: reply.text).distribution
    }

    /// Reads the text of an answer. Nothing is clamped.
    init(parsing text: String) throws(AnswerError) {
        let wire: Wire = try AnswerText.decode(text)
        do {
            score = try Score(wire.score)
        } catch {
            throw AnswerError(reason: .outOfRange, message: "score: \(error)")
        }
        justification = wire.justification
    }

    private struct Wire: Decodable {
        let justification: String
        let score: Double
    }
}
