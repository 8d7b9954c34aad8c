import EventLoop

/// The connections of one loop that serve one caller at a time: for commands that block and for subscriptions.
///
/// `@unchecked Sendable`: confined to its loop, which every entry point checks.
final class ConnectionShelf: @unchecked Sendable {
    let loop: Loop
    private let dialer: Dialer
    private var idle: [RedisConnection] = []
    private var leased: [Lease] = []
    private var isClosed = false

    private static let idleLimit = 4
    private static let leaseLimit = 256

    private struct Lease {
        weak var connection: RedisConnection?
    }

    init(_ dialer: Dialer, on loop: Loop) {
        self.dialer = dialer
        self.loop = loop
    }

    /// Runs `body` on a connection that nobody else uses meanwhile. One that failed is not used again.
    func with<R>(_ body: (RedisConnection) async throws(RedisError) -> R) async throws(RedisError) -> R {
        let connection = try await take()
        do {
            let result = try await body(connection)
            giveBack(connection)
            return result
        } catch {
            connection.close()
            throw isClosed ? .closed : error
        }
    }

    /// A connection for as long as the caller holds it; its owner closes it.
    func take() async throws(RedisError) -> RedisConnection {
        loop.preconditionCurrent()
        guard !isClosed else { throw .closed }
        leased.removeAll { $0.connection == nil }
        guard leased.count < Self.leaseLimit else {
            throw RedisError(.overloaded, "\(leased.count) callers block on Redis on this loop already")
        }
        while let connection = idle.popLast() {
            guard connection.isIdleAndOpen else {
                connection.close()
                continue
            }
            leased.append(Lease(connection: connection))
            return connection
        }
        let connection = try await dialer.dial(on: loop)
        guard !isClosed else {
            connection.close()
            throw .closed
        }
        leased.append(Lease(connection: connection))
        return connection
    }

    private func giveBack(_ connection: RedisConnection) {
        leased.removeAll { $0.connection === connection }
        guard !isClosed, idle.count < Self.idleLimit else { return connection.close() }
        idle.append(connection)
    }

    /// Ends all connections; whoever waits on one gets `.closed`.
    func close() {
        loop.preconditionCurrent()
        isClosed = true
        for connection in idle + leased.compactMap(\.connection) { connection.close(.closed) }
        idle = []
        leased = []
    }
}
