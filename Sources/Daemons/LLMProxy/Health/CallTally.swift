internal import ChatModel
internal import Records
internal import Scoring

/// What the calls of a stretch of time came to.
struct CallTally: Sendable {
    var calls = 0
    var failures: [ChatFailure.Code: Int] = [:]
    /// Calls whose caller left.
    var abandoned = 0
    /// Those of them whose caller had waited long for nothing.
    var silent = 0
    var promptTokens = 0
    var completionTokens = 0
    var costInNanoDollars: Int64 = 0
    /// Until the first byte of an answer.
    var firstByte = LatencyHistogram()
    /// Until the end of an answer.
    var whole = LatencyHistogram()

    /// Calls that failed for whatever reason.
    var failed: Int { failures.values.reduce(0, +) }

    /// Those failures that speak against the deployment: not those of requests that nobody could answer.
    var ownFailures: [ChatFailure.Code: Int] { failures.filter { $0.key.isDeploymentsOwn } }

    /// Counts one call.
    mutating func add(_ outcome: CallOutcome) {
        calls += 1
        switch outcome.ending {
        case .answered: whole.add(outcome.duration)
        case .failed(let code): failures[code, default: 0] += 1
        case .abandoned:
            abandoned += 1
            if outcome.isSilence { silent += 1 }
        }
        if let time = outcome.firstByte { firstByte.add(time) }
        promptTokens += outcome.usage?.promptTokens ?? 0
        completionTokens += outcome.usage?.completionTokens ?? 0
        add(outcome.costInNanoDollars ?? 0)
    }

    /// Prices and counts come from outside: a sum stops at the largest amount instead of overflowing.
    private mutating func add(_ cost: Int64) {
        costInNanoDollars = (Money(nanoDollars: costInNanoDollars) + Money(nanoDollars: cost)).nanoDollars
    }

    /// Counts everything that another tally has.
    mutating func add(_ other: CallTally) {
        calls += other.calls
        failures.merge(other.failures, uniquingKeysWith: +)
        abandoned += other.abandoned
        silent += other.silent
        promptTokens += other.promptTokens
        completionTokens += other.completionTokens
        add(other.costInNanoDollars)
        firstByte += other.firstByte
        whole += other.whole
    }
}

/// One call of a deployment that is over.
struct CallOutcome: Sendable {
    enum Ending: Sendable, Hashable {
        case answered
        case failed(ChatFailure.Code)
        /// The caller left before the end.
        case abandoned
    }

    let ending: Ending
    var usage: ChatUsage?
    var costInNanoDollars: Int64?
    /// Until the first byte of the answer; `nil` when there was none.
    var firstByte: Duration?
    let duration: Duration
    /// Whether the caller left because nothing came for very long.
    var isSilence = false

    /// How long nothing may come before that speaks against the deployment, whenever its callers leave.
    static let silenceBorne: Duration = .seconds(30)

    init(
        _ ending: Ending, usage: ChatUsage? = nil, costInNanoDollars: Int64? = nil, firstByte: Duration? = nil,
        duration: Duration
    ) {
        self.ending = ending
        self.usage = usage
        self.costInNanoDollars = costInNanoDollars
        self.firstByte = firstByte
        self.duration = duration
    }
}

extension ChatFailure.Code {
    /// Whether such a failure is a reason to think less of the deployment.
    var isDeploymentsOwn: Bool {
        switch self {
        case .invalidRequest, .contextLength, .refused, .overBudget: false
        case .authentication, .noProvider, .rateLimited, .quotaExhausted, .overloaded, .timeout, .providerError,
            .invalidResponse, .streamInterrupted:
            true
        }
    }
}
