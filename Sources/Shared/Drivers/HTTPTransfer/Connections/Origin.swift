internal import Cryptography
internal import EventLoop

/// The requests that may share connections: how many run, who waits, first come first served, and the connections that
/// nobody uses at the moment. Confined to the engine's loop.
final class Origin {
    let route: Route
    /// What the server remembers of the last TLS handshake.
    var session: TLSSession?
    private let limit: Int
    private let waitingLimit: Int
    private var running = 0
    private var waiting = 0
    /// Those that wait, from `head` on. Among them are some that have given up, until they are passed over.
    private var queue: [Transfer] = []
    private var head = 0
    /// The connections that wait for a request; the one used last is the last.
    private var idle: [Connection] = []
    /// When name lookups were given up. Each goes on in a thread of libcurl's, which nothing can end.
    private var orphanedLookups: [Moment] = []

    /// How many of them are borne, and how long the resolver of the system may take until it ends one.
    private static let lookupLimit = 8
    private static let lookupLifetime: Int64 = 30_000_000_000

    /// What became of a request that asked to run.
    enum Admission {
        case run
        case wait
        case refuse
    }

    init(_ route: Route, limit: Int, waitingLimit: Int) {
        self.route = route
        self.limit = limit
        self.waitingLimit = waitingLimit
    }

    /// Whether nothing runs, waits or is open, so that the origin may be forgotten.
    var isForgettable: Bool { running == 0 && waiting == 0 && idle.isEmpty }

    // MARK: Places

    /// Counts `transfer` as running, puts it in the queue, or refuses it.
    func admit(_ transfer: Transfer) -> Admission {
        guard running >= limit else {
            running += 1
            return .run
        }
        guard waiting < waitingLimit else { return .refuse }
        queue.append(transfer)
        waiting += 1
        return .wait
    }

    /// A waiting transfer, which has ended, will not run.
    func leave() {
        waiting -= 1
        guard queue.count - head > 2 * waiting + 64 else { return }
        queue = queue[head...].filter { $0.outcome == nil }
        head = 0
    }

    /// A running transfer has ended. Returns the one that takes its place, already counted as running.
    func release() -> Transfer? {
        running -= 1
        while head < queue.count {
            let next = queue[head]
            head += 1
            compact()
            guard next.outcome == nil else { continue }
            waiting -= 1
            running += 1
            return next
        }
        return nil
    }

    /// Drops what has been passed, each element once on average.
    private func compact() {
        guard head == queue.count || head > 64 && head * 2 > queue.count else { return }
        queue.removeFirst(head)
        head = 0
    }

    // MARK: Idle connections

    /// When the connection that has been idle longest became so.
    var longestIdle: Moment? { idle.first?.idleSince }

    /// Keeps a connection for the next request.
    func keep(_ connection: Connection) { idle.append(connection) }

    /// The connection used last, which is the least likely to have been closed.
    func takeIdle() -> Connection? { idle.popLast() }

    /// The connection that has been idle longest.
    func takeLongestIdle() -> Connection? { idle.isEmpty ? nil : idle.removeFirst() }

    /// An idle connection is no good any more. Returns whether it was one.
    func drop(_ connection: Connection) -> Bool {
        guard let place = idle.firstIndex(where: { $0 === connection }) else { return false }
        idle.remove(at: place)
        return true
    }

    // MARK: Name lookups

    /// A lookup of the host's name was given up.
    func lookupOrphaned(at now: Moment) {
        orphanedLookups.append(now)
    }

    /// A connection was made, so names are resolved again.
    func connected() {
        if !orphanedLookups.isEmpty { orphanedLookups.removeAll() }
    }

    /// Whether so many lookups hang that another one must not be started.
    func isUnresolvable(at now: Moment) -> Bool {
        guard orphanedLookups.count >= Self.lookupLimit else { return false }
        orphanedLookups.removeAll { $0.advanced(by: Self.lookupLifetime) < now }
        return orphanedLookups.count >= Self.lookupLimit
    }
}
