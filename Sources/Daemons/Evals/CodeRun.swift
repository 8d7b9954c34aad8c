internal import CodeScoring
internal import EventLoop
internal import JSON
internal import Scoring
internal import Tenancy
internal import WireAPI

/// Runs evaluators that need no model: nothing is asked and nothing paid.
struct CodeRun: Sendable {
    /// Long texts are looked at here, so that a loop is never held up by one.
    private let threads = WorkerThreads(name: "code", count: 1, queueLimit: 1000)
    /// The longest texts, in bytes together, that are looked at at once.
    private static let shortTexts = 8 << 10

    /// What the code finds out about `input`, or why it cannot.
    func result(
        of code: JSONValue, on input: EvaluationInput, arrival: ContinuousClock.Instant
    ) async -> EvaluationReply.Result {
        var result = EvaluationReply.Result()
        result.queueMicroseconds = arrival.duration(to: .now).microseconds
        do {
            let finding = try await finding(of: code, on: input)
            result.score = finding.score.value
            result.justification = finding.justification
            result.costNanodollars = 0
        } catch let failure as EvaluationFailure {
            result.failure = EvaluationReply.Failure(failure)
        } catch {
            let failure = EvaluationFailure(code: .unavailable, message: "the code could not be run: \(error)")
            result.failure = EvaluationReply.Failure(failure)
        }
        result.totalMicroseconds = arrival.duration(to: .now).microseconds
        return result
    }

    private func finding(of code: JSONValue, on input: EvaluationInput) async throws -> CodeFinding {
        let evaluator: CodeEvaluator
        do throws(InvalidDefinition) {
            evaluator = try CodeEvaluator(try CodeEvaluation(stored: code))
        } catch {
            throw EvaluationFailure(code: .invalidInput, message: "the evaluator's code is not accepted: \(error)")
        }
        let length =
            (input.effectiveRequest?.utf8.count ?? 0) + (input.effectiveResponse?.utf8.count ?? 0)
            + (input.expectedOutput?.utf8.count ?? 0)
        guard length > Self.shortTexts else { return try evaluator.finding(on: input) }
        return try await threads.run { try evaluator.finding(on: input) }
    }
}
