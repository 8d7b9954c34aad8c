package import EventLoop
internal import Tenancy

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

        /// The calls of one owner that wait, first come, first served.
        fileprivate struct Group {
            let owner: WaitingOwner
            var waiters: [(waiter: Waiter, since: Moment)] = []
        }

        fileprivate struct State {
            var running = 0
            var waiting = 0
            var groups: [Group] = []
            var order = ServingOrder()
        }

        fileprivate init(_ loop: Loop, limit: Int, waitingLimit: Int) {
            self.limit = limit
            self.waitingLimit = waitingLimit
            state = LoopConfined(State(), on: loop)
        }

        /// Takes a place if one is free; whether it did.
        package func enterAtOnce() -> Bool {
            state.withState { state in
                guard state.running < limit, state.waiting == 0 else { return false }
                state.running += 1
                return true
            }
        }

        /// Takes a place, waiting for it if need be: the places that become free are shared as at the governor, by lane and
        /// fairly between owners.
        func enter(_ owner: WaitingOwner, until deadline: Deadline) async throws(Refusal) {
            if enterAtOnce() { return }
            let waiter = Waiter(on: state.loop)
            guard state.withState({ $0.append(waiter, of: owner, limit: waitingLimit) }) else { throw .full }
            do {
                try await waiter.wait(until: deadline)
            } catch {
                state.withState { $0.remove(waiter, of: owner) }
                throw error == .timedOut ? .timedOut : .cancelled
            }
        }

        /// Gives a place back; from any thread.
        package func leave() {
            guard state.loop.isCurrent else { return state.loop.submit { [self] in leave() } }
            state.withState { state in
                // The place goes from hand to hand.
                while let (owner, waiter) = state.takeNext(at: .turn) {
                    guard waiter.resume() else { continue }
                    if state.waiting > 0 { state.order.serve(owner, cost: 1) }
                    return
                }
                state.running -= 1
            }
        }
    }
}

extension ProviderGate.Line.State {
    /// Puts a call in line; `false` when there are too many.
    fileprivate mutating func append(_ waiter: Waiter, of owner: WaitingOwner, limit: Int) -> Bool {
        let index = groups.firstIndex { $0.owner == owner }
        let own = index.map { groups[$0].waiters.count } ?? 0
        let owners = groups.count + (index == nil ? 1 : 0)
        guard WaitingRoom.admits(own: own, of: waiting, owners: owners, limit: limit) else { return false }
        if index == nil {
            order.join(owner, among: Set(groups.map(\.owner.project)))
            groups.append(ProviderGate.Line.Group(owner: owner))
        }
        groups[index ?? groups.count - 1].waiters.append((waiter, .turn))
        waiting += 1
        return true
    }

    /// Takes out a call that has given up, unless its turn had just come.
    fileprivate mutating func remove(_ waiter: Waiter, of owner: WaitingOwner) {
        guard let index = groups.firstIndex(where: { $0.owner == owner }),
            let place = groups[index].waiters.firstIndex(where: { $0.waiter === waiter })
        else { return }
        remove(place, of: index)
    }

    /// Takes out whoever is next.
    fileprivate mutating func takeNext(at now: Moment) -> (WaitingOwner, Waiter)? {
        let candidates = groups.map { ServingOrder.Candidate(owner: $0.owner, since: $0.waiters.first?.since ?? now) }
        guard let index = order.next(among: candidates, at: now) else { return nil }
        let (owner, waiter) = (groups[index].owner, groups[index].waiters[0].waiter)
        remove(0, of: index)
        return (owner, waiter)
    }

    private mutating func remove(_ place: Int, of index: Int) {
        groups[index].waiters.remove(at: place)
        waiting -= 1
        if groups[index].waiters.isEmpty { groups.remove(at: index) }
        if groups.isEmpty { order.reset() }
    }
}
