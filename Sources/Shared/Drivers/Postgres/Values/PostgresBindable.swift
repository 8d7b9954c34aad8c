package import FoundationEssentials

/// A value that can be interpolated into `SQL`: it travels beside the text, never in it.
///
/// A `RawRepresentable` type whose raw value is bindable conforms by declaration alone.
package protocol PostgresBindable: Sendable {
    /// The server's type of the value.
    static var postgresType: PostgresType { get }
    /// Whether the value stands for SQL's `NULL`.
    var isPostgresNull: Bool { get }
    /// Appends the value in the server's binary format; nothing for `NULL`.
    func encode(into bytes: inout [UInt8])
}

extension PostgresBindable {
    package var isPostgresNull: Bool { false }
}

extension PostgresBindable where Self: RawRepresentable, RawValue: PostgresBindable {
    package static var postgresType: PostgresType { RawValue.postgresType }
    package func encode(into bytes: inout [UInt8]) { rawValue.encode(into: &bytes) }
}

extension Optional: PostgresBindable where Wrapped: PostgresBindable {
    package static var postgresType: PostgresType { Wrapped.postgresType }
    // A closure, not a key path: those of generic types are built at run time, for every element of every array.
    package var isPostgresNull: Bool { map { $0.isPostgresNull } ?? true }
    package func encode(into bytes: inout [UInt8]) { self?.encode(into: &bytes) }
}

/// A JSON document in its text form, bound as `jsonb`.
package struct JSONText: Sendable, Hashable {
    /// The document's UTF-8.
    package let bytes: [UInt8]

    /// A document from its UTF-8; the server refuses what is not JSON.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    /// A document from its text.
    package init(_ text: String) { bytes = Array(text.utf8) }
}

extension JSONText: PostgresBindable {
    package static var postgresType: PostgresType { .jsonb }
    package func encode(into bytes: inout [UInt8]) {
        bytes.append(1)  // the version of jsonb's binary format
        bytes.append(contentsOf: self.bytes)
    }
}

extension String: PostgresBindable {
    package static var postgresType: PostgresType { .text }
    package func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
}

extension Bool: PostgresBindable {
    package static var postgresType: PostgresType { .bool }
    package func encode(into bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
}

extension Int: PostgresBindable {
    package static var postgresType: PostgresType { .int8 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: Int64(self)) }
}

extension Int64: PostgresBindable {
    package static var postgresType: PostgresType { .int8 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

extension Int32: PostgresBindable {
    package static var postgresType: PostgresType { .int4 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

extension Double: PostgresBindable {
    package static var postgresType: PostgresType { .float8 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: bitPattern) }
}

extension Float: PostgresBindable {
    package static var postgresType: PostgresType { .float4 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: bitPattern) }
}

extension UUID: PostgresBindable {
    package static var postgresType: PostgresType { .uuid }
    package func encode(into bytes: inout [UInt8]) {
        var value = uuid
        unsafe withUnsafeBytes(of: &value) { unsafe bytes.append(contentsOf: $0) }
    }
}

extension Date: PostgresBindable {
    /// The server counts from 2000-01-01.
    static let secondsFrom1970To2000 = 946_684_800.0

    package static var postgresType: PostgresType { .timestamptz }
    package func encode(into bytes: inout [UInt8]) {
        // Rounded as counted from the reference date of `Date`, as JSON has it: from 1970 on a double is too coarse.
        let offset = Date.timeIntervalBetween1970AndReferenceDate - Date.secondsFrom1970To2000
        let microseconds = (timeIntervalSinceReferenceDate * 1_000_000).rounded() + offset * 1_000_000
        // The extremes are the server's -infinity and infinity; no date we are handed may trap here.
        bytes.append(bigEndian: Int64(exactly: microseconds) ?? (microseconds < 0 ? .min : .max))
    }
}

extension Duration: PostgresBindable {
    package static var postgresType: PostgresType { .interval }
    package func encode(into bytes: inout [UInt8]) {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let limit: Int64 = seconds < 0 ? .min : .max
        bytes.append(bigEndian: overflow ? limit : whole.addingClamped(attoseconds / 1_000_000_000_000))
        bytes.append(bigEndian: Int32(0))  // days
        bytes.append(bigEndian: Int32(0))  // months
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}

extension [UInt8] {
    /// Appends an integer in network order.
    mutating func append<T: FixedWidthInteger>(bigEndian value: T) {
        for shift in stride(from: T.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> T(shift)))
        }
    }

    /// Overwrites four bytes at `offset` by an integer in network order.
    mutating func replace(at offset: Int, bigEndian value: Int32) {
        for index in 0..<4 {
            self[offset + index] = UInt8(truncatingIfNeeded: value >> Int32(24 - 8 * index))
        }
    }
}
