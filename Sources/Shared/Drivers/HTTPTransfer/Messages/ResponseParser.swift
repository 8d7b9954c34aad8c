internal import HTTPMessages

/// Reads one response of HTTP/1.1 from bytes as they come (RFC 9112), never more of them than belong to it.
///
/// A plain value: it keeps no more than a head, a chunk's size line or a trailer that is not complete.
struct ResponseParser {
    /// What the next bytes are.
    enum Step {
        /// All were taken, and more are needed.
        case hungry
        /// The head of the final response is complete.
        case head(ResponseHead)
        /// Those in the range are of the body.
        case body(Range<Int>)
        /// The response is complete; what follows is not of it.
        case end
    }

    /// What cannot be a response.
    enum Violation: Error, Equatable {
        case tooLarge(String)
        case malformed(String)
    }

    /// What the end of the connection means.
    enum Ending: Equatable {
        /// The response is complete with it.
        case complete
        /// No byte of a response has come.
        case silent
        /// The head or the body is not complete.
        case amidHead
        case amidBody
    }

    private enum State {
        case head
        case length(Int)
        case chunked
        case close
        case end
    }

    private let isAnswerToHead: Bool
    private let headLimit: Int
    private var state = State.head
    private var partial: [UInt8] = []
    private var lines = LineEnds()
    private var chunks = ChunkedBody()
    private var headBytes = 0
    /// Whether the head of the final response was complete.
    private(set) var hasHead = false
    private var isPersistent = false

    /// A parser for the answer to one request. All heads, interim ones and trailers included, may have `headLimit` bytes.
    init(isAnswerToHead: Bool, headLimit: Int) {
        self.isAnswerToHead = isAnswerToHead
        self.headLimit = headLimit
    }

    /// Whether a byte of a response has come.
    var hasBegun: Bool { headBytes > 0 }

    /// Whether the connection may carry another request once the response is complete.
    var leavesConnectionUsable: Bool { isPersistent }

    /// Takes what comes next in `bytes` and moves `position` behind it.
    mutating func next(_ bytes: Span<UInt8>, _ position: inout Int) throws(Violation) -> Step {
        switch state {
        case .end:
            return .end
        case .head:
            return try head(bytes, &position)
        case .length(let left):
            guard left > 0 else {
                state = .end
                return .end
            }
            let range = position..<(position + min(left, bytes.count - position))
            state = .length(left - range.count)
            return body(range, &position)
        case .close:
            return body(position..<bytes.count, &position)
        case .chunked:
            let step = try chunks.next(bytes, &position, trailerLimit: headLimit - headBytes)
            if case .end = step { state = .end }
            return step
        }
    }

    private func body(_ range: Range<Int>, _ position: inout Int) -> Step {
        position = range.upperBound
        return range.isEmpty ? .hungry : .body(range)
    }

    /// No byte will come any more.
    func ended() -> Ending {
        switch state {
        case .head: hasBegun ? .amidHead : .silent
        case .length(0), .close, .end: .complete
        case .length, .chunked: .amidBody
        }
    }

    private mutating func head(_ bytes: Span<UInt8>, _ position: inout Int) throws(Violation) -> Step {
        while position < bytes.count {
            let start = position
            let end = lines.endOfBlock(in: bytes, from: start)
            position = end ?? bytes.count
            headBytes += position - start
            guard headBytes <= headLimit else {
                throw .tooLarge("the response head is larger than \(headLimit) bytes")
            }
            let piece = bytes.extracting(start..<position)
            guard end != nil else {
                partial.append(copying: piece)
                // A server that speaks something else may never end a line.
                guard zip(partial, "HTTP/".utf8).allSatisfy({ $0 == $1 }) else {
                    throw .malformed("the response does not begin as one of HTTP/1")
                }
                return .hungry
            }
            let head = try parse(piece)
            guard !head.isInterim else { continue }
            hasHead = true
            isPersistent = head.isPersistent
            switch head.framing {
            case .length(let length): state = .length(length)
            case .chunked: state = .chunked
            case .close:
                state = .close
                isPersistent = false
            }
            return .head(head)
        }
        return .hungry
    }

    private mutating func parse(_ piece: Span<UInt8>) throws(Violation) -> ResponseHead {
        var block = partial
        partial = []
        block.append(copying: piece)
        return try ResponseHead(block, isAnswerToHead: isAnswerToHead)
    }
}

/// Finds the empty line that ends a block of lines, however the block is cut into pieces.
private struct LineEnds {
    /// How much of the present line was in earlier pieces; whether that is a CR counts only when it is one byte.
    private var carried = 0
    private var endsWithReturn = false

    /// Where the block ends that began before or at `start`; `nil` when not in these bytes.
    mutating func endOfBlock(in bytes: Span<UInt8>, from start: Int) -> Int? {
        var lineStart = start
        while let lineEnd = bytes.firstIndex(of: 10, in: lineStart..<bytes.count) {
            let length = carried + lineEnd - lineStart
            let isReturn = lineEnd > lineStart ? bytes[lineEnd - 1] == 13 : endsWithReturn
            carried = 0
            if length == 0 || length == 1 && isReturn { return lineEnd + 1 }
            lineStart = lineEnd + 1
        }
        if lineStart < bytes.count {
            carried += bytes.count - lineStart
            endsWithReturn = bytes[bytes.count - 1] == 13
        }
        return nil
    }
}
