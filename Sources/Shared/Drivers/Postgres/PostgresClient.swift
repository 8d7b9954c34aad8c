package import EventLoop

/// Access to one database from all loops of a group, each with its own connections.
///
/// Call it in tasks that run on a loop of that group. A call leases a connection, or waits for one, and gives it back.
package final class PostgresClient: Sendable {
    /// What the client was made with.
    package let settings: PostgresSettings
    let connector: Connector
    private let loops: LoopGroup
    private let pools: LoopLocal<LoopPool>
    /// Where everything is done when this is a part of a transaction.
    private let lent: PostgresConnection?

    /// A client that connects on first use.
    package init(loops: LoopGroup, settings: PostgresSettings) {
        self.loops = loops
        self.settings = settings
        let connector = Connector(
            settings: settings,
            workers: WorkerThreads(name: "postgres", count: 2, queueLimit: 1024),
            cancellers: WorkerThreads(name: "postgres-cancel", count: 2, queueLimit: 256))
        self.connector = connector
        pools = LoopLocal(loops) { LoopPool(loop: $0, connector: connector) }
        lent = nil
    }

    private init(_ client: PostgresClient, lending connection: PostgresConnection) {
        settings = client.settings
        connector = client.connector
        loops = client.loops
        pools = client.pools
        lent = connection
    }

    /// The same database, where everything is done on a connection that is lent, one thing after the other: what is made
    /// for a client then does its work as a part of a transaction. To be used for as long as the connection is lent.
    package func within(_ connection: PostgresConnection) -> PostgresClient {
        PostgresClient(self, lending: connection)
    }

    /// Runs a statement and returns its rows.
    ///
    /// When `deadline` passes, the statement is cancelled; `nil` leaves that to the statement timeout.
    package func query(_ sql: SQL, until deadline: Deadline? = nil) async throws(PostgresError) -> PostgresRows {
        PostgresRows(try await run(sql, until: deadline))
    }

    /// Runs a statement and returns how many rows it inserted, changed, deleted or returned.
    @discardableResult
    package func execute(_ sql: SQL, until deadline: Deadline? = nil) async throws(PostgresError) -> Int {
        try await run(sql, until: deadline).affectedRows
    }

    private func run(_ sql: SQL, until deadline: Deadline?) async throws(PostgresError) -> ResultHandle {
        if let lent { return try await lent.wire.run(sql, until: deadline) }
        let pool = pools.current
        let wire = if let idle = pool.leaseIdle() { idle } else { try await pool.lease(until: deadline) }
        defer { pool.giveBack(wire) }
        return try await wire.run(sql, until: deadline)
    }

    /// Lends a connection to `body`, for statements that must share a session. It may not be kept.
    package func withConnection<R: Sendable>(
        until deadline: Deadline? = nil, _ body: @Sendable (PostgresConnection) async throws -> R
    ) async throws -> R {
        if let lent { return try await body(lent) }
        let pool = pools.current
        let wire = try await pool.lease(until: deadline)
        let connection = PostgresConnection(wire)
        defer {
            connection.end()
            pool.giveBack(wire)
        }
        return try await body(connection)
    }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws or its task is cancelled. Within
    /// a transaction it is a part of that one, and its isolation is that one's.
    package func transaction<R: Sendable>(
        isolation: TransactionIsolation = .readCommitted,
        _ body: @Sendable (PostgresConnection) async throws -> R
    ) async throws -> R {
        if let lent { return try await lent.savepoint(body) }
        return try await withConnection { connection in
            try await connection.transaction(isolation: isolation, body)
        }
    }

    /// The state of the pools of all loops together.
    package func statistics() async -> PostgresPoolStatistics {
        var total = PostgresPoolStatistics()
        for pool in pools.all {
            total.add(await pool.loop.run { pool.statistics })
        }
        return total
    }

    /// Refuses new work and returns when all that is under way has ended, which the statement timeout bounds.
    package func close() async {
        for pool in pools.all {
            await pool.loop.run { await pool.close() }
        }
        connector.shutdown()
    }
}

/// How full the pools are.
package struct PostgresPoolStatistics: Sendable, Hashable {
    /// Connections, including those being opened.
    package var open = 0
    /// Connections that nobody uses.
    package var idle = 0
    /// Callers that wait for a connection.
    package var waiting = 0
    /// Whether some loop cannot reach the server.
    package var isServerDown = false

    mutating func add(_ other: PostgresPoolStatistics) {
        open += other.open
        idle += other.idle
        waiting += other.waiting
        isServerDown = isServerDown || other.isServerDown
    }
}
