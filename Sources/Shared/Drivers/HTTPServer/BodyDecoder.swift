/// Takes the framing off a request's body, whatever pieces it comes in.
struct BodyDecoder {
    /// The body is framed in a way that has no one meaning.
    struct Malformed: Error {}

    private enum Stage {
        /// So many bytes of the body, or of a chunk of it.
        case data(Int)
        /// In the size of a chunk, of which so many digits were read.
        case size(Int, digits: Int)
        /// Behind the size, in what some clients say about the chunk, so many bytes of which may still come.
        case annotation(Int, allowance: Int)
        /// At the line feed behind a chunk's size.
        case sizeEnd(Int)
        /// At the CR and at the LF behind a chunk's data.
        case dataEnd, dataEndLF
        /// At the beginning of a line behind the last chunk, in one, and at the line feed of one.
        case trailer, trailerLine, trailerEnd(isLast: Bool)
        case done
    }

    private var stage: Stage
    private let isChunked: Bool
    private var trailerBytes = 0
    private static let trailerLimit = 8 * 1024
    private static let annotationLimit = 4 * 1024

    /// Whether the body has come to its end.
    var isComplete: Bool {
        if case .done = stage { return true }
        return false
    }

    init(_ framing: RequestHead.Framing) {
        switch framing {
        case .none:
            stage = .done
            isChunked = false
        case .length(let length):
            stage = .data(length)
            isChunked = false
        case .chunked:
            stage = .size(0, digits: 0)
            isChunked = true
        }
    }

    /// Takes bytes off the wire and appends to `data` what of them is body; how many were taken: those behind the body's
    /// end are the next request's.
    mutating func decode(_ bytes: Span<UInt8>, into data: inout [UInt8]) throws(Malformed) -> Int {
        var position = 0
        while position < bytes.count {
            switch stage {
            case .done: return position
            case .data(let left):
                let count = min(left, bytes.count - position)
                // Copied before the call returns.
                unsafe bytes.extracting(position..<position + count)
                    .withUnsafeBufferPointer { unsafe data.append(contentsOf: $0) }
                position += count
                stage = count < left ? .data(left - count) : isChunked ? .dataEnd : .done
            case .annotation(let size, let allowance):
                let start = position
                while position < bytes.count, bytes[position] != 13, bytes[position] != 10 { position += 1 }
                let left = allowance - (position - start)
                guard left >= 0 else { throw Malformed() }
                guard position < bytes.count else {
                    stage = .annotation(size, allowance: left)
                    break
                }
                stage = try Self.behindSize(bytes[position], size, digits: 1)
                position += 1
            case .size, .sizeEnd, .dataEnd, .dataEndLF, .trailer, .trailerLine, .trailerEnd:
                stage = try next(bytes[position])
                position += 1
            }
        }
        return position
    }

    /// The stage behind one byte of the framing.
    private mutating func next(_ byte: UInt8) throws(Malformed) -> Stage {
        switch stage {
        case .size(let size, let digits):
            guard let digit = Self.hexadecimal(byte) else { return try Self.behindSize(byte, size, digits: digits) }
            guard digits < 15 else { throw Malformed() }
            return .size(size << 4 | digit, digits: digits + 1)
        case .sizeEnd(let size):
            guard byte == 10 else { throw Malformed() }
            return size > 0 ? .data(size) : .trailer
        case .dataEnd:
            guard byte == 13 else { throw Malformed() }
            return .dataEndLF
        case .dataEndLF:
            guard byte == 10 else { throw Malformed() }
            return .size(0, digits: 0)
        case .trailer: return try trailer(byte, isLast: true)
        case .trailerLine: return try trailer(byte, isLast: false)
        case .trailerEnd(let isLast):
            guard byte == 10 else { throw Malformed() }
            return isLast ? .done : .trailer
        case .data, .annotation, .done: return stage
        }
    }

    private static func behindSize(_ byte: UInt8, _ size: Int, digits: Int) throws(Malformed) -> Stage {
        guard digits > 0 else { throw Malformed() }
        switch byte {
        case 13: return .sizeEnd(size)
        case UInt8(ascii: ";"), 32, 9: return .annotation(size, allowance: annotationLimit)
        default: throw Malformed()
        }
    }

    /// What clients say behind the last chunk is read away, to a limit.
    private mutating func trailer(_ byte: UInt8, isLast: Bool) throws(Malformed) -> Stage {
        trailerBytes += 1
        guard byte != 10, trailerBytes <= Self.trailerLimit else { throw Malformed() }
        return byte == 13 ? .trailerEnd(isLast: isLast) : .trailerLine
    }

    private static func hexadecimal(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
