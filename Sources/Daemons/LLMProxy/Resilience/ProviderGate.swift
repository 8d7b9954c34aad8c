package import EventLoop

/// How many calls of one loop each provider may have at the same time; more of them wait in line, and more than that are
/// turned away. So a provider that does not answer holds its own calls up and nobody else's.
package final class ProviderGate: Sendable {
    /// Why there was no entry.
    package enum Refusal: Error, Hashable {
        /// As many as may wait do wait.
        case full
        case timedOut
        case cancelled
    }

    private let limit: Int
    private let waitingLimit: Int
    /// There are as many as there are providers.
    private let lines: LoopConfined<[String: Line]>

    /// A gate that lets `limit` calls of each place run and `waitingLimit` more wait for one of them to end.
    package init(loop: Loop, limit: Int, waitingLimit: Int) {
        self.limit = max(1, limit)
        self.waitingLimit = waitingLimit
        lines = LoopConfined([:], on: loop)
    }

    /// Where the calls of a place stand.
    package func line(of place: String) -> Line {
        lines.withState { lines in
            if let line = lines[place] { return line }
            let line = Line(self.lines.loop, limit: limit, waitingLimit: waitingLimit)
            lines[place] = line
            return line
        }
    }

    /// The calls of one place. Whoever has entered leaves once, wherever and however the call ends.
    package final class Line: Sendable {
        private let limit: Int
        private let waitingLimit: Int
        private let state: LoopConfined<State>

        private struct State {
            var running = 0
            var waiting: [Waiter] = []
        }

        fileprivate init(_ loop: Loop, limit: Int, waitingLimit: Int) {
            self.limit = limit
            self.waitingLimit = waitingLimit
            state = LoopConfined(State(), on: loop)
        }

        /// Takes a place if one is free; whether it did.
        package func enterAtOnce() -> Bool {
            state.withState { state in
                guard state.running < limit, state.waiting.isEmpty else { return false }
                state.running += 1
                return true
            }
        }

        /// Takes a place, waiting for it if need be.
        package func enter(until deadline: Deadline) async throws(Refusal) {
            if enterAtOnce() { return }
            let waiter = Waiter(on: state.loop)
            let waits = state.withState { state in
                guard state.waiting.count < waitingLimit else { return false }
                state.waiting.append(waiter)
                return true
            }
            guard waits else { throw .full }
            do {
                try await waiter.wait(until: deadline)
            } catch {
                state.withState { $0.waiting.removeAll { $0 === waiter } }
                throw error == .timedOut ? .timedOut : .cancelled
            }
        }

        /// Gives a place back; from any thread.
        package func leave() {
            guard state.loop.isCurrent else { return state.loop.submit { [self] in leave() } }
            state.withState { state in
                // The place goes from hand to hand: whoever waits longest takes it over.
                while let next = state.waiting.first {
                    state.waiting.removeFirst()
                    if next.resume() { return }
                }
                state.running -= 1
            }
        }
    }
}
