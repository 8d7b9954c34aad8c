/// Finds the bytes of a body among the lines of the chunked coding (RFC 9112 §7.1). Extensions and trailers are passed
/// over. Line ends must be CRLF here: nothing that writes chunks writes others.
struct ChunkedBody {
    private enum State {
        /// In the digits of a chunk's size.
        case size(digits: Int)
        /// Behind them, before the end of the line.
        case extensions
        case sizeEnd
        case data
        case dataReturn
        case dataEnd
        /// In the trailers: at the start of a line, in one, or at its end.
        case trailerStart
        case trailer
        case trailerEnd
        case lastEnd
        case end
    }

    private var state = State.size(digits: 0)
    /// What is left of the chunk.
    private var left = 0
    /// The bytes of the present size line, or of all trailers.
    private var lineBytes = 0

    /// The longest line before a chunk.
    private static let sizeLineLimit = 4096

    /// Takes what comes next in `bytes` and moves `position` behind it.
    mutating func next(
        _ bytes: Span<UInt8>, _ position: inout Int, trailerLimit: Int
    ) throws(ResponseParser.Violation) -> ResponseParser.Step {
        while position < bytes.count {
            if case .data = state {
                let range = position..<(position + min(left, bytes.count - position))
                left -= range.count
                position = range.upperBound
                if left == 0 { endChunk(bytes, &position) }
                return .body(range)
            }
            try take(bytes[position], trailerLimit)
            position += 1
            if case .end = state { return .end }
        }
        return .hungry
    }

    /// Takes the line end behind a chunk's data at once where it is there, so that the data of a read that brings one chunk
    /// are seen to be the last of it.
    private mutating func endChunk(_ bytes: Span<UInt8>, _ position: inout Int) {
        guard position + 2 <= bytes.count, bytes[position] == 13, bytes[position + 1] == 10 else {
            state = .dataReturn
            return
        }
        position += 2
        lineBytes = 0
        state = .size(digits: 0)
    }

    private mutating func take(_ byte: UInt8, _ trailerLimit: Int) throws(ResponseParser.Violation) {
        lineBytes += 1
        switch state {
        case .size(let digits):
            try takeSize(byte, digits)
        case .extensions:
            guard lineBytes <= Self.sizeLineLimit else { throw Self.malformed }
            if byte == 13 { state = .sizeEnd } else if byte == 10 { throw Self.malformed }
        case .sizeEnd:
            guard byte == 10 else { throw Self.malformed }
            lineBytes = 0
            state = left == 0 ? .trailerStart : .data
        case .dataReturn:
            guard byte == 13 else { throw Self.malformed }
            state = .dataEnd
        case .dataEnd:
            guard byte == 10 else { throw Self.malformed }
            lineBytes = 0
            state = .size(digits: 0)
        case .trailerStart, .trailer:
            guard lineBytes <= trailerLimit else {
                throw .tooLarge("the trailers of the response are too large")
            }
            guard byte != 10 else { throw Self.malformed }
            if byte != 13 {
                state = .trailer
            } else if case .trailer = state {
                state = .trailerEnd
            } else {
                state = .lastEnd
            }
        case .trailerEnd:
            guard byte == 10 else { throw Self.malformed }
            state = .trailerStart
        case .lastEnd:
            guard byte == 10 else { throw Self.malformed }
            state = .end
        case .data, .end:
            break
        }
    }

    private mutating func takeSize(_ byte: UInt8, _ digits: Int) throws(ResponseParser.Violation) {
        guard let digit = Self.hexadecimal(byte) else {
            guard digits > 0 else { throw Self.malformed }
            switch byte {
            case 13: state = .sizeEnd
            case UInt8(ascii: ";"), 32, 9: state = .extensions
            default: throw Self.malformed
            }
            return
        }
        // Fifteen digits are more than anybody can send, and fit in an integer.
        guard digits < 15 else { throw Self.malformed }
        left = digits == 0 ? digit : left << 4 | digit
        state = .size(digits: digits + 1)
    }

    private static func hexadecimal(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte) - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte) - 55
        default: nil
        }
    }

    private static var malformed: ResponseParser.Violation {
        .malformed("the chunks of the response make no sense")
    }
}
