internal import Glibc
internal import HTTPMessages

/// The characters that RFC 9110 allows in field names, methods and values.
enum FieldSyntax {
    // Bit `n` of the first word is for byte `n`, of the second for byte 64 + n: `!#$%&'*+-.^_`|~`, digits and letters.
    private static let low: UInt64 = 0x03ff_6cfa_0000_0000
    private static let high: UInt64 = 0x57ff_ffff_c7ff_fffe

    /// Whether all bytes may stand in a token (RFC 9110 §5.6.2), as in a method or a field name, and there is one.
    static func isToken(_ bytes: Span<UInt8>) -> Bool {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            for index in 0..<bytes.count {
                let byte = unsafe bytes[index]
                guard (byte < 64 ? low : byte < 128 ? high : 0) &>> UInt64(byte) & 1 == 1 else { return false }
            }
            return !bytes.isEmpty
        }
    }

    /// Whether no byte ends the value early: CR, LF and NUL must not stand in one (RFC 9110 §5.5).
    static func isValue(_ bytes: Span<UInt8>) -> Bool {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            // Without a way out of the loop, so that several bytes are looked at together.
            var marks: UInt8 = 0
            for index in 0..<bytes.count {
                let byte = unsafe bytes[index]
                marks |= (byte == 13 ? 1 : 0) | (byte == 10 ? 1 : 0) | (byte == 0 ? 1 : 0)
            }
            return marks == 0
        }
    }

    /// The range without the blanks at its ends.
    static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Whether a list of tokens in a field's value has this one, in lower case.
    static func list(_ value: Span<UInt8>, contains token: String) -> Bool {
        let token = token.utf8.span
        var start = 0
        for index in 0...value.count where index == value.count || value[index] == UInt8(ascii: ",") {
            if HTTPHeaders.same(value.extracting(trimmed(value, start..<index)), token) { return true }
            start = index + 1
        }
        return false
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
}

extension Span<UInt8> {
    /// Where `byte` stands first in `range`.
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        unsafe extracting(range).withUnsafeBufferPointer { bytes -> Int? in
            guard let start = bytes.baseAddress, let found = unsafe memchr(start, Int32(byte), bytes.count) else {
                return nil
            }
            return unsafe range.lowerBound + (UnsafeRawPointer(found) - UnsafeRawPointer(start))
        }
    }
}
