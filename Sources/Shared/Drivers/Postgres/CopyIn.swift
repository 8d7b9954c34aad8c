internal import CPostgres
package import EventLoop

extension PostgresConnection {
    /// Streams data into a `COPY … FROM STDIN` statement, in the format that the statement names.
    ///
    /// The copy is undone when `produce` throws. The server's statement timeout counts for all of it. Returns how many
    /// rows were copied.
    @discardableResult
    package func copyIn(
        _ statement: SQL, until deadline: Deadline? = nil, _ produce: (CopyWriter) async throws -> Void
    ) async throws -> Int {
        let wire = wire
        if wire.isRecovering { await wire.recovered() }
        let deadline = try wire.begin(until: deadline)
        defer { wire.end() }
        var failure: (any Error)?
        let rows: Int
        do throws(PostgresError) {
            let writer = try await wire.beginCopy(statement, until: deadline)
            do {
                try await produce(writer)
                if Task.isCancelled { failure = PostgresError.cancelled }
            } catch {
                failure = error
            }
            rows = try await writer.end(discarding: failure != nil)
        } catch {
            throw failure ?? error.about(statement)
        }
        if let failure { throw failure }
        return rows
    }

    /// Streams rows into the columns of a table: the fastest way to add many.
    @discardableResult
    package func copyIn(
        table: String, columns: [String], until deadline: Deadline? = nil,
        _ produce: (CopyRowWriter) async throws -> Void
    ) async throws -> Int {
        let list = columns.map { "\(identifier: $0)" as SQL }.joined(separator: ", ")
        let statement: SQL = "COPY \(identifier: table) (\(fragment: list)) FROM STDIN (FORMAT binary)"
        return try await copyIn(statement, until: deadline) { writer in
            let rows = CopyRowWriter(writer, columns: columns.count)
            try await produce(rows)
            try await rows.end()
        }
    }
}

extension PostgresClient {
    /// Streams rows into the columns of a table, as `PostgresConnection.copyIn` does.
    @discardableResult
    package func copyIn(
        table: String, columns: [String], until deadline: Deadline? = nil,
        _ produce: @Sendable (CopyRowWriter) async throws -> Void
    ) async throws -> Int {
        try await withConnection(until: deadline) { connection in
            try await connection.copyIn(table: table, columns: columns, until: deadline, produce)
        }
    }
}

extension WireConnection {
    fileprivate func beginCopy(_ statement: SQL, until deadline: Deadline) async throws(PostgresError) -> CopyWriter {
        guard statement.parameters.count == 0 else {
            throw PostgresError(.rejected, "COPY takes no parameters")
        }
        try require(handle.sendQuery(statement.text))
        try await flush(until: deadline)
        let result = try await nextResult(until: deadline)
        guard let result, result.status == PGRES_COPY_IN else {
            _ = try await lastResult(after: result, until: deadline)
            throw PostgresError(.rejected, "the statement is no COPY FROM STDIN")
        }
        return CopyWriter(self, until: deadline)
    }
}

/// Takes the data of a `COPY`; a write waits while the server is slower than its producer.
///
/// `@unchecked Sendable`: confined to the loop of its connection, which checks every wait.
package final class CopyWriter: @unchecked Sendable {
    /// How much may lie in libpq's buffer before a write waits for the kernel to take it.
    private static let bufferLimit = 64 << 10

    private let wire: WireConnection
    private let deadline: Deadline
    private var buffered = 0
    private var failure: PostgresError?

    fileprivate init(_ wire: WireConnection, until deadline: Deadline) {
        self.wire = wire
        self.deadline = deadline
    }

    /// Sends bytes; they need not end where a row ends.
    package func write(_ bytes: [UInt8]) async throws(PostgresError) {
        wire.loop.preconditionCurrent()
        if let failure { throw failure }
        do {
            for start in stride(from: 0, to: bytes.count, by: Self.bufferLimit) {
                try await put(bytes[start..<min(start + Self.bufferLimit, bytes.count)])
            }
        } catch {
            failure = error
            throw error
        }
    }

    private func put(_ bytes: ArraySlice<UInt8>) async throws(PostgresError) {
        while true {
            let taken = wire.handle.putCopyData(bytes)
            if taken == 1 { break }
            try wire.require(taken == 0)
            try await wire.flush(until: deadline)
        }
        wire.showProgress()
        buffered += bytes.count
        guard buffered >= Self.bufferLimit else { return }
        try await wire.flush(until: deadline)
        buffered = 0
    }

    /// Ends the data and returns the number of rows.
    fileprivate func end(discarding: Bool) async throws(PostgresError) -> Int {
        // A write that failed has given up the statement: there is nothing left to end.
        if let failure { throw failure }
        failure = PostgresError(.rejected, "the COPY has ended")
        try wire.require(wire.handle.putCopyEnd(reason: discarding ? "the producer failed" : nil) == 1)
        try await wire.flush(until: deadline)
        return try await wire.lastResult(until: deadline).affectedRows
    }
}

/// Takes the rows of a `COPY` in the server's binary format.
///
/// `@unchecked Sendable`: confined to the loop of its connection, as `CopyWriter` is.
package final class CopyRowWriter: @unchecked Sendable {
    private static let batch = 32 << 10

    private let writer: CopyWriter
    private let columns: Int
    private var buffer: [UInt8]

    fileprivate init(_ writer: CopyWriter, columns: Int) {
        self.writer = writer
        self.columns = columns
        // The signature, no flags, no extension.
        buffer = Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0x00] + [0, 0, 0, 0, 0, 0, 0, 0]
    }

    /// Sends one row; its values must have exactly the types of the columns, for nothing is converted.
    package func write(_ values: [any PostgresBindable]) async throws(PostgresError) {
        precondition(values.count == columns, "\(values.count) values for \(columns) columns")
        buffer.append(bigEndian: Int16(clamping: values.count))
        for value in values { appendField(value, to: &buffer) }
        guard buffer.count >= Self.batch else { return }
        try await writer.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    fileprivate func end() async throws(PostgresError) {
        buffer.append(bigEndian: Int16(-1))
        try await writer.write(buffer)
    }
}
