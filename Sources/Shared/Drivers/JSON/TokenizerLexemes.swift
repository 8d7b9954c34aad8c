// The lexemes of the tokenizer: strings with their escapes and UTF-8, numbers, words. What most of them are comes
// first, and the rest is apart.
extension Tokenizer {
    /// Skips a string from its opening to behind its closing quote; its flags tell whether it has escapes.
    @inline(__always)
    mutating func skipString(_ bytes: Span<UInt8>) throws(SyntaxMistake) -> Token.Flags {
        position = Self.endOfPlainText(bytes, from: position &+ 1)
        guard bytes.has(position), bytes[position] == UInt8(ascii: "\"") else { return try skipRestOfString(bytes) }
        position &+= 1
        return []
    }

    /// Skips a string from its first byte that is not plain.
    @inline(never)
    private mutating func skipRestOfString(_ bytes: Span<UInt8>) throws(SyntaxMistake) -> Token.Flags {
        var flags: Token.Flags = []
        while true {
            guard position < bytes.count else { throw .closingQuote }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return flags
            case UInt8(ascii: "\\"):
                flags = .escaped
                try skipEscape(bytes)
            case 0x80...:
                let length = Self.lengthOfScalar(bytes, at: position)
                guard length > 0 else { throw .validUTF8 }
                position += length
            default:
                throw .escapedControl
            }
            position = Self.endOfPlainText(bytes, from: position)
        }
    }

    /// The first byte from `start` that is a quote, a backslash, a control character or not ASCII: sixteen at a time.
    static func endOfPlainText(_ bytes: Span<UInt8>, from start: Int) -> Int {
        let space = SIMD16<Int8>(repeating: 0x20)
        let quote = SIMD16<Int8>(repeating: 0x22)
        let backslash = SIMD16<Int8>(repeating: 0x5C)
        let last = bytes.count &- 16
        var position = start
        while position <= last {
            // Within bounds by the loop's condition; an unaligned load is well defined for bytes. What is not ASCII is
            // negative.
            let text = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: SIMD16<Int8>.self)
            let isSpecial = (text .< space) .| (text .== quote) .| (text .== backslash)
            // Four bits of each byte, in their order where the lowest byte of a number comes first, as it does wherever
            // Swift runs on Linux.
            let pairs = unsafe unsafeBitCast(isSpecial, to: SIMD8<UInt16>.self) &>> 4
            let marks = unsafe unsafeBitCast(SIMD8<UInt8>(truncatingIfNeeded: pairs), to: UInt64.self)
            if marks != 0 { return position &+ (marks.trailingZeroBitCount &>> 2) }
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

    private mutating func skipEscape(_ bytes: Span<UInt8>) throws(SyntaxMistake) {
        position += 1
        guard position < bytes.count else { throw .escapedCharacter }
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            let unit = try skipCodeUnit(bytes)
            if (0xD800...0xDBFF).contains(unit) {
                guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u")
                else { throw .lowHalf }
                position += 1
                guard (0xDC00...0xDFFF).contains(try skipCodeUnit(bytes)) else {
                    throw .lowHalfBefore
                }
            } else if (0xDC00...0xDFFF).contains(unit) {
                throw .highHalfBefore
            }
        default:
            throw .knownEscape
        }
    }

    /// Skips the `u` of an escape and its four digits.
    private mutating func skipCodeUnit(_ bytes: Span<UInt8>) throws(SyntaxMistake) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            position += 1
            guard position < bytes.count, let digit = hexadecimalDigit(bytes[position]) else {
                throw .hexadecimalDigits
            }
            unit = unit << 4 | UInt32(digit)
        }
        position += 1
        return unit
    }

    /// Skips a number; tells whether it has neither fraction nor exponent.
    @inline(never)
    mutating func skipNumber(_ bytes: Span<UInt8>) throws(SyntaxMistake) -> Bool {
        let start = position
        if bytes[start] == UInt8(ascii: "-") { position &+= 1 }
        let first = position
        try skipDigits(bytes)
        if bytes[first] == UInt8(ascii: "0"), position &- first > 1 {
            position = first &+ 1
            throw .noDigitAfterZero
        }
        let next = bytes.has(position) ? bytes[position] : 0
        if next != UInt8(ascii: "."), next | 0x20 != UInt8(ascii: "e"), position &- start <= 300 { return true }
        return try skipRestOfNumber(from: start, bytes)
    }

    /// Skips fraction and exponent of the number that begins at `start`; tells whether it has neither.
    @inline(never)
    private mutating func skipRestOfNumber(from start: Int, _ bytes: Span<UInt8>) throws(SyntaxMistake) -> Bool {
        var isInteger = true
        var mayBeHuge = position - start > 300
        if bytes.has(position), bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position &+= 1
            try skipDigits(bytes)
        }
        if bytes.has(position), bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            mayBeHuge = true
            position &+= 1
            if bytes.has(position), bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position &+= 1
            }
            try skipDigits(bytes)
        }
        if mayBeHuge, !NumberText.double(bytes, start, position).isFinite {
            position = start
            throw .numberWithinRange
        }
        return isInteger
    }

    @inline(__always)
    private mutating func skipDigits(_ bytes: Span<UInt8>) throws(SyntaxMistake) {
        let start = position
        var end = start
        while bytes.has(end), isDigit(bytes[end]) { end &+= 1 }
        position = end
        guard end > start else { throw .digit }
    }

    /// Skips the word that begins with `byte`.
    mutating func skipLiteral(_ byte: UInt8, _ bytes: Span<UInt8>) throws(SyntaxMistake) -> Token.Kind {
        switch byte {
        case UInt8(ascii: "n"):
            try skip("null", or: .null, bytes)
            return .null
        case UInt8(ascii: "t"):
            try skip("true", or: .true, bytes)
            return .true
        case UInt8(ascii: "f"):
            try skip("false", or: .false, bytes)
            return .false
        default: throw .value
        }
    }

    @inline(never)
    private mutating func skip(
        _ text: StaticString, or mistake: SyntaxMistake, _ bytes: Span<UInt8>
    ) throws(SyntaxMistake) {
        for offset in 0..<text.utf8CodeUnitCount {
            guard position < bytes.count, unsafe bytes[position] == text.utf8Start[offset] else { throw mistake }
            position += 1
        }
    }
}

extension Span<UInt8> {
    /// Whether there is a byte at `place`: asked as reading it does, so that the compiler needs to ask only once.
    @inline(__always)
    func has(_ place: Int) -> Bool { UInt(bitPattern: place) < UInt(bitPattern: count) }
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
