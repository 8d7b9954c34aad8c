internal import EventLoop

/// What a proxy allows itself at a place while it cannot agree with the others: a part of the limits that leaves room for
/// them.
///
/// A plain value that is told the time.
struct OwnShare {
    private var requests = 0.0
    private var tokens = 0.0
    private var filledAt: Moment?
    /// What was learned before the others were lost still holds.
    private var learned = CallLimitNumbers()
    /// What we had when the others were lost, as far as they know, and until when they leave it to us. Until then they may
    /// have the rest: it could be that only we are cut off.
    private var lastLease: (places: Int, end: Moment)?

    /// Plays the part of the common account for one turn. `part` is what of the limits is ours, from 0 to 1, and `lease`
    /// the end of the last lease that was agreed upon.
    mutating func reply(
        to turn: TurnRequest, part: Double, learned: CallLimitNumbers, lease: Moment?,
        at now: Moment
    ) -> TurnReply {
        if filledAt == nil { lastLease = lease.map { (turn.held, $0) } }
        var limits = turn.limits
        // A report of our own shrinks our own share.
        if let report = turn.report { adopt(report, turn) }
        self.learned = Self.least(self.learned, learned)
        limits = Self.least(limits, self.learned)
        fill(limits, part, at: now)
        requests += Double(turn.returnedRequests)
        tokens += Double(turn.returnedTokens - turn.owedTokens)
        var reply = TurnReply(
            held: turn.held, requests: 0, tokens: 0, entitled: [], isContended: false, isGoverned: !limits.isEmpty,
            blockedFor: .zero, proxies: turn.knownProxies, learned: self.learned)
        let waiting = turn.waiting.reduce(0) { $0 + $1.count }
        if limits.places > 0 {
            var share = Int(Double(limits.places) * part)
            if let lastLease, now < lastLease.end { share = min(share, lastLease.places) }
            share = max(1, share)
            reply.held = max(turn.running, min(share, turn.held + waiting + turn.wishedPlaces))
        }
        if limits.requests > 0 {
            reply.requests = max(0, min(Int(requests), waiting + turn.wishedRequests))
            requests -= Double(reply.requests)
        }
        if limits.tokens > 0 { reply.tokens = takeTokens(turn, limits.tokens, part) }
        return reply
    }

    /// The others are back: what was learned alone is forgotten.
    mutating func reset() { self = OwnShare() }

    private mutating func takeTokens(_ turn: TurnRequest, _ limit: Int, _ part: Double) -> Int {
        var taken = 0
        let enough = max(1, Double(CallLimitNumbers.burst(of: limit)) * part)
        for entry in turn.waiting {
            // As in the common account, a large call may use up more than there is, and the next ones wait for it.
            for tokens in [entry.firstTokens, entry.otherTokens]
            where tokens > 0 && self.tokens >= min(Double(tokens), enough) {
                self.tokens -= Double(tokens)
                taken += tokens
            }
        }
        let spare = max(0, min(Int(self.tokens), turn.wishedTokens))
        self.tokens -= Double(spare)
        return taken + spare
    }

    private mutating func fill(_ limits: CallLimitNumbers, _ part: Double, at now: Moment) {
        let elapsed = filledAt.map { $0.duration(to: now) / .seconds(1) }
        filledAt = now
        func level(_ old: Double, _ limit: Int) -> Double {
            let burst = max(1, Double(CallLimitNumbers.burst(of: limit)) * part)
            guard let elapsed else { return burst }
            return min(burst, old + CallLimitNumbers.flow(of: limit) * part * max(0, elapsed))
        }
        requests = level(requests, limits.requests)
        tokens = level(tokens, limits.tokens)
    }

    private mutating func adopt(_ report: LimitReport, _ turn: TurnRequest) {
        if report.isThrottled { learned.places = max(1, (turn.held + 1) / 2) }
        if let meter = report.requests {
            learned.requests = meter.limit ?? learned.requests
            requests = min(requests, Double(meter.remaining ?? .max))
        }
        if let meter = report.tokens {
            learned.tokens = meter.limit ?? learned.tokens
            tokens = min(tokens, Double(meter.remaining ?? .max))
        }
    }

    private static func least(_ left: CallLimitNumbers, _ right: CallLimitNumbers) -> CallLimitNumbers {
        func least(_ one: Int, _ other: Int) -> Int { one == 0 || other == 0 ? max(one, other) : min(one, other) }
        return CallLimitNumbers(
            requests: least(left.requests, right.requests), tokens: least(left.tokens, right.tokens),
            places: least(left.places, right.places))
    }
}
