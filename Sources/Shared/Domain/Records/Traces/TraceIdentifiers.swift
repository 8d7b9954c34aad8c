package import FoundationEssentials
import Tenancy

/// The identifier of a trace: sixteen bytes, written as 32 hexadecimal digits.
package struct TraceID: Sendable, Hashable, LosslessStringConvertible {
    /// The same bytes, as databases keep them.
    package let uuid: UUID

    package init(uuid: UUID) { self.uuid = uuid }

    /// `nil` for anything but sixteen bytes of which one is not zero.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16, bytes.contains(where: { $0 != 0 }) else { return nil }
        self.init(uuid: UUID(high: bytes.prefix(8).bigEndian, low: bytes.dropFirst(8).bigEndian))
    }

    /// Reads 32 hexadecimal digits in either case; `nil` for anything else, and for zeros.
    package init?(_ text: String) {
        guard text.utf8.count == 32, let bytes = Hexadecimal.bytes(text) else { return nil }
        self.init(bytes: bytes)
    }

    package var bytes: [UInt8] {
        let b = uuid.uuid
        return [b.0, b.1, b.2, b.3, b.4, b.5, b.6, b.7, b.8, b.9, b.10, b.11, b.12, b.13, b.14, b.15]
    }

    package var description: String { String(uuid.lowercaseText.filter { $0 != "-" }) }
}

/// The identifier of a span: eight bytes, written as 16 hexadecimal digits.
package struct SpanID: Sendable, Hashable, LosslessStringConvertible {
    package let value: UInt64

    package init(_ value: UInt64) { self.value = value }

    /// `nil` for anything but eight bytes of which one is not zero.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 8, bytes.contains(where: { $0 != 0 }) else { return nil }
        value = bytes.bigEndian
    }

    /// Reads 16 hexadecimal digits in either case; `nil` for anything else, and for zeros.
    package init?(_ text: String) {
        guard text.utf8.count == 16, let bytes = Hexadecimal.bytes(text) else { return nil }
        self.init(bytes: bytes)
    }

    package var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * $0)) } }

    package var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

extension Collection<UInt8> {
    fileprivate var bigEndian: UInt64 { reduce(0) { $0 << 8 | UInt64($1) } }
}

enum Hexadecimal {
    /// `nil` for an odd number of digits, and for what is no digit.
    static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var half: UInt8?
        for character in text.utf8 {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = half {
                bytes.append(first << 4 | digit)
                half = nil
            } else {
                half = digit
            }
        }
        return half == nil ? bytes : nil
    }
}
