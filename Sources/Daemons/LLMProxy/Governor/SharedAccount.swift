internal import EventLoop
internal import Synchronization

/// Whether the common account of limits can be asked.
final class SharedAccount: Sendable {
    private struct State {
        /// When it did not answer for the first time in a row; `nil` while it answers.
        var awaySince: Moment?
        var lastFailure: Moment?
        var hasAnswered = false
    }

    private let state = Mutex(State())

    /// Since when it has not answered; `nil` while it does.
    var awaySince: Moment? { state.withLock { $0.awaySince } }

    /// Not when it has just failed to answer: then calls are not held up for it.
    func isWorthAsking(at now: Moment) -> Bool {
        state.withLock { $0.lastFailure.map { $0 + TurnPace.away <= now } ?? true }
    }

    /// It answered. True when it had not before.
    func worked(at now: Moment) -> Bool {
        state.withLock { state in
            let wasAway = state.awaySince != nil
            state = State(awaySince: nil, lastFailure: nil, hasAnswered: true)
            return wasAway
        }
    }

    /// It did not answer. True when it did before, or was never asked.
    func failed(at now: Moment) -> Bool {
        state.withLock { state in
            let isNew = state.awaySince == nil
            state.awaySince = state.awaySince ?? now
            state.lastFailure = now
            return isNew
        }
    }
}
