internal import ChatModel
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import Providers
internal import Spending

/// A call's time at one deployment: let in by its breaker, on one of the places of its provider's share, counted against
/// its limits. All of that is given back when the visit ends, which it does once, or is dropped.
final class Visit {
    let deployment: PreparedDeployment
    /// The key that is shown to the provider, when it is one of several.
    private(set) var key: PooledKey?
    /// The token that is shown in its place, where the provider wants one.
    private(set) var token: ProviderKey?
    /// Until the first byte of the answer; set when that is there.
    private(set) var firstByte: Duration?
    private var began = Moment.turn
    private var isOver = false

    // What is held while the visit lasts.
    private var line: ProviderGate.Line?
    private var governed: Admission?
    private var breaker: CircuitBreaker.Admission?

    // What is left for the end of the turn.
    private var told: Told?
    private var account: CallAccount?
    private var isLeft = false

    /// What the provider said beside its answer, and to whom it is of use.
    private struct Told {
        let admission: Admission
        let headers: HTTPHeaders
        let kind: ProviderKind
        let date: Date

        init(to admission: Admission, headers: HTTPHeaders, kind: ProviderKind, date: Date) {
            self.admission = admission
            self.headers = headers
            self.kind = kind
            self.date = date
        }
    }

    /// A visit that holds nothing yet.
    init(_ deployment: PreparedDeployment) { self.deployment = deployment }

    deinit { withdraw() }

    // MARK: Entering

    /// One of the provider's places is taken.
    func hold(_ line: ProviderGate.Line) { self.line = line }

    /// The limits have room, with this key.
    func hold(_ admission: Admission, key: PooledKey?) {
        governed = admission
        self.key = key
    }

    /// The breaker lets the call through; from now on the visit counts.
    func begin(_ admission: CircuitBreaker.Admission) {
        breaker = admission
        began = .now
    }

    /// Ends a visit on which nobody was asked: nothing is known from it, and nothing was used.
    func withdraw() {
        guard release(having: 0) else { return }
        if let breaker { deployment.state.withdrawn(breaker) }
    }

    /// The endpoint with the visit's key; `nil` where something has to be got for it first, or there is none.
    var endpointAtHand: ModelEndpoint? { deployment.endpoint(with: key) }

    /// The provider is shown a token.
    func show(_ token: ProviderKey) { self.token = token }

    /// The key is not why the visit fails.
    func excuseKey() { key = nil }

    // MARK: The visit

    /// How long it had lasted when this turn began, in which the provider was heard of.
    var duration: Duration { max(.zero, began.duration(to: .turn)) }

    /// The first byte of the answer is here.
    func hasBegun() { firstByte = firstByte ?? duration }

    /// What the provider says of its limits beside an answer, which does not wait for that. Read only where somebody keeps
    /// to limits there.
    func learn(_ headers: HTTPHeaders, of endpoint: ModelEndpoint, _ equipment: CallEquipment) {
        guard let governed else { return }
        told = Told(to: governed, headers: headers, kind: endpoint.provider.kind, date: equipment.now())
        leaveRest(to: equipment.afterwork)
    }

    /// Has the account of its call settled when the turn ends.
    func settle(_ account: CallAccount, _ afterwork: Afterwork) {
        self.account = account
        leaveRest(to: afterwork)
    }

    private func leaveRest(to afterwork: Afterwork) {
        guard !isLeft else { return }
        isLeft = true
        afterwork.add(self)
    }

    /// Does what was left for the end of the turn.
    func finishTurn() {
        isLeft = false
        if let told = told.take() {
            told.admission.learn(RateLimitFields.read(told.headers, of: told.kind, now: told.date))
        }
        if let account = account.take() { account.settle(self) }
    }

    // MARK: The end

    /// The answer is complete; `usage` is `nil` where the provider does not count.
    func answered(_ usage: ChatUsage?, cost: Int64?) {
        report(.worked)
        end(.answered, usage, cost)
    }

    /// The time that the call may take was over, for no fault of the provider's; `usage` is what it did until then.
    func ranOutOfTime(_ usage: ChatUsage?, cost: Int64?) { end(.abandoned, usage, cost) }

    /// The provider did not do its part; `usage` is what it did all the same.
    func failed(_ failure: ChatFailure, usage: ChatUsage? = nil, cost: Int64? = nil) {
        switch failure.code {
        case .authentication: report(failure.providerStatus == 403 ? .forbidden : .refused)
        case .quotaExhausted: report(.exhausted(retryAfter: failure.retryAfter))
        case .rateLimited:
            report(.throttled(retryAfter: failure.retryAfter))
            governed?.throttled(retryAfter: failure.retryAfter)
        // Too much to do is not the key's doing: another one would be told the same.
        case .overloaded: governed?.throttled(retryAfter: failure.retryAfter)
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
        guard release(having: usage?.totalTokens), let breaker else { return }
        deployment.state.ended(
            breaker,
            CallOutcome(ending, usage: usage, costInNanoDollars: cost, firstByte: firstByte, duration: duration),
            because: failure)
    }

    /// Gives back what is held; whether there was something to end. So many `tokens` were used, where that is known.
    private func release(having tokens: Int?) -> Bool {
        guard !isOver else { return false }
        isOver = true
        if let governed = governed.take() { governed.end(having: tokens) }
        if let line = line.take() { line.leave() }
        return true
    }
}
