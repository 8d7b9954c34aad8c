internal import ChatModel
internal import FoundationEssentials
internal import HTTPMessages
internal import Providers
internal import Spending

/// A call's time at one deployment: let in by its breaker, on one of the places of its provider's share, counted against
/// its limits. All of that is given back when the visit ends, which it does once.
///
/// `@unchecked Sendable`: belongs to the one task that serves the call, which hands it on to the body of its answer.
final class Visit: @unchecked Sendable {  // ok: one task at a time
    let deployment: PreparedDeployment
    /// The key that is shown to the provider, when it is one of several.
    let key: PooledKey?
    /// Until the first byte of the answer; set when that is there.
    private(set) var firstByte: Duration?
    private let began = ContinuousClock.now
    private var entry: Entry?

    /// What is held while the visit lasts.
    private struct Entry {
        let breaker: CircuitBreaker.Admission
        let ticket: ProviderGate.Ticket
        let governor: Admission?
    }

    init(
        _ deployment: PreparedDeployment, key: PooledKey?, breaker: CircuitBreaker.Admission,
        ticket: ProviderGate.Ticket, governor: Admission?
    ) {
        self.deployment = deployment
        self.key = key
        entry = Entry(breaker: breaker, ticket: ticket, governor: governor)
    }

    deinit { withdraw() }

    /// Ends a visit on which nobody was asked: nothing is known from it.
    func withdraw() {
        guard let entry else { return }
        self.entry = nil
        deployment.state.withdrawn(entry.breaker)
    }

    /// How long the visit has lasted.
    var duration: Duration { began.duration(to: .now) }

    /// The first byte of the answer is here.
    func hasBegun() { firstByte = firstByte ?? duration }

    /// What the provider says of its limits beside an answer. Read only where somebody keeps to limits there.
    func learn(_ headers: HTTPHeaders, of endpoint: ModelEndpoint, at now: Date) {
        guard let governor = entry?.governor else { return }
        governor.learn(RateLimitFields.read(headers, of: endpoint.provider.kind, now: now))
    }

    /// The answer is complete; `usage` is `nil` where the provider does not count.
    func answered(_ usage: ChatUsage?, cost: Int64?) {
        report(.worked)
        end(.answered, usage, cost)
    }

    /// The provider did not do its part; `usage` is what it did all the same.
    func failed(_ failure: ChatFailure, usage: ChatUsage? = nil, cost: Int64? = nil) {
        switch failure.code {
        case .authentication: report(.refused)
        case .quotaExhausted: report(.exhausted(retryAfter: failure.retryAfter))
        case .rateLimited, .overloaded:
            report(.throttled(retryAfter: failure.retryAfter))
            entry?.governor?.throttled(retryAfter: failure.retryAfter)
        case .invalidRequest, .contextLength, .refused, .noProvider, .overBudget, .timeout, .providerError,
            .invalidResponse, .streamInterrupted:
            break
        }
        end(.failed(failure.code), usage, cost, because: failure)
    }

    /// The caller has left.
    func abandoned(_ usage: ChatUsage?, cost: Int64?) { end(.abandoned, usage, cost) }

    private func report(_ outcome: KeyPool.Outcome) {
        if let key { deployment.pool?.report(key.id, outcome, for: deployment.modelName) }
    }

    private func end(
        _ ending: CallOutcome.Ending, _ usage: ChatUsage?, _ cost: Int64?, because failure: ChatFailure? = nil
    ) {
        guard let entry else { return }
        self.entry = nil
        if let usage {
            entry.governor?.settle(tokens: usage.totalTokens)
        }
        entry.governor?.end()
        deployment.state.ended(
            entry.breaker,
            CallOutcome(ending, usage: usage, costInNanoDollars: cost, firstByte: firstByte, duration: duration),
            because: failure)
    }
}
