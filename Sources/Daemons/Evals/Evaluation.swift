internal import ChatModel
internal import EventLoop
internal import Scoring
internal import WireAPI

/// Drives the deliberation of one evaluator: makes its calls and keeps the account.
struct Evaluation {
    let proxy: ProxyClient
    let abilities: ModelAbilities
    let templates: TemplateCache
    let caller: ProxyClient.Caller
    let deadline: Deadline
    /// When the call that this belongs to arrived.
    let arrival: ContinuousClock.Instant

    /// The verdict of `task` on `input`, or why there is none.
    func result(of task: EvaluatorTask, on input: EvaluationInput, marker: BlockMarker) async -> EvaluationReply.Result
    {
        var result = EvaluationReply.Result()
        let started = ContinuousClock.now
        result.queueMicroseconds = Self.microseconds(arrival.duration(to: started))
        do {
            let segments = templates.segments(of: task.criteria)
            let prompt = try JudgePrompt(task: task, segments: segments, input: input, marker: marker)
            result.renderedPrompt = prompt.record
            await deliberate(task, prompt, &result)
        } catch {
            result.failure = EvaluationReply.Failure(error)
        }
        result.totalMicroseconds = Self.microseconds(arrival.duration(to: .now))
        return result
    }

    private func deliberate(_ task: EvaluatorTask, _ prompt: JudgePrompt, _ result: inout EvaluationReply.Result) async
    {
        let organization = caller.organization
        var deliberation = Deliberation(models: task.models, prompt: prompt, behavior: task.behavior) {
            abilities.refused(by: $0, of: organization)
        }
        var account = Account()
        var step = deliberation.start
        while case .ask(let request) = step {
            guard !deadline.hasPassed else {
                let message = "the deadline passed before model \(request.model) could be asked"
                step = .failed(EvaluationFailure(code: .timeout, message: message))
                break
            }
            let asked = ContinuousClock.now
            let answer = await proxy.ask(request, for: caller, until: deadline)
            result.callMicroseconds += Self.microseconds(asked.duration(to: .now))
            result.attempts += 1
            account.book(answer, &result)
            step = deliberation.take(answer.content)
            if let parameter = deliberation.newlyRefused {
                abilities.learn(parameter, refusedBy: request.model, of: organization)
            }
        }
        switch step {
        case .decided(let verdict):
            result.score = verdict.score.value
            result.justification = verdict.justification
        case .failed(let failure): result.failure = EvaluationReply.Failure(failure)
        case .ask: break
        }
    }

    fileprivate static func microseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
    }

    /// The sums over all calls of one evaluator: an answer that could not be used has been paid for, too.
    private struct Account {
        private var usage: ChatUsage?
        private var cost: Money?
        /// The sum over the calls; `nil` as soon as the proxy did not say of one of them.
        private var timing: ProxyTiming? = ProxyTiming(queue: .zero, proxy: .zero, provider: .zero)

        mutating func book(_ answer: ProxyClient.Answer, _ result: inout EvaluationReply.Result) {
            if let model = answer.model { result.model = model }
            if let provider = answer.provider { result.provider = provider }
            if case .reply(let reply) = answer.content {
                result.llmOutput = reply.content ?? reply.refusal
                if let used = reply.usage { usage = (usage ?? .zero) + used }
            }
            if let more = answer.cost { cost = (cost ?? .zero) + more }
            result.usage = usage.map {
                EvaluationReply.Usage(promptTokens: $0.promptTokens, completionTokens: $0.completionTokens)
            }
            result.costNanodollars = cost?.nanoDollars
            timing = timing.flatMap { sum in answer.timing.map { sum + $0 } }
            result.proxyTiming = timing.map {
                EvaluationReply.ProxyTime(
                    queueMicroseconds: Evaluation.microseconds($0.queue),
                    ownMicroseconds: Evaluation.microseconds($0.proxy),
                    providerMicroseconds: Evaluation.microseconds($0.provider))
            }
        }
    }
}
