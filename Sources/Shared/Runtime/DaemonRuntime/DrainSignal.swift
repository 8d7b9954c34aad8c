internal import Synchronization

/// Tells work that runs for as long as the daemon that no more should be begun.
package final class DrainSignal: Sendable {
    private let state = Mutex(State())

    private struct State {
        var hasBegun = false
        var nextWaiter = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    package init() {}

    /// Whether to stop taking work.
    package var hasBegun: Bool { state.withLock { $0.hasBegun } }

    /// Returns when draining begins, or when the waiting task is cancelled.
    package func wait() async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Cancellation may have come before there was anything to resume.
                let isOver = state.withLock { state in
                    guard !state.hasBegun, !Task.isCancelled else { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }

    /// Begins draining.
    package func begin() {
        let waiters = state.withLock { state in
            state.hasBegun = true
            defer { state.waiters = [:] }
            return state.waiters.values.map { $0 }
        }
        for waiter in waiters { waiter.resume() }
    }
}
