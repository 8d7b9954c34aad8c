/// A statement and its bound values: `"SELECT name FROM judges WHERE id = \(id)"`.
///
/// Interpolated values become parameters. `\(fragment:)` splices another statement with its parameters,
/// `\(identifier:)` quotes a name. There is no way to put a run-time string into the text unquoted.
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// The text around the parameters: one piece more than there are parameters.
    ///
    /// Pieces of literals are pointers into the program, so that a statement costs no copy of its text, and finding
    /// its prepared form is comparing them.
    private(set) var pieces: [String]
    private(set) var parameters: PostgresParameters

    package init(stringLiteral value: String) {
        pieces = [value]
        parameters = PostgresParameters()
    }

    package init(stringInterpolation: Interpolation) {
        self = stringInterpolation.sql
    }

    private init(parameterCapacity: Int) {
        pieces = []
        pieces.reserveCapacity(parameterCapacity + 1)
        pieces.append("")
        parameters = PostgresParameters()
        parameters.reserveCapacity(parameterCapacity)
    }

    /// A statement without text.
    package init() {
        self.init(stringLiteral: "")
    }

    /// Adds another statement behind this one, its parameters behind this one's.
    package mutating func append(_ fragment: SQL) {
        pieces[pieces.count - 1] += fragment.pieces[0]
        pieces.append(contentsOf: fragment.pieces.dropFirst())
        parameters.append(contentsOf: fragment.parameters)
    }

    /// The text as the server gets it, with `$1`, `$2`… for the parameters.
    package var text: String {
        var text = pieces[0]
        for (index, piece) in pieces.enumerated().dropFirst() {
            text += "$\(index)\(piece)"
        }
        return text
    }

    /// Gathers text and values in the order of the literal.
    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var sql: SQL

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql = SQL(parameterCapacity: interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            let last = sql.pieces.count - 1
            if sql.pieces[last].isEmpty {
                sql.pieces[last] = literal
            } else {
                sql.pieces[last] += literal
            }
        }

        /// Binds a value.
        package mutating func appendInterpolation(_ value: some PostgresBindable) {
            sql.parameters.append(value)
            sql.pieces.append("")
        }

        /// Binds a value or `NULL`. Apart from the other only because the compiler warns of optionals where it sees none.
        package mutating func appendInterpolation<T: PostgresBindable>(_ value: T?) {
            sql.parameters.append(value)
            sql.pieces.append("")
        }

        /// Splices a statement with its values.
        package mutating func appendInterpolation(fragment: SQL) {
            sql.append(fragment)
        }

        /// Quotes a name of a table, column or channel.
        package mutating func appendInterpolation(identifier: String) {
            appendLiteral(SQL.quoted(identifier))
        }
    }

    /// `name` between double quotes; the zero byte, which no name can hold, is dropped.
    static func quoted(_ name: String) -> String {
        var text = "\""
        for scalar in name.unicodeScalars where scalar != "\0" {
            if scalar == "\"" { text += "\"" }
            text.unicodeScalars.append(scalar)
        }
        return text + "\""
    }
}

extension Sequence<SQL> {
    /// The statements with `separator` between them: for lists of conditions and columns.
    package func joined(separator: SQL) -> SQL {
        var result = SQL()
        for (index, element) in enumerated() {
            if index > 0 { result.append(separator) }
            result.append(element)
        }
        return result
    }
}

/// Values in the server's binary format, in one buffer.
struct PostgresParameters: Sendable {
    /// Where one value lies in `bytes`; a negative length is `NULL`.
    struct Slot: Sendable {
        let type: UInt32
        var offset: Int
        let length: Int
    }

    private(set) var slots: [Slot] = []
    private(set) var bytes: [UInt8] = []

    var count: Int { slots.count }

    mutating func reserveCapacity(_ count: Int) {
        slots.reserveCapacity(count)
        bytes.reserveCapacity(16 * count)
    }

    mutating func append<T: PostgresBindable>(_ value: T) {
        let offset = bytes.count
        value.encode(into: &bytes)
        let length = value.isPostgresNull ? -1 : bytes.count - offset
        slots.append(Slot(type: T.postgresType.oid, offset: offset, length: length))
    }

    mutating func append(contentsOf other: PostgresParameters) {
        let shift = bytes.count
        bytes.append(contentsOf: other.bytes)
        for var slot in other.slots {
            slot.offset += shift
            slots.append(slot)
        }
    }
}
