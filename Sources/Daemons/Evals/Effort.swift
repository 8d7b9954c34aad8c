internal import ChatModel
internal import Scoring

/// What a behaviour means for a call, besides the instructions of the prompt.
struct Effort {
    let reasoning: ChatRequest.ReasoningEffort
    /// Thinking counts as output, so the limits leave room for it; they stop a model that does not end, no more.
    let maximumTokens: Int

    init(_ behavior: EvaluatorBehavior) {
        switch behavior {
        case .fast: (reasoning, maximumTokens) = (.off, 2048)
        case .balanced: (reasoning, maximumTokens) = (.medium, 8192)
        case .thorough: (reasoning, maximumTokens) = (.high, 32768)
        }
    }
}
