/// The characters that RFC 9110 allows in methods, field names and values, and how lists in values are read.
package enum FieldSyntax {
    // Letters, digits and the marks !#$%&'*+-.^_`|~ as two words of bits, for the bytes below 64 and below 128: a head has
    // hundreds of bytes, and each of them comes through here.
    private static let low: UInt64 = 0x03ff_6cfa_0000_0000
    private static let high: UInt64 = 0x57ff_ffff_c7ff_fffe

    /// Where the token ends that begins at `start` (RFC 9110 §5.6.2); there when none does.
    package static func tokenEnd(in bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            guard (byte < 64 ? low : byte < 128 ? high : 0) &>> UInt64(byte & 63) & 1 != 0 else { break }
            index &+= 1
        }
        return index
    }

    /// Whether all bytes are of a token, as in a method or a field's name, and there is one.
    package static func isToken(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= 8 else { return !bytes.isEmpty && tokenEnd(in: bytes, from: 0) == bytes.count }
        var index = 0
        while index &+ 8 < bytes.count {
            guard isPlain(bytes, index) else { return tokenEnd(in: bytes, from: index) == bytes.count }
            index &+= 8
        }
        // The last ones, some of them for the second time.
        return isPlain(bytes, bytes.count &- 8) || tokenEnd(in: bytes, from: index) == bytes.count
    }

    /// Whether the eight bytes from `start` are letters, digits and hyphens, as those of most names.
    private static func isPlain(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops = ones &* 0x80
        // Within bounds, as the caller has seen to; an unaligned load is well defined for UInt64.
        let eight = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: UInt64.self)
        guard eight & tops == 0 else { return false }
        // Below 128, as all are now, a byte reaches the top bit when what its bound lacks to 128 is added to it.
        let folded = eight | ones &* 0x20
        let letters = (folded &+ ones &* (0x80 - 0x61)) & ~(folded &+ ones &* (0x80 - 0x7b))
        let digits = (eight &+ ones &* (0x80 - 0x30)) & ~(eight &+ ones &* (0x80 - 0x3a))
        let hyphens = tops &- (eight ^ (ones &* 0x2d))
        return (letters | digits | hyphens) & tops == tops
    }

    /// Whether `byte` may stand in a field's value that is sent (RFC 9110 §5.5).
    package static func isValue(_ byte: UInt8) -> Bool {
        (byte >= 0x20 && byte != 0x7f) || byte == UInt8(ascii: "\t")
    }

    /// Whether all bytes may stand in a value that is sent.
    package static func isValue(_ bytes: Span<UInt8>) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = 0
        while index &+ 8 <= bytes.count {
            // Within bounds by the loop's condition; an unaligned load is well defined for UInt64.
            let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
            let deletes = word ^ (ones &* 0x7f)
            let marks = ((word &- ones &* 0x20) & ~word | (deletes &- ones) & ~deletes) & (ones &* 0x80)
            // Marked are control characters, the tab among them, and sometimes a neighbour of theirs.
            if marks != 0 {
                for offset in index..<index + 8 where !isValue(bytes[offset]) { return false }
            }
            index &+= 8
        }
        while index < bytes.count {
            guard isValue(bytes[index]) else { return false }
            index &+= 1
        }
        return true
    }

    /// Whether no byte ends a value that was received early. Other control characters do no harm there, and recipients may
    /// keep them.
    package static func isOneLine(_ bytes: Span<UInt8>) -> Bool {
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

    /// Whether the bytes are `lowercase` but for case.
    package static func same(_ bytes: Span<UInt8>, _ lowercase: StaticString) -> Bool {
        guard bytes.count == lowercase.utf8CodeUnitCount else { return false }
        return lowercase.withUTF8Buffer { expected in
            for index in bytes.indices where unsafe expected[index] != bytes[index] {
                let letter = bytes[index] | 0x20
                guard unsafe letter == expected[index], letter &- UInt8(ascii: "a") < 26 else { return false }
            }
            return true
        }
    }

    /// Whether `lowercase` stands at `place` of the bytes, but for case; then `place` is behind it.
    package static func take(_ lowercase: StaticString, of bytes: Span<UInt8>, at place: inout Int) -> Bool {
        let end = place + lowercase.utf8CodeUnitCount
        guard end <= bytes.count, same(bytes.extracting(place..<end), lowercase) else { return false }
        place = end
        return true
    }

    /// The range without the blanks at its ends.
    package static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Whether a list separated by commas has this element, in lower case.
    package static func list(_ value: Span<UInt8>, contains element: StaticString) -> Bool {
        var start = 0
        for index in 0...value.count where index == value.count || value[index] == UInt8(ascii: ",") {
            if same(value.extracting(trimmed(value, start..<index)), element) { return true }
            start = index + 1
        }
        return false
    }

    /// The number that digits alone say. Eighteen of them are more than anybody can send, and fit.
    package static func number(_ digits: Span<UInt8>) -> Int? {
        guard 1...18 ~= digits.count else { return nil }
        var number = 0
        for index in digits.indices {
            let digit = digits[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        return number
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
}
