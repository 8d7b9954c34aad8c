internal import EventLoop
package import FoundationEssentials
internal import Synchronization

/// Something that ends and is then got anew: some minutes before its end, by one who asks while all others who come have it
/// or wait for the same.
package final class Renewed<Value: Sendable>: Sendable {
    /// What was got, and when it ends.
    package struct Term: Sendable {
        package let value: Value
        package let expiry: Date

        package init(_ value: Value, until expiry: Date) {
            self.value = value
            self.expiry = expiry
        }
    }

    private struct State {
        var term: Term?
        /// From when on a new one is got.
        var renewal = Date.distantPast
        var renewing: Task<Void, Never>?
        var failure: (any Error)?
    }

    private enum Step {
        case have(Value)
        case wait(Task<Void, Never>)
    }

    /// So long before the end a new one is got, or at three quarters of the time where that is later.
    private static var margin: TimeInterval { 300 }
    /// After a failure, while what there is still holds, so long nobody tries again.
    private static var patience: TimeInterval { 15 }

    private let state = Mutex(State())
    private let now: @Sendable () -> Date
    private let get: @Sendable () async throws -> Term

    /// `get` brings a new one; it has to end by itself.
    package init(now: @escaping @Sendable () -> Date = { Date() }, get: @escaping @Sendable () async throws -> Term) {
        self.now = now
        self.get = get
    }

    /// The one that holds now. Call it on a loop.
    /// - Throws: What getting a new one throws, when there is none that holds.
    package func value() async throws -> Value {
        guard let loop = Loop.current else { preconditionFailure("credentials are asked for on a loop") }
        let moment = now()
        let step: Step = state.withLock { state in
            if let term = state.term, moment < state.renewal { return .have(term.value) }
            if let renewing = state.renewing { return .wait(renewing) }
            // Nobody's own: whoever began it may be cancelled while others wait for it. It ends by itself.
            let renewing = loop.spawn { await self.renew() }
            state.renewing = renewing
            return .wait(renewing)
        }
        switch step {
        case .have(let value): return value
        case .wait(let renewing):
            await renewing.value
            let (term, failure) = state.withLock { ($0.term, $0.failure) }
            if let term, now() < term.expiry { return term.value }
            throw failure ?? IdentityError("the credentials have ended, and no new ones were given", isPassing: true)
        }
    }

    /// What there is was refused: the next who asks gets a new one.
    package func forget() {
        state.withLock { state in
            state.term = nil
            state.renewal = .distantPast
        }
    }

    private func renew() async {
        do {
            let term = try await get()
            let moment = now()
            let lifetime = max(0, term.expiry.timeIntervalSince(moment))
            state.withLock { state in
                state.term = term
                state.renewal = moment.addingTimeInterval(max(lifetime - Self.margin, lifetime * 0.75))
                state.failure = nil
                state.renewing = nil
            }
        } catch {
            let moment = now()
            state.withLock { state in
                state.failure = error
                state.renewing = nil
                if let term = state.term {
                    state.renewal = min(term.expiry, moment.addingTimeInterval(Self.patience))
                }
            }
        }
    }
}
