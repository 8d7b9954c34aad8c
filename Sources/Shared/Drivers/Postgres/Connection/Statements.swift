internal import CPostgres
internal import EventLoop

extension WireConnection {
    /// Runs one statement, prepared on its first use.
    func run(_ sql: SQL, until deadline: Deadline?) async throws(PostgresError) -> ResultHandle {
        if isRecovering { await recovered() }
        let deadline = try begin(until: deadline)
        defer { end() }
        let key = StatementCache.Key(sql)
        do {
            return try await execute(sql, key, until: deadline)
        } catch {
            guard isOutdated(error) else { throw error.about(sql) }
            // The schema changed under a prepared statement. In a transaction it is lost anyway.
            statements.remove(key)
            guard handle.transactionStatus == PQTRANS_IDLE else { throw error.about(sql) }
        }
        do {
            return try await execute(sql, key, until: deadline)
        } catch {
            throw error.about(sql)
        }
    }

    /// Runs one or more statements without parameters; several form one transaction.
    @discardableResult
    func run(script: String, until deadline: Deadline?) async throws(PostgresError) -> ResultHandle {
        if isRecovering { await recovered() }
        let deadline = try begin(until: deadline)
        defer { end() }
        return try await runAlone(script: script, until: deadline)
    }

    @discardableResult
    func runAlone(script: String, until deadline: Deadline) async throws(PostgresError) -> ResultHandle {
        try require(handle.sendQuery(script))
        try await flush(until: deadline)
        return try await lastResult(until: deadline)
    }

    private func execute(_ sql: SQL, _ key: StatementCache.Key, until deadline: Deadline) async throws(PostgresError)
        -> ResultHandle
    {
        let name: StatementCache.Name
        if let known = statements.name(for: key) {
            name = known
        } else {
            name = try await prepare(sql, key, until: deadline)
        }
        try require(handle.sendPrepared(name, sql.parameters))
        if handle.flush() == 1 { try await flush(until: deadline) }
        return try await lastResult(until: deadline)
    }

    private func prepare(_ sql: SQL, _ key: StatementCache.Key, until deadline: Deadline) async throws(PostgresError)
        -> StatementCache.Name
    {
        let name = statements.newName()
        try require(handle.sendPrepare(name, sql))
        try await flush(until: deadline)
        _ = try await lastResult(until: deadline)
        if let evicted = statements.insert(key, name: name) {
            let bytes = evicted.dropLast().map { UInt8(bitPattern: $0) }
            try await runAlone(script: "DEALLOCATE \(String(decoding: bytes, as: UTF8.self))", until: deadline)
        }
        return name
    }

    private func isOutdated(_ error: PostgresError) -> Bool {
        error.sqlState == .invalidStatementName
            || (error.sqlState == .featureNotSupported && error.report.routine == "RevalidateCachedQuery")
    }
}
