internal import EventLoop
package import Logging
internal import Synchronization

/// A value that is loaded again and again, so that changes are seen within seconds. While its source cannot be asked, the
/// last one stays.
package final class Refreshed<Value: Sendable>: Sendable {
    /// What the task that loads waits on.
    private struct Sleep {
        let waiter: Waiter
        let loop: Loop
    }

    private struct State {
        var value: Value?
        var sleep: Sleep?
        /// Whether somebody has asked for another load since the last one began.
        var isStale = true
        var isFailing = false
    }

    private let name: String
    private let interval: Duration
    private let load: @Sendable () async throws -> Value
    private let logger: Logger
    private let state = Mutex(State())

    /// A value that log lines call `name` and that `load` gives; `run` loads it.
    package init(
        _ name: String, every interval: Duration, logger: Logger, load: @escaping @Sendable () async throws -> Value
    ) {
        self.name = name
        self.interval = interval
        self.logger = logger
        self.load = load
    }

    /// What was loaded last; `nil` until then.
    package var value: Value? { state.withLock { $0.value } }

    /// Loads it again at once, because somebody has changed it; from any thread.
    package func invalidate() {
        let sleep = state.withLock { state in
            state.isStale = true
            return state.sleep
        }
        guard let sleep else { return }
        sleep.loop.submit { sleep.waiter.resume() }
    }

    /// Loads it now; for callers that cannot go on without it.
    package func reload() async throws -> Value {
        state.withLock { $0.isStale = false }
        let value = try await load()
        state.withLock { $0.value = value }
        return value
    }

    /// Loads it at every interval until the task is cancelled. Call it on a loop.
    package func run() async {
        guard let loop = Loop.current else { preconditionFailure("\(name) are refreshed on a loop") }
        while !Task.isCancelled {
            await refresh()
            let waiter = Waiter(on: loop)
            let isStale = state.withLock { state in
                state.sleep = Sleep(waiter: waiter, loop: loop)
                return state.isStale
            }
            if isStale && value != nil { continue }
            do {
                try await waiter.wait(until: .after(value == nil ? .milliseconds(250) : interval))
            } catch {
                // It is time again, or the end.
            }
        }
    }

    private func refresh() async {
        do {
            _ = try await withDeadline(.after(.seconds(5))) { [self] in try await reload() }
            let isBack = state.withLock { state in
                defer { state.isFailing = false }
                return state.isFailing
            }
            if isBack { logger.info("can be looked up again", metadata: ["what": .string(name)]) }
        } catch {
            guard !Task.isCancelled else { return }
            let isNew = state.withLock { state in
                defer { state.isFailing = true }
                return !state.isFailing
            }
            if isNew {
                logger.warning(
                    "cannot be looked up; what is known stays",
                    metadata: ["what": .string(name), "reason": "\(error)"])
            }
        }
    }
}
