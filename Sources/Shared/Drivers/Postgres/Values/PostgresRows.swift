/// The rows of a result, which stays in libpq's memory: reading a value copies only that value.
package struct PostgresRows: RandomAccessCollection, Sendable {
    private let result: ResultHandle

    init(_ result: ResultHandle) { self.result = result }

    package var startIndex: Int { 0 }
    package var endIndex: Int { result.rowCount }

    package subscript(position: Int) -> PostgresRow {
        precondition(indices.contains(position), "row \(position) of \(count)")
        return PostgresRow(result: result, index: position)
    }

    /// How many rows the statement inserted, changed, deleted or returned.
    package var affectedRows: Int { result.affectedRows }
    /// The names of the columns.
    package var columns: [String] { (0..<result.columnCount).map(result.columnName) }
}

/// One row of a result.
package struct PostgresRow: Sendable {
    fileprivate let result: ResultHandle
    fileprivate let index: Int

    /// The value of the named column. An `Optional` type accepts `NULL`.
    package func decode<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws(PostgresError) -> T {
        guard let position = result.position(ofColumn: column) else {
            throw PostgresError(.decoding, "the result has no column \(column)")
        }
        return try decode(position, as: type)
    }

    /// The value of the column at `position`, counted from 0. An `Optional` type accepts `NULL`.
    package func decode<T: PostgresDecodable>(_ position: Int, as type: T.Type = T.self) throws(PostgresError) -> T {
        guard position >= 0, position < result.columnCount else {
            throw PostgresError(.decoding, "the result has no column at position \(position)")
        }
        do {
            return try T.decode(PostgresCell(result, row: index, column: position))
        } catch {
            let name = result.columnName(position)
            throw PostgresError(.decoding, "column \(name) should be \(error.expected), but is \(error.found)")
        }
    }
}
