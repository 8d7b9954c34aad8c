package import EventLoop

/// Whether a deployment is asked at all: yes while it answers, no for a while after it failed too often, and then a few
/// calls try whether it is back.
///
/// A plain value that is told the time.
package struct CircuitBreaker: Sendable {
    /// When a breaker opens, and how it closes again.
    package struct Policy: Sendable, Hashable {
        /// So many failures in a row open it.
        package var consecutiveFailures = 5
        /// So does this share of the calls of a window, when there were enough to tell.
        package var failureShare = 0.5
        package var leastCalls = 20
        package var window: Duration = .seconds(30)
        /// How long it stays open the first time; every further time in a row doubles it.
        package var firstPause: Duration = .seconds(5)
        package var longestPause: Duration = .seconds(120)
        /// How many calls may try at the same time whether the deployment is back. One that takes long makes room for
        /// another after `firstPause`, and for each further one after twice as long.
        package var trialsAtOnce = 1
        /// How many of them have to succeed in a row.
        package var successesToClose = 2

        package init() {}
    }

    /// What a call was let through as; it is handed back with the outcome.
    package enum Admission: Sendable, Hashable {
        case regular
        /// The breaker is half open, and this call shows whether it closes. The number tells this trial period from
        /// others.
        case trial(Int)
    }

    /// What a call says about its deployment.
    package enum Verdict: Sendable, Hashable {
        case well
        case unwell
        /// The call ended for reasons that have nothing to do with the deployment.
        case unknown
    }

    /// Where the breaker stands, for people.
    package enum Position: String, Sendable, Hashable, CaseIterable {
        case closed
        case open
        case halfOpen = "half_open"
    }

    private enum State: Sendable {
        case closed
        case open(until: Moment)
        /// `lastTrial` is when the last one of those that run began.
        case halfOpen(running: Int, succeeded: Int, lastTrial: Moment)
    }

    private let policy: Policy
    private var state = State.closed
    /// How often it opened since it was last closed.
    private var trips = 0
    /// Counts the trial periods.
    private var period = 0
    private var failuresInARow = 0
    private var windowStart: Moment?
    private var callsInWindow = 0
    private var failuresInWindow = 0

    package init(_ policy: Policy = Policy()) { self.policy = policy }

    /// Where it stands at `now`: an open breaker whose pause is over only waits for a call to try it.
    package func position(at now: Moment) -> Position {
        switch state {
        case .closed: .closed
        case .open(let until): now < until ? .open : .halfOpen
        case .halfOpen: .halfOpen
        }
    }

    /// How long it stays open; `nil` when it is not.
    package func pause(at now: Moment) -> Duration? {
        guard case .open(let until) = state, now < until else { return nil }
        return now.duration(to: until)
    }

    /// How long until a call is let through; `nil` when one is now.
    package func wait(at now: Moment) -> Duration? {
        switch state {
        case .closed: return nil
        case .open: return pause(at: now)
        case .halfOpen(let running, _, let lastTrial):
            let next = nextTrial(after: lastTrial, running)
            return next > now ? now.duration(to: next) : nil
        }
    }

    /// Whether ``admit(at:)`` would let a call through.
    package func wouldAdmit(at now: Moment) -> Bool { wait(at: now) == nil }

    /// Lets a call through, or not.
    package mutating func admit(at now: Moment) -> Admission? {
        switch state {
        case .closed: return .regular
        case .open(let until):
            guard now >= until else { return nil }
            period += 1
            state = .halfOpen(running: 1, succeeded: 0, lastTrial: now)
            return .trial(period)
        case .halfOpen(let running, let succeeded, let lastTrial):
            guard nextTrial(after: lastTrial, running) <= now else { return nil }
            state = .halfOpen(running: running + 1, succeeded: succeeded, lastTrial: now)
            return .trial(period)
        }
    }

    /// A call that was let through is over. What calls from before the breaker opened have to say comes too late.
    package mutating func ended(_ admission: Admission, _ verdict: Verdict, at now: Moment) {
        switch (state, admission) {
        case (.closed, .regular): count(verdict, at: now)
        case (.halfOpen(let running, let succeeded, let lastTrial), .trial(period)):
            tried(verdict, running: running - 1, succeeded: succeeded, lastTrial, at: now)
        case (.closed, .trial), (.open, _), (.halfOpen, _): break
        }
    }

    /// Opens it, whatever was counted: the deployment has said itself that asking is in vain.
    package mutating func trip(at now: Moment) {
        let pause = min(policy.longestPause, policy.firstPause * (1 << min(trips, 16)))
        trips += 1
        state = .open(until: now + pause)
        forgetCounts()
    }

    /// Something speaks for the deployment being back: when it is open, calls may try at once.
    package mutating func hasHope(at now: Moment) {
        if case .open(let until) = state, now < until { state = .open(until: now) }
    }

    private mutating func count(_ verdict: Verdict, at now: Moment) {
        if windowStart.map({ $0 + policy.window <= now }) ?? true {
            windowStart = now
            callsInWindow = 0
            failuresInWindow = 0
        }
        switch verdict {
        case .unknown: return
        case .well:
            callsInWindow += 1
            failuresInARow = 0
        case .unwell:
            callsInWindow += 1
            failuresInWindow += 1
            failuresInARow += 1
            let isMany =
                callsInWindow >= policy.leastCalls
                && Double(failuresInWindow) >= policy.failureShare * Double(callsInWindow)
            if failuresInARow >= policy.consecutiveFailures || isMany { trip(at: now) }
        }
    }

    /// When a trial may begin beside `running` others: at once while those are few. Else one that hangs, or only takes
    /// its time, would keep the deployment closed to everybody.
    private func nextTrial(after lastTrial: Moment, _ running: Int) -> Moment {
        let beyond = running - policy.trialsAtOnce
        guard beyond >= 0 else { return lastTrial }
        return lastTrial + min(policy.longestPause, policy.firstPause * (1 << min(beyond, 16)))
    }

    private mutating func tried(
        _ verdict: Verdict, running: Int, succeeded: Int, _ lastTrial: Moment, at now: Moment
    ) {
        switch verdict {
        case .unknown: state = .halfOpen(running: running, succeeded: succeeded, lastTrial: lastTrial)
        case .unwell: trip(at: now)
        case .well where succeeded + 1 >= policy.successesToClose:
            state = .closed
            trips = 0
            forgetCounts()
        case .well: state = .halfOpen(running: running, succeeded: succeeded + 1, lastTrial: lastTrial)
        }
    }

    private mutating func forgetCounts() {
        failuresInARow = 0
        windowStart = nil
    }
}
