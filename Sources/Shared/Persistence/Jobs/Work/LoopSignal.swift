internal import EventLoop

/// Lets one task of a loop wait until something happens; what happened before it waits is not forgotten.
struct LoopSignal: Sendable {
    private let state: LoopConfined<State>

    private struct State {
        var isRaised = false
        var waiter: Waiter?
    }

    init(on loop: Loop) { state = LoopConfined(State(), on: loop) }

    /// Says that it has happened; from any thread.
    func raise() {
        guard state.loop.isCurrent else { return state.loop.submit { raise() } }
        let waiter = state.withState { state in
            state.isRaised = true
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns when it has happened, when the time is up or the task cancelled. On the loop.
    func wait(atMost duration: Duration) async {
        let loop = state.loop
        let waiter: Waiter? = state.withState { state in
            guard !state.isRaised else {
                state.isRaised = false
                return nil
            }
            let waiter = Waiter(on: loop)
            state.waiter = waiter
            return waiter
        }
        guard let waiter else { return }
        do {
            try await waiter.wait(until: .after(duration))
        } catch {
            // Time or cancellation: the caller looks around either way.
        }
        state.withState { state in
            state.isRaised = false
            state.waiter = nil
        }
    }
}
