/// Reads the fields of one protobuf message, strictly: what ends too early, and what no generator writes, is an error.
///
/// Nothing is allocated but what is read, and nothing that a length claims is believed before the bytes are there.
struct ProtobufReader {
    /// How the value of a field is written.
    enum Wire: UInt64 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case fixed32 = 5
    }

    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8]) {
        self.init(bytes, 0..<bytes.count)
    }

    private init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// How long the message is.
    var lengthInBytes: Int { end - position }

    /// The number of the next field and how it is written; `nil` at the end. Its value must be read or skipped next.
    mutating func next() throws(OTLPError) -> (field: UInt64, wire: Wire)? {
        guard position < end else { return nil }
        let key = try varint()
        guard let wire = Wire(rawValue: key & 7), key >> 3 > 0, key >> 3 < 1 << 29 else {
            throw OTLPError("a field is of no kind that is known")
        }
        return (key >> 3, wire)
    }

    /// Steps over a value.
    mutating func skip(_ wire: Wire) throws(OTLPError) {
        switch wire {
        case .varint: _ = try varint()
        case .fixed64: try advance(8)
        case .lengthDelimited: _ = try range()
        case .fixed32: try advance(4)
        }
    }

    mutating func varint() throws(OTLPError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            position += 1
            // The tenth byte holds the last of 64 bits.
            guard shift < 63 || byte <= 1 else { throw OTLPError("a number has more than 64 bits") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw OTLPError("the message ends within a number")
    }

    mutating func fixed64() throws(OTLPError) -> UInt64 {
        let start = position
        try advance(8)
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(bytes[start + index]) << UInt64(8 * index) }
        return value
    }

    /// The bytes of a value.
    mutating func data() throws(OTLPError) -> [UInt8] { Array(bytes[try range()]) }

    /// The text of a value; damaged characters are replaced, and null characters, which no database of ours can hold.
    mutating func text() throws(OTLPError) -> String {
        let slice = bytes[try range()]
        guard slice.contains(0) else { return String(decoding: slice, as: UTF8.self) }
        return StorableText.of(String(decoding: slice, as: UTF8.self))
    }

    /// The message that a value is.
    mutating func message() throws(OTLPError) -> ProtobufReader { ProtobufReader(bytes, try range()) }

    private mutating func range() throws(OTLPError) -> Range<Int> {
        let length = try varint()
        guard length <= UInt64(end - position) else { throw OTLPError("the message ends within a field") }
        let start = position
        position += Int(length)
        return start..<position
    }

    private mutating func advance(_ count: Int) throws(OTLPError) {
        guard end - position >= count else { throw OTLPError("the message ends within a field") }
        position += count
    }
}

/// A request is not what it should be, as a whole.
package struct OTLPError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Texts as the database can hold them.
enum StorableText {
    static func of(_ text: String) -> String {
        guard text.utf8.contains(0) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }
}
