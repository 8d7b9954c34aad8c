internal import ChatModel
internal import EventLoop
internal import Scoring
internal import WireAPI

/// Drives a deliberation: makes its calls and keeps the account.
struct Inquirer {
    let proxy: ProxyClient
    let abilities: ModelAbilities
    var caller: ProxyClient.Caller
    let deadline: Deadline
    let metrics: EvaluationMetrics

    /// What came of an inquiry.
    struct Pursuit<Finding: Sendable & Equatable>: Sendable {
        let finding: Result<Finding, EvaluationFailure>
        var account: ModelExpense
        /// The model that was asked last, by the name in the list.
        let model: String
    }

    /// Asks the models in their order until there is a finding, or a reason why there is none. `isFresh` is whether an
    /// answer that was given before to the same question does not count.
    func pursue<Finding: Sendable & Equatable>(
        _ inquiry: Inquiry<Finding>, models: [String], isFresh: Bool = false
    ) async -> Pursuit<Finding> {
        let organization = caller.organization
        var deliberation = Deliberation(inquiry, models: models) { abilities.refused(by: $0, of: organization) }
        var book = Book()
        var step = deliberation.start
        func ended(_ finding: Result<Finding, EvaluationFailure>) -> Pursuit<Finding> {
            Pursuit(finding: finding, account: book.account, model: deliberation.request.model)
        }
        while true {
            switch step {
            case .decided(let finding): return ended(.success(finding))
            case .failed(let failure): return ended(.failure(failure))
            case .ask(let request):
                guard !deadline.hasPassed else {
                    let message = "the deadline passed before model \(request.model) could be asked"
                    return ended(.failure(EvaluationFailure(code: .timeout, message: message)))
                }
                let asked = ContinuousClock.now
                let answer = await proxy.ask(request, for: caller, isFresh: isFresh, until: deadline)
                book.enter(answer, after: asked.duration(to: .now))
                step = deliberation.take(answer.content)
                if let fault = deliberation.fault { metrics.count(fault) }
                for parameter in deliberation.newlyRefused {
                    abilities.learn(parameter, refusedBy: request.model, of: organization)
                }
            }
        }
    }
}

/// The sums over all calls of one inquiry.
private struct Book {
    private(set) var account = ModelExpense()
    private var usage: ChatUsage?
    private var cost: Money?
    /// The sum over the calls; `nil` as soon as the proxy did not say of one of them.
    private var timing: ProxyTiming? = ProxyTiming(queue: .zero, proxy: .zero, provider: .zero)

    mutating func enter(_ answer: ProxyClient.Answer, after duration: Duration) {
        account.attempts += 1
        account.callMicroseconds += duration.microseconds
        if let model = answer.model { account.model = model }
        if let provider = answer.provider { account.provider = provider }
        if case .reply(let reply) = answer.content {
            account.llmOutput = reply.content ?? reply.refusal
            if let used = reply.usage { usage = (usage ?? .zero) + used }
        }
        if let more = answer.cost { cost = (cost ?? .zero) + more }
        account.usage = usage.map {
            EvaluationReply.Usage(promptTokens: $0.promptTokens, completionTokens: $0.completionTokens)
        }
        account.costNanodollars = cost?.nanoDollars
        timing = timing.flatMap { sum in answer.timing.map { sum + $0 } }
        account.proxyTiming = timing.map {
            EvaluationReply.ProxyTime(
                queueMicroseconds: $0.queue.microseconds, ownMicroseconds: $0.proxy.microseconds,
                providerMicroseconds: $0.provider.microseconds)
        }
    }
}

extension Duration {
    /// In whole microseconds, as the wire has it.
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
