internal import CPostgres

/// One value of a result in the server's text format, on its way into a Swift type.
package struct PostgresCell: Sendable {
    private enum Storage: Sendable {
        case result(ResultHandle, row: Int, column: Int)
        case element([UInt8]?)
    }

    private let storage: Storage
    /// The object id of the value's type on the server.
    package let typeOID: UInt32

    init(_ result: ResultHandle, row: Int, column: Int) {
        storage = .result(result, row: row, column: column)
        typeOID = result.typeOID(of: column)
    }

    /// An element of an array.
    init(element: [UInt8]?, typeOID: UInt32) {
        storage = .element(element)
        self.typeOID = typeOID
    }

    /// Whether the value is `NULL`.
    package var isNull: Bool {
        switch storage {
        case .result(let result, let row, let column): result.isNull(row: row, column: column)
        case .element(let bytes): bytes == nil
        }
    }

    /// The value's text as `parse` understands it; a failure when it is `NULL` or `parse` returns `nil`.
    func parsed<R>(as expected: String, _ parse: (Span<UInt8>) -> R?) throws(PostgresDecodingFailure) -> R {
        guard !isNull else { throw PostgresDecodingFailure(expected: expected, found: "NULL") }
        let value: R?
        switch storage {
        case .result(let result, let row, let column): value = result.withBytes(row: row, column: column, parse)
        case .element(let bytes): value = bytes.flatMap { parse($0.span) }
        }
        guard let value else {
            throw PostgresDecodingFailure(expected: expected, found: "another value of type \(typeOID)")
        }
        return value
    }
}

/// A value is not what the caller asked for; the row adds the column's name.
package struct PostgresDecodingFailure: Error, Hashable {
    /// What was asked for, e.g. `a UUID`.
    package let expected: String
    /// What is there instead, without the value.
    package let found: String

    /// A failure to see `found` as `expected`.
    package init(expected: String, found: String) {
        self.expected = expected
        self.found = found
    }
}
