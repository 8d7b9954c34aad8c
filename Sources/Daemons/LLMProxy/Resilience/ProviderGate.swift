package import EventLoop

/// How many calls of one loop each provider may have at the same time; more of them wait in line, and more than that are
/// turned away. So a provider that does not answer holds its own calls up and nobody else's.
///
/// `@unchecked Sendable`: confined to its loop, which every entry point checks.
package final class ProviderGate: @unchecked Sendable {  // ok: confined to its loop
    /// Why there was no entry.
    package enum Refusal: Error, Hashable {
        /// As many as may wait do wait.
        case full
        case timedOut
        case cancelled
    }

    private let loop: Loop
    private let limit: Int
    private let waitingLimit: Int
    /// There are as many as there are providers.
    private var lines: [String: Line] = [:]

    /// A gate that lets `limit` calls of each place run and `waitingLimit` more wait for one of them to end.
    package init(loop: Loop, limit: Int, waitingLimit: Int) {
        self.loop = loop
        self.limit = max(1, limit)
        self.waitingLimit = waitingLimit
    }

    /// Where the calls of a place stand.
    package func line(of place: String) -> Line {
        loop.preconditionCurrent()
        if let line = lines[place] { return line }
        let line = Line(loop, limit: limit, waitingLimit: waitingLimit)
        lines[place] = line
        return line
    }

    /// The calls of one place. Whoever has entered leaves once, wherever and however the call ends.
    ///
    /// `@unchecked Sendable`: confined to its loop; only ``leave()`` may come from elsewhere.
    package final class Line: @unchecked Sendable {  // ok: confined to its loop
        private let loop: Loop
        private let limit: Int
        private let waitingLimit: Int
        private var running = 0
        private var waiting: [Waiter] = []

        fileprivate init(_ loop: Loop, limit: Int, waitingLimit: Int) {
            self.loop = loop
            self.limit = limit
            self.waitingLimit = waitingLimit
        }

        /// Takes a place if one is free; whether it did.
        package func enterAtOnce() -> Bool {
            loop.preconditionCurrent()
            guard running < limit, waiting.isEmpty else { return false }
            running += 1
            return true
        }

        /// Takes a place, waiting for it if need be.
        package func enter(until deadline: Deadline) async throws(Refusal) {
            if enterAtOnce() { return }
            guard waiting.count < waitingLimit else { throw .full }
            let waiter = Waiter(on: loop)
            waiting.append(waiter)
            do {
                try await waiter.wait(until: deadline)
            } catch {
                waiting.removeAll { $0 === waiter }
                throw error == .timedOut ? .timedOut : .cancelled
            }
        }

        /// Gives a place back; from any thread.
        package func leave() {
            guard loop.isCurrent else { return loop.submit { [self] in leave() } }
            // The place goes from hand to hand: whoever waits longest takes it over.
            while let next = waiting.first {
                waiting.removeFirst()
                if next.resume() { return }
            }
            running -= 1
        }
    }
}
