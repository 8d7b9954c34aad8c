internal import EventLoop
internal import Synchronization

/// Places for what must not be done by too many at once; the others wait in the order in which they came.
final class Turns: Sendable {
    private let most: Int
    private let state: Mutex<State>

    private struct State {
        var free: Int
        var waiting: [Waiting] = []
    }

    private struct Waiting {
        let loop: Loop
        let waiter: Waiter
    }

    init(places: Int, waiting most: Int) {
        self.most = most
        state = Mutex(State(free: places))
    }

    /// Takes a place as soon as there is one; to be given back. On a loop only.
    /// - Throws: `PDFProblem.busy` when too many wait already; `CancellationError`.
    func take() async throws {
        guard let loop = Loop.current else { preconditionFailure("turns are waited for on a loop") }
        let waiter = Waiter(on: loop)
        let hasPlace = try state.withLock { state in
            if state.free > 0 {
                state.free -= 1
                return true
            }
            guard state.waiting.count < most else { throw PDFProblem.busy }
            state.waiting.append(Waiting(loop: loop, waiter: waiter))
            return false
        }
        guard !hasPlace else { return }
        do {
            try await waiter.wait(until: .never)
        } catch {
            // Whoever gave a place back may have taken us from the list already: then it is ours to pass on.
            if !leave(waiter) { giveBack() }
            throw CancellationError()
        }
    }

    /// Gives a place to whoever has waited longest.
    func giveBack() {
        let next: Waiting? = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        guard let next else { return }
        next.loop.submit { next.waiter.resume() }
    }

    private func leave(_ waiter: Waiter) -> Bool {
        state.withLock { state in
            guard let place = state.waiting.firstIndex(where: { $0.waiter === waiter }) else { return false }
            state.waiting.remove(at: place)
            return true
        }
    }
}
