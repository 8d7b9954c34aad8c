/// What asking models took, of all calls that led to one finding together: an answer that could not be used has been paid
/// for, too.
package struct ModelExpense: Codable, Sendable, Hashable {
    /// The last answer of a model, as it came.
    package var llmOutput: String?
    /// The model that answered last, which may be a fall-back.
    package var model: String?
    package var provider: String?
    package var usage: EvaluationReply.Usage?
    package var costNanodollars: Int64?
    /// Spent waiting for models.
    package var callMicroseconds: Int64 = 0
    /// What of it the LLM proxy accounts for; `nil` where it did not.
    package var proxyTiming: EvaluationReply.ProxyTime?
    /// How many times a model was asked.
    package var attempts = 0

    /// Nothing was asked yet.
    package init() {}
}
