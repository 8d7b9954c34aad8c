internal import ChatModel
internal import EventLoop
internal import Observability
internal import Synchronization

/// What this process knows of one deployment, all loops together: its breaker, its calls, its probes.
final class DeploymentState: Sendable {
    /// The names by which operators know it.
    struct Name: Sendable, Hashable {
        let provider: String
        let model: String
        /// What the provider, or the model with an address of its own, is identified by: two organisations may each have
        /// a provider of the same name.
        let place: String

        /// By its names; what has no identifier is identified by the provider's name.
        init(provider: String, model: String, place: String? = nil) {
            self.provider = provider
            self.model = model
            self.place = place ?? provider
        }
    }

    /// How long others are preferred at the most because a provider wants to be left alone.
    private static let longestCooling: Duration = .seconds(300)

    let name: Name
    private let runningCalls = Atomic<Int>(0)
    private let drained = Atomic<Bool>(false)
    private let knowledge: Mutex<Knowledge>

    private struct Knowledge {
        var breaker: CircuitBreaker
        var history: CallHistory
        var probe: ProbeResult?
        var lastAnswer: Moment?
        var coolsUntil: Moment?
        var lastFailure: (failure: ChatFailure, moment: Moment)?
        var totals = CallTotals()
        var retries = RetryCredit()
        /// Where latencies are counted for metrics, once they are exposed.
        var latencies: Latencies?

        var hasAnsweredSinceProbe: Bool {
            guard let probe, let lastAnswer else { return false }
            return probe.moment < lastAnswer
        }

        /// Whether a caller left after so long without a byte of an answer that it speaks against the deployment: one that
        /// hangs is not well because nobody waits for its time-out.
        func isSilence(_ outcome: CallOutcome, at now: Moment) -> Bool {
            guard outcome.ending == .abandoned, outcome.firstByte == nil, outcome.duration >= CallOutcome.silenceBorne
            else { return false }
            return outcome.duration > (history.recentTally(at: now).whole.duration(0.95) ?? .zero) * 2
        }
    }

    /// How long answers take, for as long as the process runs.
    struct Latencies: Sendable {
        let firstByte: Histogram
        let whole: Histogram
    }

    init(_ name: Name, policy: CircuitBreaker.Policy, now: Moment = .now) {
        self.name = name
        knowledge = Mutex(Knowledge(breaker: CircuitBreaker(policy), history: CallHistory(since: now)))
    }

    // MARK: Calls

    /// How many calls run there at this moment.
    var running: Int { runningCalls.load(ordering: .relaxed) }

    /// Whether an operator wants no new calls to go there.
    var isDrained: Bool {
        get { drained.load(ordering: .relaxed) }
        set { drained.store(newValue, ordering: .relaxed) }
    }

    /// Whether a call has a chance there now: not drained, not cooling, and its breaker lets calls through.
    func isPromising(at now: Moment) -> Bool {
        guard !isDrained else { return false }
        return knowledge.withLock { known in
            (known.coolsUntil.map { $0 <= now } ?? true) && known.breaker.wouldAdmit(at: now)
        }
    }

    /// Whether ``admit(at:)`` would let a call through.
    func mayAdmit(at now: Moment) -> Bool { knowledge.withLock { $0.breaker.wouldAdmit(at: now) } }

    /// Lets a call through; it runs until it is handed back to ``ended(_:_:)``. `nil` while the breaker is open.
    func admit(at now: Moment) -> CircuitBreaker.Admission? {
        let admission = knowledge.withLock { known in
            known.retries.earn()
            return known.breaker.admit(at: now)
        }
        guard let admission else { return nil }
        runningCalls.wrappingAdd(1, ordering: .relaxed)
        return admission
    }

    /// For how long a deployment has to be given time until it is blamed for having no answer: well above what it usually
    /// takes.
    func fairTime(at now: Moment) -> Duration {
        let usual = knowledge.withLock { $0.history.recentTally(at: now).whole.duration(0.5) }
        return max(.seconds(10), (usual ?? .zero) * 2)
    }

    /// Whether one more call may be a repetition of one that failed.
    func takeRetry() -> Bool { knowledge.withLock { $0.retries.spend() } }

    /// How long the breaker lets nobody through, or the provider wants to be left alone.
    func pause(at now: Moment) -> Duration? {
        knowledge.withLock { known in
            let cooling = known.coolsUntil.map { now.duration(to: $0) } ?? .zero
            let longest = max(cooling, known.breaker.wait(at: now) ?? .zero)
            return longest > .zero ? longest : nil
        }
    }

    /// A call that was let through is over.
    func ended(_ admission: CircuitBreaker.Admission, _ outcome: CallOutcome, because failure: ChatFailure? = nil) {
        runningCalls.wrappingSubtract(1, ordering: .relaxed)
        let now = Moment.turn
        knowledge.withLock { known in
            var (outcome, failure) = (outcome, failure)
            if known.isSilence(outcome, at: now) {
                outcome.isSilence = true
                failure = .silence(of: name.provider)
            }
            known.breaker.ended(admission, outcome.verdict, at: now)
            known.history.add(outcome, at: now)
            known.totals.add(outcome)
            if let time = outcome.firstByte { known.latencies?.firstByte.observe(time) }
            if case .answered = outcome.ending {
                known.lastAnswer = now
                known.latencies?.whole.observe(outcome.duration)
            }
            guard let failure else { return }
            if outcome.verdict == .unwell { known.lastFailure = (failure, now) }
            if failure.code == .rateLimited, let pause = failure.retryAfter {
                known.coolsUntil = now + min(pause, Self.longestCooling)
            }
        }
    }

    /// A call that was let through never became one: nothing is known from it.
    func withdrawn(_ admission: CircuitBreaker.Admission) {
        runningCalls.wrappingSubtract(1, ordering: .relaxed)
        knowledge.withLock { $0.breaker.ended(admission, .unknown, at: .now) }
    }

    /// What the calls came to of the minutes that are over since the one of that number, `nil` for all that are still
    /// known, and how many minutes ago each was; with the running one too when it is asked for.
    func tallies(
        after number: Int?, withRunning: Bool, at now: Moment
    ) -> [(number: Int, age: Int, tally: CallTally)] {
        knowledge.withLock { $0.history.tallies(after: number, withRunning: withRunning, at: now) }
    }

    /// From now on latencies are counted there as well.
    func count(in latencies: Latencies) { knowledge.withLock { $0.latencies = latencies } }

    // MARK: Probes and people

    /// What calls came to so far.
    var totals: CallTotals { knowledge.withLock { $0.totals } }

    /// A probe came back. One that was answered ends the pause of an open breaker: calls may try.
    func probed(_ result: ProbeResult) {
        knowledge.withLock { known in
            known.probe = result
            if case .answered = result.outcome { known.breaker.hasHope(at: result.moment) }
        }
    }

    /// All that there is to tell at `now`.
    func report(at now: Moment) -> DeploymentReport {
        let (running, isDrained) = (running, isDrained)
        return knowledge.withLock { known in
            let facts = HealthScore.Facts(
                recent: known.history.recentTally(at: now), position: known.breaker.position(at: now),
                pause: known.breaker.pause(at: now),
                cooling: known.coolsUntil.flatMap { $0 > now ? now.duration(to: $0) : nil },
                lastFailure: known.lastFailure?.failure, probe: known.probe,
                hasAnsweredSinceProbe: known.hasAnsweredSinceProbe,
                usualFirstByte: known.history.usualFirstByte, isDrained: isDrained)
            return DeploymentReport(
                name: name, health: HealthScore(facts), facts: facts, running: running, totals: known.totals,
                sinceLastFailure: known.lastFailure.map { $0.moment.duration(to: now) },
                sinceProbe: known.probe.map { $0.moment.duration(to: now) }, minutes: known.history.minutes(at: now))
        }
    }
}

/// What the calls of a deployment came to since the process began, for counters that never fall.
struct CallTotals: Sendable {
    var answered: UInt64 = 0
    var failed: UInt64 = 0
    var failures: [ChatFailure.Code: UInt64] = [:]
    var abandoned: UInt64 = 0
    var promptTokens: UInt64 = 0
    var completionTokens: UInt64 = 0
    var costInNanoDollars: UInt64 = 0

    mutating func add(_ outcome: CallOutcome) {
        switch outcome.ending {
        case .answered: answered += 1
        case .failed(let code):
            failed += 1
            failures[code, default: 0] += 1
        case .abandoned: abandoned += 1
        }
        promptTokens &+= UInt64(max(0, outcome.usage?.promptTokens ?? 0))
        completionTokens &+= UInt64(max(0, outcome.usage?.completionTokens ?? 0))
        costInNanoDollars &+= UInt64(max(0, outcome.costInNanoDollars ?? 0))
    }
}

/// All that there is to tell of a deployment at one moment.
struct DeploymentReport: Sendable {
    let name: DeploymentState.Name
    let health: HealthScore
    let facts: HealthScore.Facts
    let running: Int
    let totals: CallTotals
    let sinceLastFailure: Duration?
    let sinceProbe: Duration?
    let minutes: [CallHistory.Minute]
}

extension ChatFailure {
    fileprivate static func silence(of provider: String) -> ChatFailure {
        ChatFailure(
            .timeout, "provider \(provider) had not begun to answer when its callers left", provider: provider)
    }
}

extension CallOutcome {
    /// What the call says about its deployment.
    var verdict: CircuitBreaker.Verdict {
        switch ending {
        case .answered: .well
        case .abandoned: isSilence ? .unwell : .unknown
        case .failed(let code):
            switch code {
            case .timeout, .providerError, .invalidResponse, .streamInterrupted, .authentication, .overloaded: .unwell
            // It answered, and is right to refuse.
            case .invalidRequest, .contextLength, .refused: .well
            // The provider is well and has enough to do; its pause is kept by itself.
            case .rateLimited, .quotaExhausted, .overBudget, .noProvider: .unknown
            }
        }
    }
}
