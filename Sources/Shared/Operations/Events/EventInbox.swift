internal import Synchronization

/// The events that one watcher has not taken yet. Whoever puts events in never waits.
///
/// A watcher that lags too far behind loses all that waits and is told so: it has to read everything anew anyway, and on
/// a slow link what is old would only hold up what is new.
final class EventInbox: Sendable {
    /// How many events, and how many bytes of their data, may wait.
    private static let limit = 1000
    private static let byteLimit = 1 << 20

    private let state = Mutex(State())

    private struct State {
        var events: [FedEvent] = []
        var bytes = 0
        var hasMissed = false
        var isOver = false
        var waiter: CheckedContinuation<Void, Never>?

        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            defer { waiter = nil }
            return waiter
        }
    }

    /// Adds an event.
    func put(_ event: FedEvent) {
        let waiter = state.withLock { state in
            guard !state.isOver else { return nil as CheckedContinuation<Void, Never>? }
            if state.events.count >= Self.limit || state.bytes + event.data.count > Self.byteLimit {
                state.events = []
                state.bytes = 0
                state.hasMissed = true
            }
            state.events.append(event)
            state.bytes += event.data.count
            return state.takeWaiter()
        }
        waiter?.resume()
    }

    /// Everything that has come since the last call, in order, after the news of what was lost; waits for something. Empty
    /// when the task was cancelled. For one task at a time.
    func next() async -> [FedEvent] {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isNow = state.withLock { state in
                    if state.events.isEmpty && !state.isOver { state.waiter = continuation }
                    return !state.events.isEmpty || state.isOver
                }
                if isNow { continuation.resume() }
            }
        } onCancel: {
            end()
        }
        return state.withLock { state in
            defer {
                state.events = []
                state.bytes = 0
                state.hasMissed = false
            }
            return state.hasMissed ? [.gap] + state.events : state.events
        }
    }

    /// Takes no more events and ends the wait for some.
    private func end() {
        let waiter = state.withLock { state in
            state.isOver = true
            state.events = []
            state.bytes = 0
            return state.takeWaiter()
        }
        waiter?.resume()
    }
}
