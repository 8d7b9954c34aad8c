// The lexemes of the tokenizer: strings with their escapes and UTF-8, numbers.
extension Tokenizer {
    /// Skips a string from its opening to behind its closing quote; tells whether it has escapes.
    mutating func skipString(_ bytes: Span<UInt8>) throws(JSONDecodingError) -> Bool {
        var escaped = false
        position += 1
        while true {
            position = Self.endOfPlainText(bytes, from: position)
            guard position < bytes.count else { throw unexpected("the closing quote of a string", bytes) }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return escaped
            case UInt8(ascii: "\\"):
                escaped = true
                try skipEscape(bytes)
            case 0x80...:
                let length = Self.lengthOfScalar(bytes, at: position)
                guard length > 0 else { throw unexpected("valid UTF-8", bytes) }
                position += length
            default:
                throw unexpected("control characters in a string to be escaped", bytes)
            }
        }
    }

    /// The first byte from `start` that is a quote, a backslash, a control character or not ASCII: sixteen at a time.
    static func endOfPlainText(_ bytes: Span<UInt8>, from start: Int) -> Int {
        let space = SIMD16<Int8>(repeating: 0x20)
        let quote = SIMD16<Int8>(repeating: 0x22)
        let backslash = SIMD16<Int8>(repeating: 0x5C)
        let ones = SIMD16<UInt8>(repeating: 1)
        var position = start
        while position &+ 16 <= bytes.count {
            // Within bounds by the loop's condition; an unaligned load is well defined for bytes. What is not ASCII is
            // negative.
            let text = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: SIMD16<Int8>.self)
            let isSpecial = (text .< space) .| (text .== quote) .| (text .== backslash)
            let marks = SIMD16<UInt8>.zero.replacing(with: ones, where: isSpecial)
            let halves = unsafe unsafeBitCast(marks, to: SIMD2<UInt64>.self)
            if halves[0] != 0 { return position &+ (UInt64(littleEndian: halves[0]).trailingZeroBitCount &>> 3) }
            if halves[1] != 0 { return position &+ 8 &+ (UInt64(littleEndian: halves[1]).trailingZeroBitCount &>> 3) }
            position &+= 16
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x22 || byte == 0x5C || byte < 0x20 || byte >= 0x80 { break }
            position &+= 1
        }
        return position
    }

    /// The length of the well-formed multi-byte scalar at `index`, 0 when it is not well formed (Unicode table 3-7).
    static func lengthOfScalar(_ bytes: Span<UInt8>, at index: Int) -> Int {
        func byte(_ offset: Int, in range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            index + offset < bytes.count && range.contains(bytes[index + offset])
        }
        switch bytes[index] {
        case 0xC2...0xDF: return byte(1) ? 2 : 0
        case 0xE0: return byte(1, in: 0xA0...0xBF) && byte(2) ? 3 : 0
        case 0xED: return byte(1, in: 0x80...0x9F) && byte(2) ? 3 : 0
        case 0xE1...0xEF: return byte(1) && byte(2) ? 3 : 0
        case 0xF0: return byte(1, in: 0x90...0xBF) && byte(2) && byte(3) ? 4 : 0
        case 0xF1...0xF3: return byte(1) && byte(2) && byte(3) ? 4 : 0
        case 0xF4: return byte(1, in: 0x80...0x8F) && byte(2) && byte(3) ? 4 : 0
        default: return 0
        }
    }

    private mutating func skipEscape(_ bytes: Span<UInt8>) throws(JSONDecodingError) {
        position += 1
        guard position < bytes.count else { throw unexpected("an escaped character", bytes) }
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            let unit = try skipCodeUnit(bytes)
            if (0xD800...0xDBFF).contains(unit) {
                guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u")
                else { throw unexpected("the low half of a surrogate pair", bytes) }
                position += 1
                guard (0xDC00...0xDFFF).contains(try skipCodeUnit(bytes)) else {
                    throw unexpected("the low half of a surrogate pair before this", bytes)
                }
            } else if (0xDC00...0xDFFF).contains(unit) {
                throw unexpected("the high half of a surrogate pair before this", bytes)
            }
        default:
            throw unexpected("one of the escapes that JSON knows", bytes)
        }
    }

    /// Skips the `u` of an escape and its four digits.
    private mutating func skipCodeUnit(_ bytes: Span<UInt8>) throws(JSONDecodingError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            position += 1
            guard position < bytes.count, let digit = hexadecimalDigit(bytes[position]) else {
                throw unexpected("four hexadecimal digits", bytes)
            }
            unit = unit << 4 | UInt32(digit)
        }
        position += 1
        return unit
    }

    /// Skips a number; tells whether it has neither fraction nor exponent.
    mutating func skipNumber(_ bytes: Span<UInt8>) throws(JSONDecodingError) -> Bool {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
            position += 1
            guard position == bytes.count || !isDigit(bytes[position]) else {
                throw unexpected("no digit after a leading zero", bytes)
            }
        } else {
            try skipDigits(bytes)
        }
        var isInteger = true
        var mayBeHuge = position - start > 300
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try skipDigits(bytes)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            mayBeHuge = true
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try skipDigits(bytes)
        }
        if mayBeHuge, !NumberText.double(bytes, start, position).isFinite {
            position = start
            throw unexpected("a number within the range of a double", bytes, found: "a larger one")
        }
        return isInteger
    }

    private mutating func skipDigits(_ bytes: Span<UInt8>) throws(JSONDecodingError) {
        guard position < bytes.count, isDigit(bytes[position]) else { throw unexpected("a digit", bytes) }
        repeat { position += 1 } while position < bytes.count && isDigit(bytes[position])
    }
}

func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
