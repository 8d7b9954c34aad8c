internal import CPostgres
package import EventLoop

/// How far a transaction is kept apart from others.
package enum TransactionIsolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    /// May fail with `SQLState.serializationFailure`, which is retryable.
    case serializable = "SERIALIZABLE"
}

/// A connection lent to a closure. One statement at a time; not to be used after the closure has returned.
///
/// `@unchecked Sendable`: confined to the loop of its connection, which every entry point checks.
package final class PostgresConnection: @unchecked Sendable {
    private let lent: WireConnection
    private var isOver = false
    private var savepoints = 0

    init(_ wire: WireConnection) { lent = wire }

    func end() { isOver = true }

    var wire: WireConnection {
        precondition(!isOver, "a connection was used after it had been given back")
        return lent
    }

    /// Runs a statement and returns its rows.
    package func query(_ sql: SQL, until deadline: Deadline? = nil) async throws(PostgresError) -> PostgresRows {
        PostgresRows(try await wire.run(sql, until: deadline))
    }

    /// Runs a statement and returns how many rows it inserted, changed, deleted or returned.
    @discardableResult
    package func execute(_ sql: SQL, until deadline: Deadline? = nil) async throws(PostgresError) -> Int {
        try await wire.run(sql, until: deadline).affectedRows
    }

    /// Runs one or more statements without parameters, such as a schema change; several form one transaction.
    package func run(script: String, until deadline: Deadline? = nil) async throws(PostgresError) {
        try await wire.run(script: script, until: deadline)
    }

    /// Whether a transaction is open, be it a failed one.
    package var isInTransaction: Bool {
        let status = wire.handle.transactionStatus
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// The connection is closed when it is given back: its session is not fit for others.
    package func discard() { wire.close() }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws or its task is cancelled.
    package func transaction<R: Sendable>(
        isolation: TransactionIsolation = .readCommitted, _ body: (PostgresConnection) async throws -> R
    ) async throws -> R {
        precondition(!isInTransaction, "transactions do not nest: use a savepoint")
        try await run(script: "BEGIN ISOLATION LEVEL \(isolation.rawValue)")
        let value: R
        do {
            value = try await body(self)
        } catch {
            await rollBack()
            throw undone(error)
        }
        do {
            try await commit()
        } catch {
            await rollBack()
            throw error
        }
        return value
    }

    /// Runs `body` in a part of the transaction that is undone alone when it throws.
    package func savepoint<R: Sendable>(_ body: (PostgresConnection) async throws -> R) async throws -> R {
        savepoints += 1
        let name = "p\(savepoints)"
        try await run(script: "SAVEPOINT \(name)")
        do {
            let value = try await body(self)
            try await run(script: "RELEASE SAVEPOINT \(name)")
            return value
        } catch {
            // When this fails too, the error below tells why, and the transaction around it fails at its next step.
            if !wire.isLost, !Task.isCancelled {
                try await run(script: "ROLLBACK TO SAVEPOINT \(name); RELEASE SAVEPOINT \(name)")
            }
            throw error
        }
    }

    private func commit() async throws(PostgresError) {
        let result = try await wire.run(script: "COMMIT", until: nil)
        // To a transaction in which a statement failed the server answers so, and not with an error.
        guard result.commandTag == "COMMIT" else {
            throw PostgresError(
                .server(.inFailedTransaction),
                "the transaction was rolled back, because a statement in it had failed and the error was not passed on")
        }
    }

    private func rollBack() async {
        guard !wire.isLost else { return }
        if Task.isCancelled {
            wire.rollBackInBackground()
            return
        }
        do {
            while case .recovering(let task) = wire.condition { await task.value }
            guard isInTransaction else { return }
            try await run(script: "ROLLBACK")
        } catch {
            // Closing the connection rolls back as well.
            wire.close()
        }
    }

    /// What failed inside a transaction before its commit has left nothing behind.
    private func undone(_ error: any Error) -> any Error {
        guard var error = error as? PostgresError else { return error }
        error.outcomeIsUnknown = false
        return error
    }
}
