internal import EventLoop
internal import Synchronization

/// A task that does what is due and sleeps in between, until the next thing is due or somebody wakes it.
final class Keeper: Sendable {
    let loop: Loop
    private let state = Mutex(State())

    private struct State {
        var task: Task<Void, Never>?
        /// What the task waits on while it sleeps.
        var waiter: Waiter?
        /// `nil` until it is known, and for ever.
        var sleepsUntil: Moment?
    }

    init(on loop: Loop) { self.loop = loop }

    /// Starts the task, which `stop` cancels and awaits. `work` returns when its task is cancelled.
    func start(_ work: @escaping @Sendable () async -> Void) {
        let task = loop.spawn(work)
        state.withLock { $0.task = task }
    }

    /// Ends the task and returns when it has ended.
    func stop() async {
        guard let task = state.withLock({ $0.task }) else { return }
        task.cancel()
        await task.value
    }

    /// Sleeps until the moment that `due` tells, `nil` meaning for ever. What becomes due earlier while it is asked is
    /// not overslept.
    func rest(until due: () -> Moment?) async {
        let waiter = Waiter(on: loop)
        state.withLock { state in
            state.waiter = waiter
            state.sleepsUntil = nil
        }
        let moment = due()
        state.withLock { $0.sleepsUntil = moment }
        do {
            try await waiter.wait(until: moment.map { .after(Moment.now.duration(to: $0)) } ?? .never)
        } catch {
            // It is time, or the end.
        }
        state.withLock { $0.waiter = nil }
    }

    /// Wakes the task when it would sleep longer than until `due`; from any thread.
    func wake(by due: Moment) {
        let waiter = state.withLock { state -> Waiter? in
            if let moment = state.sleepsUntil, moment <= due { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        guard let waiter else { return }
        loop.submit { waiter.resume() }
    }
}
