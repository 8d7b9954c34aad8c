/// The characters that RFC 9110 allows in field names and values.
enum FieldSyntax {
    /// Whether `byte` may stand in a token: a method or a field name.
    static func isToken(_ byte: UInt8) -> Bool {
        // Letters, digits and the marks !#$%&'*+-.^_`|~ as two words of bits: a head has hundreds of bytes, and each of
        // them comes through here.
        let bits: UInt64 = byte < 64 ? 0x03ff_6cfa_0000_0000 : 0x57ff_ffff_c7ff_fffe
        return byte < 128 && bits &>> UInt64(byte & 63) & 1 != 0
    }

    /// Whether all bytes are of a token, and there is one.
    static func isToken(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices where !isToken(bytes[index]) { return false }
        return !bytes.isEmpty
    }

    /// Whether `byte` may stand in a field's value.
    static func isValue(_ byte: UInt8) -> Bool {
        (byte >= 0x20 && byte != 0x7f) || byte == UInt8(ascii: "\t")
    }

    /// Whether all bytes may stand in a value.
    static func isValue(_ bytes: Span<UInt8>) -> Bool {
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

    /// Whether `byte` may stand in a request's target. Bytes above ASCII are let through for clients that do not encode
    /// them; `#` is never sent.
    static func isTarget(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7f && byte != UInt8(ascii: "#")
    }

    /// Whether the bytes are `lowercase` but for case.
    static func same(_ bytes: Span<UInt8>, _ lowercase: StaticString) -> Bool {
        guard bytes.count == lowercase.utf8CodeUnitCount else { return false }
        return lowercase.withUTF8Buffer { expected in
            for index in bytes.indices where unsafe expected[index] != bytes[index] {
                let letter = bytes[index] | 0x20
                guard unsafe letter == expected[index], letter &- UInt8(ascii: "a") < 26 else { return false }
            }
            return true
        }
    }
}
