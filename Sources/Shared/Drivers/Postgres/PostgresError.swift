/// Why a database call failed, with the facts a caller acts on.
package struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it was.
    package enum Kind: Sendable, Hashable {
        /// The server answered with an error.
        case server(SQLState)
        /// The connection broke while a statement was under way.
        case connectionLost
        /// The deadline passed and the statement was cancelled.
        case timedOut
        /// No connection became free in time, or too many callers wait for one.
        case poolExhausted
        /// The server cannot be reached; nothing was sent.
        case unavailable
        /// The calling task was cancelled, and with it the statement.
        case cancelled
        /// A value is not of the type that was asked for.
        case decoding
        /// The request cannot be sent as it is, for example because of too many parameters.
        case rejected
    }

    /// What the server said beside its message. May hold customer data: never log `detail`.
    package struct Report: Sendable, Hashable {
        /// The constraint that was violated.
        package var constraint: String?
        /// The table the error is about.
        package var table: String?
        /// The column the error is about.
        package var column: String?
        /// Particulars, possibly with values of the row.
        package var detail: String?
        /// What the server suggests.
        package var hint: String?
        /// The offset of the error in the statement, in characters from 1.
        package var position: Int?
        /// The function of the server that raised the error.
        var routine: String?
        /// Whether the server ends the connection with this error.
        var isFatal = false
    }

    package let kind: Kind
    /// One sentence, without values.
    package let message: String
    /// What the server said beside its message.
    package let report: Report
    /// The statement's text as it was prepared, cut at 200 characters; it holds no bound value.
    package var statement: String?
    /// Whether the work may have been committed although the call failed.
    package var outcomeIsUnknown = false

    /// An error of `kind`.
    package init(_ kind: Kind, _ message: String, report: Report = Report()) {
        self.kind = kind
        self.message = message
        self.report = report
    }

    /// The state code, when the server answered with an error.
    package var sqlState: SQLState? {
        guard case .server(let state) = kind else { return nil }
        return state
    }

    /// The violated constraint, when there is one.
    package var constraint: String? { report.constraint }

    /// Whether nothing was done and the same work may succeed when it is done again.
    ///
    /// For a failed transaction that means the whole transaction. Where the outcome is unknown it is `false`: only
    /// who knows the work to be idempotent may repeat it.
    package var isRetryable: Bool {
        guard !outcomeIsUnknown else { return false }
        return switch kind {
        case .server(let state): state.isTransient
        case .connectionLost, .poolExhausted, .unavailable: true
        case .timedOut, .cancelled, .decoding, .rejected: false
        }
    }

    package var description: String {
        var text = "postgres: \(message)"
        if let sqlState { text += " [\(sqlState.code)]" }
        if let constraint { text += " (constraint \(constraint))" }
        if let hint = report.hint { text += ", hint: \(hint)" }
        if outcomeIsUnknown { text += ", it is unknown whether the work was committed" }
        if let statement { text += ", in: \(statement)" }
        return text
    }

    /// The same error, saying which statement it was about.
    func about(_ sql: SQL) -> PostgresError {
        guard statement == nil else { return self }
        var copy = self
        copy.statement = String(sql.text.prefix(200))
        return copy
    }

    static let cancelled = PostgresError(.cancelled, "the calling task was cancelled")
}

/// A five-character state code of SQL, e.g. `23505`.
package struct SQLState: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The five characters.
    package let code: String

    /// A state from its code.
    package init(_ code: String) { self.code = code }
    package init(stringLiteral value: String) { code = value }

    /// Two rows would have the same key.
    package static let uniqueViolation: SQLState = "23505"
    /// A row would point to nothing.
    package static let foreignKeyViolation: SQLState = "23503"
    /// A row does not meet a check of its table.
    package static let checkViolation: SQLState = "23514"
    /// A value is missing.
    package static let notNullViolation: SQLState = "23502"
    /// Concurrent transactions got in each other's way.
    package static let serializationFailure: SQLState = "40001"
    /// Transactions waited for each other.
    package static let deadlockDetected: SQLState = "40P01"
    /// A lock was not free (`NOWAIT`, `lock_timeout`).
    package static let lockNotAvailable: SQLState = "55P03"
    /// The statement ran into `statement_timeout`, or was cancelled.
    package static let queryCanceled: SQLState = "57014"
    /// A statement followed a failed one in the same transaction.
    package static let inFailedTransaction: SQLState = "25P02"
    /// A table does not exist.
    package static let undefinedTable: SQLState = "42P01"
    /// A server that only follows another, or a transaction that was begun so, was to write.
    package static let readOnlyTransaction: SQLState = "25006"
    /// There is no room left for what was to be stored.
    package static let diskFull: SQLState = "53100"
    static let invalidStatementName: SQLState = "26000"
    static let featureNotSupported: SQLState = "0A000"

    /// Whether the server was only momentarily unable: repeating the transaction may succeed.
    package var isTransient: Bool {
        switch self {
        case .serializationFailure, .deadlockDetected, .lockNotAvailable: true
        case "57P01", "57P02", "57P03": true  // shutting down, crashed, starting up
        case "53300": true  // too many connections
        default: false
        }
    }

    /// Whether the fault lies in the values of a row: another row may pass.
    package var isAboutData: Bool {
        code.hasPrefix("22") || code.hasPrefix("23") || code.hasPrefix("54")
    }
}
