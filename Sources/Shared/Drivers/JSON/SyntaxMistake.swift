/// What the tokenizer misses where it stands. Small, so that finding none costs nothing; the words are made at the end.
enum SyntaxMistake: Error {
    case value, name, colon, commaOrBrace, commaOrBracket, end, depth
    case `true`, `false`, null
    case closingQuote, validUTF8, escapedControl, escapedCharacter, knownEscape, hexadecimalDigits
    case lowHalf, lowHalfBefore, highHalfBefore
    case digit, noDigitAfterZero, numberWithinRange

    /// What would have been right.
    func expected(_ limits: JSONLimits) -> String {
        switch self {
        case .value: "a value"
        case .name: "a member name in double quotes"
        case .colon: "`:`"
        case .commaOrBrace: "`,` or `}`"
        case .commaOrBracket: "`,` or `]`"
        case .end: "the end"
        case .depth: "at most \(limits.depth) nested arrays and objects"
        case .true: "`true`"
        case .false: "`false`"
        case .null: "`null`"
        case .closingQuote: "the closing quote of a string"
        case .validUTF8: "valid UTF-8"
        case .escapedControl: "control characters in a string to be escaped"
        case .escapedCharacter: "an escaped character"
        case .knownEscape: "one of the escapes that JSON knows"
        case .hexadecimalDigits: "four hexadecimal digits"
        case .lowHalf: "the low half of a surrogate pair"
        case .lowHalfBefore: "the low half of a surrogate pair before this"
        case .highHalfBefore: "the high half of a surrogate pair before this"
        case .digit: "a digit"
        case .noDigitAfterZero: "no digit after a leading zero"
        case .numberWithinRange: "a number within the range of a double"
        }
    }

    /// The error for the mistake at `position`.
    func error(at position: Int, in bytes: Span<UInt8>, _ limits: JSONLimits) -> JSONDecodingError {
        var line = 1
        var column = 1
        for index in 0..<min(position, bytes.count) {
            if bytes[index] == 0x0A {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        return JSONDecodingError(
            .syntax(line: line, column: column), path: [], expected: expected(limits),
            found: self == .numberWithinRange ? "a larger one" : Self.describeByte(at: position, in: bytes))
    }

    private static func describeByte(at position: Int, in bytes: Span<UInt8>) -> String {
        guard position < bytes.count else { return "the end" }
        let byte = bytes[position]
        return (0x21...0x7E).contains(byte) ? "`\(Unicode.Scalar(byte))`" : "byte \(byte)"
    }
}
