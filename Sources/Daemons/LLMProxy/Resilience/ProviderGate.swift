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

    private final class Line {
        var running = 0
        var waiting: [Waiter] = []
    }

    private let loop: Loop
    private let limit: Int
    private let waitingLimit: Int
    private var lines: [String: Line] = [:]

    /// A gate that lets `limit` calls of each place run and `waitingLimit` more wait for one of them to end.
    package init(loop: Loop, limit: Int, waitingLimit: Int) {
        self.loop = loop
        self.limit = max(1, limit)
        self.waitingLimit = waitingLimit
    }

    /// Takes a place at `place`, waiting for it if need be.
    package func enter(_ place: String, until deadline: Deadline) async throws(Refusal) -> Ticket {
        loop.preconditionCurrent()
        let line = lines[place] ?? Line()
        lines[place] = line
        if line.running < limit, line.waiting.isEmpty {
            line.running += 1
            return Ticket(gate: self, place: place)
        }
        guard line.waiting.count < waitingLimit else { throw .full }
        let waiter = Waiter(on: loop)
        line.waiting.append(waiter)
        do {
            try await waiter.wait(until: deadline)
        } catch {
            line.waiting.removeAll { $0 === waiter }
            throw error == .timedOut ? .timedOut : .cancelled
        }
        return Ticket(gate: self, place: place)
    }

    private func leave(_ place: String) {
        loop.preconditionCurrent()
        guard let line = lines[place] else { return }
        // The place goes from hand to hand: whoever waits longest takes it over.
        while let next = line.waiting.first {
            line.waiting.removeFirst()
            if next.resume() { return }
        }
        line.running -= 1
        if line.running == 0 { lines[place] = nil }
    }

    /// A place that was taken. It is given back when the ticket is dropped, wherever and however a call ends.
    package final class Ticket: Sendable {
        private let gate: ProviderGate
        private let place: String

        fileprivate init(gate: ProviderGate, place: String) {
            self.gate = gate
            self.place = place
        }

        deinit {
            let (gate, place) = (gate, place)
            gate.loop.submit { gate.leave(place) }
        }
    }
}
