package import FoundationEssentials

/// What an array may hold to be bound: `[String]` becomes `text[]`, but `[UInt8]` becomes `bytea`.
package protocol PostgresArrayElement: Sendable {
    /// The server's type of an array of these.
    static var postgresTypeOfArray: PostgresType { get }
    /// Appends the array in the server's binary format.
    static func encodeArray(_ elements: [Self], into bytes: inout [UInt8])
}

extension PostgresArrayElement where Self: PostgresBindable {
    package static var postgresTypeOfArray: PostgresType { postgresType.array }

    package static func encodeArray(_ elements: [Self], into bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))  // dimensions
        bytes.append(bigEndian: Int32(elements.contains { $0.isPostgresNull } ? 1 : 0))
        bytes.append(bigEndian: postgresType.oid)
        guard !elements.isEmpty else { return }
        bytes.append(bigEndian: Int32(clamping: elements.count))
        bytes.append(bigEndian: Int32(1))  // the first subscript
        for element in elements {
            appendField(element, to: &bytes)
        }
    }
}

/// Appends a value behind its length, as arrays and COPY have it.
func appendField(_ value: some PostgresBindable, to bytes: inout [UInt8]) {
    let start = bytes.count
    bytes.append(bigEndian: Int32(-1))
    guard !value.isPostgresNull else { return }
    value.encode(into: &bytes)
    bytes.replace(at: start, bigEndian: Int32(clamping: bytes.count - start - 4))
}

extension Array: PostgresBindable where Element: PostgresArrayElement {
    package static var postgresType: PostgresType { Element.postgresTypeOfArray }
    package func encode(into bytes: inout [UInt8]) { Element.encodeArray(self, into: &bytes) }
}

extension UInt8: PostgresArrayElement {
    package static var postgresTypeOfArray: PostgresType { .bytea }
    package static func encodeArray(_ elements: [UInt8], into bytes: inout [UInt8]) {
        bytes.append(contentsOf: elements)
    }
}

extension Array: PostgresArrayElement where Element == UInt8 {}
extension Optional: PostgresArrayElement where Wrapped: PostgresBindable & PostgresArrayElement {}
extension String: PostgresArrayElement {}
extension Bool: PostgresArrayElement {}
extension Int: PostgresArrayElement {}
extension Int64: PostgresArrayElement {}
extension Int32: PostgresArrayElement {}
extension Double: PostgresArrayElement {}
extension Float: PostgresArrayElement {}
extension UUID: PostgresArrayElement {}
extension Date: PostgresArrayElement {}
extension Duration: PostgresArrayElement {}
extension JSONText: PostgresArrayElement {}
