internal import Synchronization

/// Values looked up a moment ago, shared by all loops: what changes is seen within `lifetime`, and at once after
/// `forgetAll`.
final class RecentValues<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let lifetime: Duration
    private let limit: Int
    private let state = Mutex(State())

    private struct State {
        var entries: [Key: (value: Value, until: ContinuousClock.Instant)] = [:]
        /// Counts the calls of `forgetAll`, so that what was being looked up during one is not kept.
        var epoch = 0
    }

    /// `limit` is how many values are held at most.
    init(lifetime: Duration, limit: Int) {
        self.lifetime = lifetime
        self.limit = limit
    }

    /// The value of `key`, looked up when it is not held. Nothing found is not kept.
    func value(of key: Key, lookUp: () async throws -> Value?) async throws -> Value? {
        let now = ContinuousClock.now
        let (held, epoch) = state.withLock { state in
            (state.entries[key].flatMap { now < $0.until ? $0.value : nil }, state.epoch)
        }
        if let held { return held }
        guard let found = try await lookUp() else { return nil }
        state.withLock { state in
            guard state.epoch == epoch else { return }
            if state.entries.count >= limit { state.entries = state.entries.filter { now < $0.value.until } }
            if state.entries.count >= limit { state.entries.removeAll() }
            state.entries[key] = (found, now.advanced(by: lifetime))
        }
        return found
    }

    /// Holds nothing any more.
    func forgetAll() {
        state.withLock { state in
            state.entries.removeAll()
            state.epoch += 1
        }
    }
}
