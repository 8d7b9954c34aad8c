package import ChatModel

extension ChatRequest {
    /// The tokens for thoughts that one of Anthropic's models is given: at least 1024, and fewer than `maximumTokens`, so
    /// that there is room for the answer; `nil` when none are wished.
    package func thinkingBudget(within maximumTokens: Int) throws(Unsupported) -> Int? {
        let budget: Int
        if let wished = reasoning.budget {
            budget = wished
        } else if let share = reasoning.effort?.share {
            budget = max(1024, Int(Double(maximumTokens) * share))
        } else {
            return nil
        }
        guard budget >= 1024, budget < maximumTokens else {
            throw Unsupported(
                reasoning.budget == nil ? "reasoning_effort" : "reasoning_budget",
                "needs at least 1024 tokens for reasoning, and max_tokens above them",
                advice: "raise max_completion_tokens above \(max(1024, budget))")
        }
        return budget
    }
}

extension ChatRequest.ReasoningEffort {
    /// The part of all tokens that goes to thoughts, for models that want a number.
    fileprivate var share: Double? {
        switch self {
        case .off: nil
        case .minimal: 0.1
        case .low: 0.2
        case .medium: 0.5
        case .high: 0.8
        case .xhigh, .max: 0.95
        }
    }
}
