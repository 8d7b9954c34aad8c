internal import CPostgres
internal import Glibc

/// Owns one result of libpq and clears it exactly once.
///
/// `@unchecked Sendable`: a result does not change after libpq has handed it out, and reading it is thread-safe.
@safe
final class ResultHandle: @unchecked Sendable {
    private let raw: OpaquePointer
    let rowCount: Int
    let columnCount: Int

    init(owning raw: OpaquePointer) {
        unsafe self.raw = unsafe raw
        rowCount = unsafe Int(PQntuples(raw))
        columnCount = unsafe Int(PQnfields(raw))
    }

    deinit { unsafe PQclear(raw) }

    var status: ExecStatusType { unsafe PQresultStatus(raw) }

    /// The number in the command tag, 0 where there is none.
    var affectedRows: Int { unsafe Int(String(cString: PQcmdTuples(raw))) ?? 0 }

    /// The command tag, e.g. `COMMIT`.
    var commandTag: String { unsafe String(cString: PQcmdStatus(raw)) }

    func isNull(row: Int, column: Int) -> Bool {
        unsafe PQgetisnull(raw, Int32(row), Int32(column)) == 1
    }

    func typeOID(of column: Int) -> UInt32 { unsafe PQftype(raw, Int32(column)) }

    func columnName(_ column: Int) -> String {
        unsafe PQfname(raw, Int32(column)).map { unsafe String(cString: $0) } ?? "?"
    }

    /// The first column of that name. Unlike `PQfnumber` it neither folds case nor allocates.
    func position(ofColumn name: String) -> Int? {
        unsafe name.withCString { name in
            (0..<columnCount).first { column in
                guard let other = unsafe PQfname(raw, Int32(column)) else { return false }
                return unsafe strcmp(other, name) == 0
            }
        }
    }

    /// Lends the bytes of a value that is not `NULL`.
    func withBytes<R>(row: Int, column: Int, _ body: (Span<UInt8>) -> R?) -> R? {
        guard let start = unsafe PQgetvalue(raw, Int32(row), Int32(column)) else { return nil }
        let count = unsafe Int(PQgetlength(raw, Int32(row), Int32(column)))
        let buffer = unsafe UnsafeRawBufferPointer(start: start, count: count)
        return unsafe body(buffer.bindMemory(to: UInt8.self).span)
    }

    /// The failure this result stands for, `nil` when it is none.
    var error: PostgresError? {
        guard status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE else { return nil }
        let message = field(UInt8(ascii: "M"))
        guard let state = field(UInt8(ascii: "C")) else {
            // Without a state code it was not the server that spoke, but libpq about the connection.
            let text = unsafe String(cString: PQresultErrorMessage(raw))
            return PostgresError(.connectionLost, oneLine(text))
        }
        var report = PostgresError.Report()
        report.constraint = field(UInt8(ascii: "n"))
        report.table = field(UInt8(ascii: "t"))
        report.column = field(UInt8(ascii: "c"))
        report.detail = field(UInt8(ascii: "D"))
        report.hint = field(UInt8(ascii: "H"))
        report.position = field(UInt8(ascii: "P")).flatMap { Int($0) }
        report.routine = field(UInt8(ascii: "R"))
        let severity = field(UInt8(ascii: "V"))
        report.isFatal = severity == "FATAL" || severity == "PANIC"
        return PostgresError(.server(SQLState(state)), message ?? "the server gave no message", report: report)
    }

    private func field(_ code: UInt8) -> String? {
        unsafe PQresultErrorField(raw, Int32(code)).map { unsafe String(cString: $0) }
    }
}

/// libpq's messages end in a line break and may have several lines, one a host.
func oneLine(_ message: String) -> String {
    message.split(whereSeparator: \.isNewline).joined(separator: "; ")
}
