package import FoundationEssentials

/// What an evaluator found about a completion, as clients of OpenAI find it beside the completion: under the name that the
/// documentation has, and under the one that executions have.
package struct CompletionVerdict: Codable, Sendable {
    package let name: String
    package let evaluatorName: String
    package let evaluatorId: UUID
    package let evaluatorVersionId: UUID
    package let score: Double?
    package let justification: String?
    package let confidence: Double?

    package init(_ result: JudgeEvaluatorResult) {
        name = result.evaluatorName
        evaluatorName = result.evaluatorName
        evaluatorId = result.evaluatorId
        evaluatorVersionId = result.evaluatorVersionId
        score = result.score
        justification = result.justification
        confidence = result.confidence
    }
}
