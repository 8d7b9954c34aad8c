/// The decisions of a pool: who gets which connection, when one is opened or closed, when the server counts as down.
///
/// It knows no socket and no clock; `LoopPool` carries out what it says. Invariant: while anybody waits, no connection
/// lies idle, and waiters are served in the order they came.
struct PoolState {
    /// The number of a slot; a connection opened later may get it again.
    typealias ConnectionID = Int
    typealias WaiterID = Int
    typealias Instant = ContinuousClock.Instant

    /// The bounds of the pool.
    struct Limits {
        var size = 8
        var queue = 1024
        var idleLifetime: Duration = .seconds(300)
        var connectionLifetime: Duration = .seconds(3600)
        /// While the server has been away for longer, callers do not wait at all.
        var patience: Duration = .seconds(5)
        var firstRetry: Duration = .milliseconds(50)
        var lastRetry: Duration = .milliseconds(500)
    }

    /// Why a caller gets no connection.
    enum Refusal: Equatable { case closed, queueFull, serverDown, timedOut }

    enum Acquisition: Equatable {
        case queued(WaiterID)
        case refused(Refusal)
    }

    /// What becomes of a connection that is free.
    enum Disposition: Equatable {
        case handOver(to: WaiterID)
        case park
        case close
    }

    /// What follows from a failed attempt to open a connection.
    struct Setback: Equatable {
        /// When to call `probe`; `nil` when another attempt is under way or planned.
        var retry: Duration?
        /// Waiters whose deadline comes before that.
        var refused: [WaiterID] = []
    }

    private enum Phase: Equatable { case opening, leased, idle(since: Instant) }

    private struct Connection: Equatable {
        var phase: Phase
        /// When it is too old to be leased again; `nil` while it is being opened.
        var dies: Instant?
    }

    private enum Server {
        case up
        /// No attempt is under way until the retry.
        case down(since: Instant, failures: Int, retry: Instant)
        /// One attempt decides.
        case probing(since: Instant, failures: Int)
    }

    let limits: Limits
    private(set) var isClosing = false
    private var server = Server.up
    private var slots: [Connection?]
    private(set) var openCount = 0
    private var idle: [ConnectionID] = []
    private var waiters = WaitingLine()
    private var lastWaiter = 0

    init(limits: Limits) {
        self.limits = limits
        slots = Array(repeating: nil, count: limits.size)
    }

    // MARK: What it looks like

    var idleCount: Int { idle.count }
    var waitingCount: Int { waiters.count }
    var openingCount: Int { slots.count { $0?.phase == .opening } }
    var leasedCount: Int { slots.count { $0?.phase == .leased } }
    var isDrained: Bool { isClosing && openCount == 0 }

    var isServerDown: Bool {
        if case .up = server { false } else { true }
    }

    // MARK: Callers

    /// The idle connection that was used last, if there is one: it is leased to the caller.
    mutating func takeIdle() -> ConnectionID? {
        guard let id = idle.popLast() else { return nil }
        slots[id]?.phase = .leased
        return id
    }

    /// A caller waits until `deadline`, having found no connection idle. After `.queued` call `openNext`.
    mutating func enqueue(until deadline: Instant, now: Instant) -> Acquisition {
        guard !isClosing else { return .refused(.closed) }
        if isHopeless(until: deadline, now: now) { return .refused(.serverDown) }
        guard waiters.count < limits.queue else { return .refused(.queueFull) }
        lastWaiter += 1
        waiters.append(lastWaiter, deadline)
        return .queued(lastWaiter)
    }

    /// A caller no longer waits; `false` when it had been served.
    mutating func withdraw(_ waiter: WaiterID) -> Bool {
        waiters.remove(waiter)
    }

    /// A caller's deadline has passed; `nil` when it had been served.
    mutating func expire(_ waiter: WaiterID) -> Refusal? {
        guard waiters.remove(waiter) else { return nil }
        return isServerDown ? .serverDown : .timedOut
    }

    /// Nothing but the server's return can help, and that will not come in time.
    private func isHopeless(until deadline: Instant, now: Instant) -> Bool {
        guard leasedCount == 0 else { return false }
        return switch server {
        case .up: false
        case .down(let since, _, let retry): retry >= deadline || now - since > limits.patience
        case .probing(let since, _): now - since > limits.patience
        }
    }

    // MARK: Connections

    /// The next connection to open now, if one is needed; call it until it returns `nil`.
    mutating func openNext() -> ConnectionID? {
        guard case .up = server, !isClosing, openingCount < waiters.count else { return nil }
        return open()
    }

    /// The moment of a retry has come; the attempt to make, if one is needed.
    mutating func probe() -> ConnectionID? {
        guard case .down(let since, let failures, _) = server, !isClosing else { return nil }
        // Without a free slot all connections are in use, so the server is there.
        let id = open()
        server = id == nil ? .up : .probing(since: since, failures: failures)
        return id
    }

    private mutating func open() -> ConnectionID? {
        guard let id = slots.firstIndex(where: { $0 == nil }) else { return nil }
        slots[id] = Connection(phase: .opening)
        openCount += 1
        return id
    }

    private mutating func vacate(_ id: ConnectionID) {
        slots[id] = nil
        openCount -= 1
    }

    /// A connection was established; `lifetime` is the share of the lifetime it gets, so that not all die at once.
    mutating func opened(_ id: ConnectionID, now: Instant, share lifetime: Double) -> Disposition {
        server = .up
        let age = limits.connectionLifetime * lifetime
        slots[id]?.dies = now + age
        return place(id, now: now)
    }

    /// A connection could not be established. `jitter` is between 0.5 and 1.
    mutating func openFailed(_ id: ConnectionID, now: Instant, jitter: Double) -> Setback {
        vacate(id)
        guard !isClosing else { return Setback() }
        let since: Instant
        let failures: Int
        switch server {
        case .down: return Setback()
        case .up: (since, failures) = (now, 1)
        case .probing(let first, let count): (since, failures) = (first, count + 1)
        }
        let delay = min(limits.lastRetry, limits.firstRetry * (1 << min(failures - 1, 10))) * jitter
        server = .down(since: since, failures: failures, retry: now + delay)
        guard leasedCount == 0 else { return Setback(retry: delay) }
        return Setback(retry: delay, refused: waiters.removeAll(dueBefore: now + delay))
    }

    /// A leased connection comes back. After `.close` call `openNext`.
    mutating func release(_ id: ConnectionID, isReusable: Bool, now: Instant) -> Disposition {
        guard isReusable, let dies = slots[id]?.dies, dies > now else {
            vacate(id)
            return .close
        }
        return place(id, now: now)
    }

    private mutating func place(_ id: ConnectionID, now: Instant) -> Disposition {
        guard !isClosing else {
            vacate(id)
            return .close
        }
        if let waiter = waiters.popFirst() {
            slots[id]?.phase = .leased
            return .handOver(to: waiter)
        }
        slots[id]?.phase = .idle(since: now)
        idle.append(id)
        return .park
    }

    /// The idle connections whose time is over; they are forgotten, close them.
    mutating func sweep(now: Instant) -> [ConnectionID] {
        let old = idle.filter { id in
            guard let connection = slots[id], case .idle(let since) = connection.phase else { return true }
            return now - since >= limits.idleLifetime || connection.dies.map { $0 <= now } ?? true
        }
        idle.removeAll(where: old.contains)
        for id in old { vacate(id) }
        return old
    }

    /// The server that all connections lead to will not do any more: none of them is leased again. The idle ones are
    /// forgotten, close them.
    mutating func distrust(now: Instant) -> [ConnectionID] {
        let parked = idle
        idle = []
        for id in parked { vacate(id) }
        for id in slots.indices where slots[id]?.phase == .leased { slots[id]?.dies = now }
        return parked
    }

    /// No further leases. The idle connections are forgotten, close them; the waiters get nothing.
    mutating func close() -> (connections: [ConnectionID], refused: [WaiterID]) {
        isClosing = true
        let parked = idle
        idle = []
        for id in parked { vacate(id) }
        return (parked, waiters.removeAll())
    }
}
