internal import EventLoop
internal import Spending

/// What this proxy may do at one place until its next turn, and what it will say then.
///
/// It is told the time. While a place has no limits, it only counts.
///
/// A class, so that what a call asks it or changes is not copied, which has many parts; it never leaves its
/// ``GovernorState``.
final class PlaceAccount {
    let place: GovernedPlace
    var limits: CallLimits
    /// How much of the work it takes, beside others that would do.
    var weight: Int
    /// Groups of calls that need this place and wait, for this or another one.
    var groups: [WaitingGroup.Key] = []
    var order = ServingOrder()

    private(set) var inUse = 0
    /// Calls that may run at the same time.
    private(set) var held = 0
    private(set) var requests = 0
    private(set) var tokens = 0
    private(set) var isContended = false
    private(set) var proxies = 1
    private(set) var learned = CallLimitNumbers()
    private(set) var blockedUntil: Moment?
    /// When the next turn is due; `nil` while there is nothing to say.
    private(set) var turnDue: Moment?

    /// Until when the other proxies leave us what was agreed upon last.
    private(set) var sharedLeaseEnd: Moment?

    /// Places that were left to others since the turn began that is under way: its answer does not know of them.
    private var leftDuringTurn = 0
    private var isLearnedGoverned = false
    private var validUntil: Moment?
    private(set) var lastTurn: Moment?
    /// The last turn that the common account is known to have seen.
    private var lastSharedTurn: Moment?
    private var report: LimitReport?
    /// What began since the last turn, and what usually begins in that time.
    private var begun = Use()
    private var usual = Use()
    /// Used when Redis does not answer.
    var ownShare = OwnShare()

    /// Calls, and what they come to.
    struct Use {
        var calls = 0
        var tokens = 0
    }

    init(place: GovernedPlace, limits: CallLimits, weight: Int) {
        self.place = place
        self.limits = limits
        self.weight = weight
    }

    /// Whether anything is limited here.
    var isGoverned: Bool { !limits.isEmpty || isLearnedGoverned }

    /// What one call may owe: ten minutes of the limit. A provider that counts absurdly does not stop its callers for ever.
    private var longestDebt: Int { max(limits.tokensPerMinute ?? 0, learned.tokens) * 10 }

    private var limitsPlaces: Bool { limits.concurrency != nil || learned.places > 0 }
    private var limitsRequests: Bool { limits.requestsPerMinute != nil || learned.requests > 0 }
    private var limitsTokens: Bool { limits.tokensPerMinute != nil || learned.tokens > 0 }

    /// What may begin here yet before the next turn; `nil` for what is not limited.
    var remaining: CallLimits {
        CallLimits(
            requestsPerMinute: limitsRequests ? max(0, requests) : nil,
            tokensPerMinute: limitsTokens ? max(0, tokens) : nil, concurrency: limitsPlaces ? max(0, held - inUse) : nil
        )
    }

    /// How much of its limits is in use, from 0 to about 1: for choosing between keys.
    var load: Double {
        let ceiling = [limits.concurrency ?? 0, learned.places].filter { $0 > 0 }.min()
        let share = ceiling.map { Double(inUse) / Double(max(1, $0 / max(1, proxies))) } ?? Double(inUse) / 1024
        let lacks = (limitsRequests && requests < 1) || (limitsTokens && tokens < 1)
        return (isContended || lacks && isGoverned ? max(1, share) : share) / Double(max(1, weight))
    }

    // MARK: Calls

    /// Whether a call of so many tokens can begin at any time.
    func everHasRoom(for tokens: Int) -> Bool { limits.tokensPerMinute.map { tokens <= $0 } ?? true }

    /// Whether a call of so many tokens can begin now.
    func hasRoom(for tokens: Int, at now: Moment) -> Bool {
        if let blockedUntil, blockedUntil > now { return false }
        guard isGoverned else { return true }
        guard let validUntil, now < validUntil else { return false }
        return (!limitsPlaces || inUse < held) && (!limitsRequests || requests >= 1)
            && (!limitsTokens || self.tokens >= tokens)
    }

    /// A call begins.
    func begin(_ tokens: Int, at now: Moment) {
        inUse += 1
        begun.calls += 1
        begun.tokens += tokens
        guard isGoverned else {
            if turnDue == nil { turnDue = now + TurnPace.steady }
            return
        }
        if limitsRequests { requests -= 1 }
        if limitsTokens { self.tokens -= tokens }
        let isLow =
            (limitsPlaces && inUse >= held) || (limitsRequests && requests * 4 < usual.calls + 4)
            || (limitsTokens && self.tokens * 4 < usual.tokens)
        // Nothing is in store where others wait, so there is nothing to fill up either.
        if isLow && !isContended { hasten(at: now) }
        if turnDue == nil { turnDue = now + TurnPace.active }
    }

    /// A call ends; it used so many tokens more than had been thought, or fewer when negative.
    func end(correction: Int, at now: Moment) {
        inUse -= 1
        guard isGoverned else { return }
        if limitsTokens { tokens -= min(correction, longestDebt) }
        if isContended, limitsPlaces, proxies > 1 {
            // It goes to whoever is next in all proxies, and not to whoever is next here.
            held -= 1
            leftDuringTurn += 1
            hasten(at: now)
        }
        if turnDue == nil { turnDue = now + TurnPace.active }
    }

    /// What the provider said with an answer.
    func learn(_ news: LimitReport, at now: Moment) {
        report = news.merged(with: report)
        if let pause = news.pause { blockedUntil = max(blockedUntil ?? now, now + pause) }
        if let meter = news.requests, let left = meter.remaining { requests = min(requests, left) }
        if let meter = news.tokens, let left = meter.remaining { tokens = min(tokens, left) }
        hasten(at: now)
    }

    /// No call begins here before the pause is over.
    func block(for pause: Duration, at now: Moment) {
        blockedUntil = max(blockedUntil ?? now, now + pause)
    }

    /// Calls may begin here; those that wait do so in the next turn.
    func unblock(at now: Moment) {
        blockedUntil = nil
        hasten(at: now)
    }

    // MARK: Turns

    /// The next turn comes as soon as may be.
    func hasten(at now: Moment) {
        bringForward(to: max(now, (lastTurn ?? now - TurnPace.least) + TurnPace.least), at: now)
    }

    private func bringForward(to moment: Moment, at now: Moment) {
        turnDue = min(turnDue ?? moment, moment)
    }

    /// What is said in the turn that begins now; what is given back is gone from here at once.
    /// What calls have here that wait for another place, they keep.
    func beginTurn(
        _ waiting: [TurnRequest.Waiting], keeping kept: Use, at now: Moment
    ) -> TurnRequest {
        var turn = TurnRequest(place: place, limits: numbers)
        usual = Use(calls: max(begun.calls, usual.calls / 2), tokens: max(begun.tokens, usual.tokens / 2))
        begun = Use()
        let wish = isContended || !isGoverned ? Use() : Use(calls: usual.calls * 2, tokens: usual.tokens * 2)
        let most = Use(calls: max(wish.calls, kept.calls), tokens: max(wish.tokens, kept.tokens))
        if limitsPlaces {
            let rest = min(max(0, held - inUse), most.calls)
            held = inUse + rest
            turn.wishedPlaces = max(0, wish.calls - rest)
        }
        if limitsRequests {
            let rest = min(max(0, requests), most.calls)
            turn.returnedRequests = max(0, requests - rest)
            requests = rest
            turn.wishedRequests = max(0, wish.calls - rest)
        }
        if limitsTokens {
            let rest = min(max(0, tokens), most.tokens)
            turn.returnedTokens = max(0, tokens - rest)
            turn.owedTokens = max(0, -tokens)
            tokens = rest
            turn.wishedTokens = max(0, wish.tokens - rest)
        }
        turn.held = limitsPlaces ? held : inUse
        turn.waiting = waiting
        turn.report = report
        turn.knownProxies = proxies
        turn.sinceLast = lastSharedTurn.map { $0.duration(to: now) }
        turn.running = inUse
        report = nil
        lastTurn = now
        leftDuringTurn = 0
        turnDue = nil
        return turn
    }

    /// The turn is over. `isShared` tells whether the common account or this proxy alone decided.
    func endTurn(
        _ turn: TurnRequest, _ reply: TurnReply, isShared: Bool, lifetime: Duration, at now: Moment
    ) {
        lastSharedTurn = isShared ? lastTurn : nil
        isLearnedGoverned = reply.isGoverned
        learned = reply.learned
        isContended = reply.isContended
        proxies = max(1, reply.proxies)
        held = max(inUse, reply.held - leftDuringTurn)
        requests += reply.requests
        tokens += reply.tokens
        // From when it was asked for, and not quite as long as others believe.
        validUntil = (lastTurn ?? now) + lifetime * 0.8
        if isShared { sharedLeaseEnd = (lastTurn ?? now) + lifetime }
        if reply.blockedFor > .zero { blockedUntil = max(blockedUntil ?? now, now + reply.blockedFor) }
        order.entitle(zip(turn.waiting, reply.entitled).map { ($0.owner, $1) })
    }

    /// When the next turn comes, after one that has ended.
    func planTurn(isAwaited: Bool, isShared: Bool, at now: Moment) {
        let holdsSomething = inUse > 0 || held > inUse || requests > 0 || tokens != 0
        let blockedFor = blockedUntil.map { now.duration(to: $0) } ?? .zero
        let pause: Duration? =
            if isAwaited, blockedFor > TurnPace.alone {
                // Nobody gets anything before.
                min(blockedFor, TurnPace.steady)
            } else if isAwaited { isShared ? TurnPace.waiting * max(1, proxies) : TurnPace.alone } else if !isGoverned {
                usual.calls > 0 || inUse > 0 ? TurnPace.steady : nil
            } else if isContended { holdsSomething ? TurnPace.contended : nil } else if usual.calls > 0 {
                TurnPace.active
            } else { holdsSomething ? TurnPace.steady : nil }
        guard let pause else { return }
        turnDue = min(turnDue ?? now + pause, now + pause)
    }

    private var numbers: CallLimitNumbers {
        CallLimitNumbers(
            requests: limits.requestsPerMinute ?? 0, tokens: limits.tokensPerMinute ?? 0,
            places: limits.concurrency ?? 0)
    }
}
