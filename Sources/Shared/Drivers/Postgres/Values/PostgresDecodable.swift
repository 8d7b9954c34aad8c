package import FoundationEssentials

/// A type that a value of a result can be read as.
///
/// A `RawRepresentable` type whose raw value is decodable conforms by declaration alone.
package protocol PostgresDecodable {
    /// Reads the value.
    static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self {
        guard let value = Self(rawValue: try RawValue.decode(cell)) else {
            throw PostgresDecodingFailure(expected: "a known \(Self.self)", found: "another value")
        }
        return value
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self {
        cell.isNull ? nil : try Wrapped.decode(cell)
    }
}

extension String: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> String {
        try cell.parsed(as: "a text") { TextFormat.string($0) }
    }
}

extension JSONText: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> JSONText {
        JSONText(try cell.parsed(as: "a JSON document") { TextFormat.bytes($0) })
    }
}

extension Bool: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Bool {
        try cell.parsed(as: "a boolean") { text in
            guard text.count == 1 else { return nil }
            return text[0] == UInt8(ascii: "t") ? true : text[0] == UInt8(ascii: "f") ? false : nil
        }
    }
}

extension Int64: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Int64 {
        try cell.parsed(as: "an integer") { TextFormat.integer($0) }
    }
}

extension Int: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Int {
        try cell.parsed(as: "an integer") { TextFormat.integer($0) }
    }
}

extension Int32: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Int32 {
        try cell.parsed(as: "a 32-bit integer") { TextFormat.integer($0) }
    }
}

extension Double: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Double {
        try cell.parsed(as: "a number") { Double(TextFormat.string($0)) }
    }
}

extension Float: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Float {
        try cell.parsed(as: "a number") { Float(TextFormat.string($0)) }
    }
}

extension UUID: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> UUID {
        try cell.parsed(as: "a UUID") { TextFormat.uuid($0) }
    }
}

extension Date: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Date {
        try cell.parsed(as: "a point in time") { TextFormat.timestamp($0) }
    }
}

/// What an array may hold to be decoded: `text[]` is read as `[String]`, but `bytea` as `[UInt8]`.
package protocol PostgresDecodableElement {
    /// Reads the array.
    static func decodeArray(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> [Self]
}

extension PostgresDecodableElement where Self: PostgresDecodable {
    package static func decodeArray(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> [Self] {
        let elements = try cell.parsed(as: "an array") { TextFormat.arrayElements($0) }
        // Only the elements of bytea[] are read in another way than text.
        let type = cell.typeOID == PostgresType.bytea.arrayOID ? PostgresType.bytea : .text
        var values: [Self] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            values.append(try Self.decode(PostgresCell(element: element, typeOID: type.oid)))
        }
        return values
    }
}

extension UInt8: PostgresDecodableElement {
    /// The bytes of a `bytea`; of any other type the bytes of its text.
    package static func decodeArray(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> [UInt8] {
        guard cell.typeOID == PostgresType.bytea.oid else {
            return try cell.parsed(as: "bytes") { TextFormat.bytes($0) }
        }
        return try cell.parsed(as: "bytes") { TextFormat.hexadecimal($0) }
    }
}

extension Array: PostgresDecodable where Element: PostgresDecodableElement {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> [Element] {
        try Element.decodeArray(cell)
    }
}

extension Array: PostgresDecodableElement where Element == UInt8 {}
extension Optional: PostgresDecodableElement where Wrapped: PostgresDecodable & PostgresDecodableElement {}
extension String: PostgresDecodableElement {}
extension Bool: PostgresDecodableElement {}
extension Int: PostgresDecodableElement {}
extension Int64: PostgresDecodableElement {}
extension Int32: PostgresDecodableElement {}
extension Double: PostgresDecodableElement {}
extension Float: PostgresDecodableElement {}
extension UUID: PostgresDecodableElement {}
extension Date: PostgresDecodableElement {}
extension JSONText: PostgresDecodableElement {}
