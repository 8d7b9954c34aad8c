internal import EventLoop
internal import Spending
internal import Tenancy

/// Which calls run and which wait, at all places of this proxy.
///
/// It is told the time; the governor keeps it behind a lock and does what it says. It has identity, and is not copied.
struct GovernorState: ~Copyable {
    /// What is to be done about a call.
    enum Decision: Sendable {
        /// It begins, with the key at this position.
        case admitted(key: Int?)
        case queued(WaitingCall)
        case refused(GovernorRefusal)
    }

    private let settings: GovernorSettings
    private(set) var accounts: [PlaceAccount] = []
    private var indices: [String: Int] = [:]
    private var groups: [WaitingGroup.Key: WaitingGroup] = [:]
    private(set) var waitingCount = 0
    /// When the next turn of any place is due.
    private var nextTurn: Moment?
    /// Whether it is due earlier than the keeper may know.
    private var isTurnEarlier = false

    init(_ settings: GovernorSettings) { self.settings = settings }

    mutating func place(
        _ name: String, _ limits: CallLimits, weight: Int, at now: Moment
    ) -> GovernedPlace {
        if let index = indices[name] {
            accounts[index].weight = weight
            if accounts[index].limits != limits {
                accounts[index].limits = limits
                accounts[index].hasten(at: now)
                noteTurn(of: index)
            }
            return accounts[index].place
        }
        let place = GovernedPlace(name: name, index: accounts.count)
        indices[name] = place.index
        accounts.append(PlaceAccount(place: place, limits: limits, weight: weight))
        return place
    }

    // MARK: Calls

    /// Lets a call begin, puts it in line, or sends it away.
    mutating func admit(
        _ demand: CallDemand, until deadline: Deadline, on loop: @autoclosure () -> Loop?, at now: Moment
    ) -> Decision {
        switch room(for: demand, at: now, yieldsToWaiting: true) {
        case .here(let key):
            begin(demand, key, at: now)
            return .admitted(key: key)
        case .lacking(let index):
            if let refusal = refusal(of: demand, lacking: index, until: deadline, at: now) { return .refused(refusal) }
            guard let loop = loop() else { return .refused(GovernorRefusal(.full, at: accounts[index].place.name)) }
            let call = WaitingCall(demand, on: loop, since: now)
            enqueue(call, lacking: index, at: now)
            return .queued(call)
        }
    }

    /// A call ends. Returns those that may begin now.
    mutating func end(
        _ demand: CallDemand, key: Int?, correction: Int, at now: Moment
    ) -> [WaitingCall] {
        // By position, here and below: the places themselves would be copied with their names.
        for position in demand.places.indices { end(at: demand.places[position].index, correction, now) }
        if let key { end(at: demand.keys[key].index, correction, now) }
        guard waitingCount > 0 else { return [] }
        var begun: [WaitingCall] = []
        for place in demand.places where !accounts[place.index].groups.isEmpty {
            begun += dispatch(place.index, at: now)
        }
        if let key, case let index = demand.keys[key].index, !accounts[index].groups.isEmpty {
            begun += dispatch(index, at: now)
        }
        return begun
    }

    private mutating func end(at index: Int, _ correction: Int, _ now: Moment) {
        accounts[index].end(correction: correction, at: now)
        noteTurn(of: index)
    }

    /// A call no longer waits. True when it got its place just before; then it has it.
    mutating func abandon(_ call: WaitingCall) -> Bool {
        guard call.outcome == .waiting else { return call.outcome != .gone }
        call.outcome = .gone
        let key = WaitingGroup.Key(call.demand)
        groups[key]?.remove(call)
        waitingCount -= 1
        if groups[key]?.count == 0 { dissolve(key) }
        return false
    }

    mutating func learn(_ report: LimitReport, at place: GovernedPlace, now: Moment) {
        accounts[place.index].learn(report, at: now)
        noteTurn(of: place.index)
    }

    mutating func block(_ place: GovernedPlace, for pause: Duration, at now: Moment) {
        accounts[place.index].block(for: pause, at: now)
    }

    mutating func unblock(_ place: GovernedPlace, at now: Moment) {
        accounts[place.index].unblock(at: now)
        noteTurn(of: place.index)
    }

    /// How many calls wait for this place, of all lanes.
    func waiting(at index: Int) -> Int {
        accounts[index].groups.reduce(0) { $0 + (waits($1, for: index) ? groups[$1]?.count ?? 0 : 0) }
    }

    // MARK: Places

    private enum Room {
        case here(key: Int?)
        case lacking(Int)
    }

    /// Whether all that a call needs is there; else the first thing that it lacks. Looked for from the narrowest to the
    /// widest: whoever waits for a model holds nothing of its provider, which others want. Whoever comes anew does not
    /// pass those that wait.
    private func room(for demand: CallDemand, at now: Moment, yieldsToWaiting: Bool) -> Room {
        for position in demand.places.indices.dropFirst().reversed() {
            let index = demand.places[position].index
            guard isOpen(index, demand.tokens, now, yieldsToWaiting) else { return .lacking(index) }
        }
        var best: (position: Int, load: Double)?
        for position in demand.keys.indices {
            let index = demand.keys[position].index
            guard isOpen(index, demand.tokens, now, yieldsToWaiting) else { continue }
            let load = demand.keys.count == 1 ? 0 : accounts[index].load
            if best.map({ load < $0.load }) ?? true { best = (position, load) }
        }
        if let first = demand.keys.first, best == nil { return .lacking(first.index) }
        if !demand.places.isEmpty, case let widest = demand.places[0].index,
            !isOpen(widest, demand.tokens, now, yieldsToWaiting)
        {
            return .lacking(widest)
        }
        return .here(key: best?.position)
    }

    private func isOpen(_ index: Int, _ tokens: Int, _ now: Moment, _ yieldsToWaiting: Bool) -> Bool {
        let account = accounts[index]
        guard account.hasRoom(for: tokens, at: now) else { return false }
        guard yieldsToWaiting, !account.groups.isEmpty else { return true }
        return !account.groups.contains { waits($0, for: index) }
    }

    private mutating func begin(_ demand: CallDemand, _ key: Int?, at now: Moment) {
        for position in demand.places.indices { begin(at: demand.places[position].index, demand.tokens, now) }
        if let key { begin(at: demand.keys[key].index, demand.tokens, now) }
    }

    private mutating func begin(at index: Int, _ tokens: Int, _ now: Moment) {
        accounts[index].begin(tokens, at: now)
        noteTurn(of: index)
    }

    private func refusal(
        of demand: CallDemand, lacking index: Int, until deadline: Deadline, at now: Moment
    ) -> GovernorRefusal? {
        let narrow = demand.places.first { !accounts[$0.index].everHasRoom(for: demand.tokens) }
        // Of several keys one that is wide enough will do.
        let narrowKey = demand.keys.first { !accounts[$0.index].everHasRoom(for: demand.tokens) }
        let isAnyKeyWide = demand.keys.contains { accounts[$0.index].everHasRoom(for: demand.tokens) }
        if let place = narrow ?? (isAnyKeyWide ? nil : narrowKey) { return GovernorRefusal(.tooLarge, at: place.name) }
        let name = accounts[index].place.name
        let ends = blockEnds(for: demand, lacking: index, at: now)
        if ends > deadline.moment { return GovernorRefusal(.blocked, at: name, retryAfter: now.duration(to: ends)) }
        guard mayWait(demand, at: index) else { return GovernorRefusal(.full, at: name, retryAfter: .seconds(1)) }
        return nil
    }

    /// Until when nobody is let through where a call lacks something; of several keys any will do.
    private func blockEnds(for demand: CallDemand, lacking index: Int, at now: Moment) -> Moment {
        let isKey = demand.keys.contains { $0.index == index }
        let ends = isKey ? demand.keys.map { accounts[$0.index].blockedUntil ?? now }.min() : nil
        return max(now, ends ?? accounts[index].blockedUntil ?? now)
    }

    /// Why a call got nothing that has waited until its deadline.
    func lateness(of call: WaitingCall, at now: Moment) -> GovernorRefusal {
        let index = groups[WaitingGroup.Key(call.demand)]?.blockedAt ?? call.demand.places.first?.index
        guard let index else { return GovernorRefusal(.timedOut, at: "") }
        let left = now.duration(to: blockEnds(for: call.demand, lacking: index, at: now))
        return GovernorRefusal(.timedOut, at: accounts[index].place.name, retryAfter: max(.seconds(1), left))
    }

    /// Whether the line of the call's lane has room for one more of its project.
    private func mayWait(_ demand: CallDemand, at index: Int) -> Bool {
        var (all, own) = (0, 0)
        var projects: Set<ProjectID?> = [demand.project]
        for key in accounts[index].groups where key.owner.lane == demand.lane && waits(key, for: index) {
            let count = groups[key]?.count ?? 0
            all += count
            if key.owner.project == demand.project { own += count }
            projects.insert(key.owner.project)
        }
        return WaitingRoom.admits(own: own, of: all, owners: projects.count, limit: settings.waitingPerPlace)
    }

    // MARK: Lines

    private mutating func enqueue(_ call: WaitingCall, lacking index: Int, at now: Moment) {
        let key = WaitingGroup.Key(call.demand)
        if groups[key] == nil {
            groups[key] = WaitingGroup(blockedAt: index)
            for place in call.demand.places + call.demand.keys {
                let others = Set(accounts[place.index].groups.map(\.owner.project))
                accounts[place.index].order.join(key.owner, among: others)
                accounts[place.index].groups.append(key)
            }
        }
        groups[key]?.append(call)
        waitingCount += 1
        askFor(call.demand, lacking: index, at: now)
    }

    /// A call waits for a place, or for the first key, which stands for all.
    private mutating func askFor(_ demand: CallDemand, lacking index: Int, at now: Moment) {
        guard demand.keys.first?.index == index else { return ask(index, at: now) }
        for key in demand.keys { ask(key.index, at: now) }
    }

    private mutating func ask(_ index: Int, at now: Moment) {
        accounts[index].hasten(at: now)
        noteTurn(of: index)
    }

    private mutating func dissolve(_ key: WaitingGroup.Key) {
        groups[key] = nil
        for place in key.places + key.keys {
            accounts[place.index].groups.removeAll { $0 == key }
            if accounts[place.index].groups.isEmpty { accounts[place.index].order.reset() }
        }
    }

    /// Lets those begin that wait at a place, as far as there is room, in its order. A group that lacks something
    /// elsewhere holds up no other.
    private mutating func dispatch(_ index: Int, at now: Moment) -> [WaitingCall] {
        var begun: [WaitingCall] = []
        var passed: Set<WaitingGroup.Key> = []
        while true {
            let keys = accounts[index].groups.filter { !passed.contains($0) }
            let candidates = keys.map { key in
                ServingOrder.Candidate(owner: key.owner, since: groups[key]?.first?.since ?? now)
            }
            guard let next = accounts[index].order.next(among: candidates, at: now),
                let call = groups[keys[next]]?.first
            else { return begun }
            let key = keys[next]
            switch room(for: call.demand, at: now, yieldsToWaiting: false) {
            case .here(let position):
                begin(call.demand, position, at: now)
                for place in key.places + key.keys { serve(call, at: place.index) }
                groups[key]?.removeFirst()
                waitingCount -= 1
                if groups[key]?.count == 0 { dissolve(key) }
                call.outcome = .admitted(key: position)
                begun.append(call)
            case .lacking(let other):
                groups[key]?.blockedAt = other
                passed.insert(key)
                askFor(call.demand, lacking: other, at: now)
                // What the first in line lacks here, the others may not take before it.
                if other == index { return begun }
            }
        }
    }

    private mutating func serve(_ call: WaitingCall, at index: Int) {
        let cost = accounts[index].limits.tokensPerMinute == nil ? 1 : Double(max(1, call.demand.tokens))
        accounts[index].order.serve(WaitingOwner(lane: call.demand.lane, project: call.demand.project), cost: cost)
    }

    // MARK: Turns

    private mutating func noteTurn(of index: Int) {
        guard let due = accounts[index].turnDue, nextTurn.map({ due < $0 }) ?? true else { return }
        nextTurn = due
        isTurnEarlier = true
    }

    /// When the next turn is due, as all places have it now.
    mutating func findNextTurn() -> Moment? {
        nextTurn = accounts.compactMap(\.turnDue).min()
        isTurnEarlier = false
        return nextTurn
    }

    /// When the next turn is due, if that is earlier than it was; told once.
    mutating func takeEarlierTurn() -> Moment? {
        guard isTurnEarlier else { return nil }
        isTurnEarlier = false
        return nextTurn
    }

    /// What is to be said now, of at most `limit` places.
    mutating func beginTurns(limit: Int, at now: Moment) -> [TurnRequest] {
        var turns: [TurnRequest] = []
        for index in accounts.indices where turns.count < limit {
            guard let due = accounts[index].turnDue, due <= now else { continue }
            turns.append(accounts[index].beginTurn(summary(of: index, at: now), keeping: kept(at: index), at: now))
        }
        return turns
    }

    /// Adopts what came of turns. Returns the calls that may begin.
    mutating func endTurns(
        _ turns: [TurnRequest], _ replies: [TurnReply], isShared: Bool, at now: Moment
    ) -> [WaitingCall] {
        var begun: [WaitingCall] = []
        for (turn, reply) in zip(turns, replies) {
            let index = turn.place.index
            if isShared { accounts[index].ownShare.reset() }
            accounts[index].endTurn(turn, reply, isShared: isShared, lifetime: settings.leaseLifetime, at: now)
            if !accounts[index].groups.isEmpty { begun += dispatch(index, at: now) }
            let isAwaited = accounts[index].groups.contains { waits($0, for: index) }
            accounts[index].planTurn(isAwaited: isAwaited, isShared: isShared, at: now)
            noteTurn(of: index)
        }
        return begun
    }

    /// Plays the part of the common account for one turn.
    mutating func ownReply(to turn: TurnRequest, part: Double, at now: Moment) -> TurnReply {
        let index = turn.place.index
        let (learned, lease) = (accounts[index].learned, accounts[index].sharedLeaseEnd)
        return accounts[index].ownShare.reply(to: turn, part: part, learned: learned, lease: lease, at: now)
    }

    /// Who waits for a place and nothing before it, by owner. A bounded number of owners: those that are next.
    private func summary(of index: Int, at now: Moment) -> [TurnRequest.Waiting] {
        var owners: [WaitingOwner: TurnRequest.Waiting] = [:]
        for key in accounts[index].groups {
            guard let group = groups[key], let first = group.first, waits(key, for: index) else { continue }
            let known = owners[key.owner]
            let age = first.since.duration(to: now)
            let isFirst = known.map { $0.age < age } ?? true
            let firstTokens = isFirst ? first.demand.tokens : known?.firstTokens ?? 0
            let tokens = group.tokens + (known.map { $0.firstTokens + $0.otherTokens } ?? 0)
            owners[key.owner] = TurnRequest.Waiting(
                owner: key.owner, count: group.count + (known?.count ?? 0), firstTokens: firstTokens,
                otherTokens: tokens - firstTokens, age: max(age, known?.age ?? .zero))
        }
        return owners.values.sorted { left, right in
            (left.owner.lane.number, right.age) < (right.owner.lane.number, left.age)
        }.prefix(Self.ownersPerTurn).map(\.self)
    }

    /// Whether a group waits for this place, or for any key of several of which this is one.
    private func waits(_ key: WaitingGroup.Key, for index: Int) -> Bool {
        guard let blockedAt = groups[key]?.blockedAt else { return false }
        if blockedAt == index { return true }
        return blockedAt == key.keys.first?.index && key.keys.contains { $0.index == index }
    }

    /// What is kept here for calls that wait for a wider place.
    private func kept(at index: Int) -> PlaceAccount.Use {
        accounts[index].groups.reduce(into: PlaceAccount.Use()) { sum, key in
            guard let group = groups[key], key.reaches(index, before: group.blockedAt) else { return }
            sum.calls += group.count
            sum.tokens += group.tokens
        }
    }

    private static let ownersPerTurn = 32
}
