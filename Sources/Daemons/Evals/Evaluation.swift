internal import ChatModel
internal import EventLoop
internal import HTTPMessages
internal import Observability
internal import Scoring
internal import WireAPI

/// The evaluation of one evaluator: its prompt, what the models say to it, and the result.
struct Evaluation {
    var inquirer: Inquirer
    let templates: TemplateCache
    /// When the call that this belongs to arrived.
    let arrival: ContinuousClock.Instant
    /// What is looked at beside the texts of the input.
    var files: [FileMaterial] = []

    /// The same at another place of its trace, from where it asks models.
    func at(_ trace: TraceContext) -> Evaluation {
        var evaluation = self
        evaluation.inquirer.caller.headers["traceparent"] = trace.traceparent
        return evaluation
    }

    /// The verdict of `task` on `input`, or why there is none.
    func result(of task: EvaluatorTask, on input: EvaluationInput, marker: BlockMarker) async -> EvaluationReply.Result
    {
        var result = EvaluationReply.Result()
        result.queueMicroseconds = arrival.duration(to: .now).microseconds
        do {
            let segments = templates.segments(of: task.criteria)
            let prompt = try JudgePrompt(task: task, segments: segments, input: input, files: files, marker: marker)
            result.renderedPrompt = prompt.record
            let (outcome, account) = await Sampling(inquirer: inquirer).verdict(
                on: Inquiry(prompt, task.behavior), models: task.models)
            result.book(account)
            switch outcome {
            case .success(let verdict):
                result.score = verdict.score.value
                result.justification = verdict.justification
                result.confidence = verdict.confidence
            case .failure(let failure): result.failure = EvaluationReply.Failure(failure)
            }
        } catch {
            result.failure = EvaluationReply.Failure(error)
        }
        result.totalMicroseconds = arrival.duration(to: .now).microseconds
        return result
    }
}

extension EvaluationReply.Result {
    /// Takes over what the calls took.
    fileprivate mutating func book(_ account: ModelExpense) {
        llmOutput = account.llmOutput
        model = account.model
        provider = account.provider
        usage = account.usage
        costNanodollars = account.costNanodollars
        callMicroseconds = account.callMicroseconds
        proxyTiming = account.proxyTiming
        attempts = account.attempts
    }
}
