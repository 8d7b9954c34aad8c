internal import EventLoop
internal import Synchronization
internal import Tenancy

/// A call that waits for its turn.
final class WaitingCall: Sendable {
    /// What became of it. Changed under the governor's lock only.
    enum Outcome: Sendable, Hashable {
        case waiting
        /// It has its place, and the key at this position.
        case admitted(key: Int?)
        /// It gave up.
        case gone
    }

    let demand: CallDemand
    let loop: Loop
    let waiter: Waiter
    let since: Moment
    private let state = Mutex(Outcome.waiting)

    init(_ demand: CallDemand, on loop: Loop, since: Moment) {
        self.demand = demand
        self.loop = loop
        self.since = since
        waiter = Waiter(on: loop)
    }

    var outcome: Outcome {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    /// Lets its task go on; from any thread.
    func resume() { loop.submit { self.waiter.resume() } }
}

/// Calls that are alike: they need the same places, and none of them may overtake an earlier one.
struct WaitingGroup {
    /// Whose calls, how urgent, and where to.
    struct Key: Hashable {
        let owner: WaitingOwner
        let places: [GovernedPlace]
        let keys: [GovernedPlace]

        init(_ demand: CallDemand) {
            owner = WaitingOwner(lane: demand.lane, project: demand.project)
            places = demand.places
            keys = demand.keys
        }

        /// Whether a place is narrower than another one: models before keys before providers.
        func reaches(_ index: Int, before other: Int) -> Bool {
            func rank(_ index: Int) -> Int {
                if let position = places.firstIndex(where: { $0.index == index }) {
                    return position == 0 ? .max : -position
                }
                return 0
            }
            return rank(index) < rank(other)
        }
    }

    /// The place that the first call lacks, by its index.
    var blockedAt: Int
    private var calls: [WaitingCall?] = []
    private var start = 0
    /// How many of them still wait.
    private(set) var count = 0
    private(set) var tokens = 0

    init(blockedAt: Int) { self.blockedAt = blockedAt }

    var first: WaitingCall? { start < calls.count ? calls[start] : nil }

    mutating func append(_ call: WaitingCall) {
        calls.append(call)
        count += 1
        tokens += call.demand.tokens
    }

    mutating func removeFirst() {
        guard let call = first else { return }
        calls[start] = nil
        start += 1
        forget(call)
    }

    /// Takes out a call that has given up.
    mutating func remove(_ call: WaitingCall) {
        guard let index = calls.indices.dropFirst(start).first(where: { calls[$0] === call }) else { return }
        calls[index] = nil
        forget(call)
    }

    private mutating func forget(_ call: WaitingCall) {
        count -= 1
        tokens -= call.demand.tokens
        while start < calls.count, calls[start] == nil { start += 1 }
        // What has gone is freed when it is the greater part.
        guard start > 32, start * 2 > calls.count else { return }
        calls.removeFirst(start)
        start = 0
    }
}

/// Between whom a place is shared, and in which order.
struct WaitingOwner: Hashable {
    let lane: CallLane
    let project: ProjectID?
}

/// In which order owners get what becomes free at a place: by lane, within a lane the one that has had least.
struct ServingOrder {
    /// What each project has had here, in calls or tokens. Whoever comes anew has had as much as the least of those that
    /// wait: nobody saves up turns, and nobody has to make up for others' past.
    private var served: [ProjectID?: Double] = [:]
    private var turn = 0
    /// What the common account has decided: so many calls of these may go first.
    private var entitled: [WaitingOwner: Int] = [:]

    /// An owner that waits, and since when.
    struct Candidate {
        let owner: WaitingOwner
        let since: Moment
    }

    /// The position of the candidate that is next.
    mutating func next(among candidates: [Candidate], at now: Moment) -> Int? {
        guard !candidates.isEmpty else { return nil }
        if let index = candidates.firstIndex(where: { entitled[$0.owner, default: 0] > 0 }) { return index }
        let lane = lane(of: candidates, at: now)
        var best: (index: Int, served: Double)?
        for (index, candidate) in candidates.enumerated() where candidate.owner.lane == lane {
            let had = served[candidate.owner.project] ?? 0
            if let known = best,
                known.served < had
                    || (known.served == had && candidates[known.index].since <= candidate.since)
            {
                continue
            }
            best = (index, had)
        }
        return best?.index
    }

    /// An owner has been given something.
    mutating func serve(_ owner: WaitingOwner, cost: Double) {
        turn += 1
        served[owner.project, default: 0] += cost
        if let left = entitled[owner] { entitled[owner] = left > 1 ? left - 1 : nil }
    }

    /// An owner begins to wait among others.
    mutating func join(_ owner: WaitingOwner, among others: Set<ProjectID?>) {
        let least = others.compactMap { served[$0] }.min() ?? 0
        served[owner.project] = max(served[owner.project] ?? 0, least)
    }

    /// The common account's decision, in place of the one before.
    mutating func entitle(_ owners: [(WaitingOwner, Int)]) {
        entitled = [:]
        for (owner, count) in owners where count > 0 { entitled[owner, default: 0] += count }
    }

    /// Nobody waits any more.
    mutating func reset() {
        served = [:]
        entitled = [:]
    }

    private func lane(of candidates: [Candidate], at now: Moment) -> CallLane {
        let first = candidates.map(\.owner.lane).min { $0.number < $1.number } ?? .interactive
        guard (turn + 1).isMultiple(of: CallLane.agedShare) else { return first }
        // Whoever has lost patience longest, in its own measure.
        let aged = candidates.filter { $0.owner.lane != first && $0.since + $0.owner.lane.patience < now }
        return aged.max { left, right in
            left.since + left.owner.lane.patience > right.since + right.owner.lane.patience
        }?.owner.lane ?? first
    }
}
