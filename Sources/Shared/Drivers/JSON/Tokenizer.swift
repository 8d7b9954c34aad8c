/// How large and deep a document may be.
package struct JSONLimits: Sendable {
    /// Nested arrays and objects.
    package var depth: Int
    /// Length in bytes; offsets are 32 bits wide, so nothing above 2 GB is ever read.
    package var lengthInBytes: Int

    package init(depth: Int = 256, lengthInBytes: Int = Int(Int32.max)) {
        self.depth = depth
        self.lengthInBytes = min(lengthInBytes, Int(Int32.max))
    }
}

/// The one reader of JSON text: strict RFC 8259, without recursion; it fills the tape.
struct Tokenizer {
    private let limits: JSONLimits
    private let recordedDepth: Int
    private(set) var tokens = ContiguousArray<Token>()
    /// The array or object that is being read, and outside of all one that stands for the document. Not in the list of those
    /// around it: each token would have to look it up there.
    private var frame = Frame(token: -1, isObject: false)
    private var outerFrames = ContiguousArray<Frame>()
    var position = 0

    /// An open array or object.
    private struct Frame {
        /// Its token, or -1 when it is too deep to be recorded.
        let token: Int
        let isObject: Bool
        var childCount = 0
        /// A 64-bit sketch of the names so far: names that differ here are different.
        var sketch: UInt64 = 0
        var flags: Token.Flags = []
    }

    private enum State {
        case value, firstElement, firstMember, member, afterValue
    }

    init(limits: JSONLimits, recordedDepth: Int) {
        self.limits = limits
        self.recordedDepth = recordedDepth
    }

    /// Reads the whole document.
    mutating func run(_ bytes: Span<UInt8>) throws(JSONDecodingError) {
        guard bytes.count <= limits.lengthInBytes else {
            throw JSONDecodingError(
                .syntax(line: 1, column: 1), path: [], expected: "at most \(limits.lengthInBytes) bytes",
                found: "\(bytes.count)")
        }
        // No more than malloc has at hand, for most documents; what it has to look for costs several times as much.
        tokens.reserveCapacity(recordedDepth == .max ? max(48, bytes.count / 16) : 48)
        outerFrames.reserveCapacity(16)
        var state = State.value
        while true {
            let byte = nextSignificantByte(bytes)
            switch state {
            case .firstElement where byte == UInt8(ascii: "]"), .firstMember where byte == UInt8(ascii: "}"):
                close()
                state = .afterValue
            case .value, .firstElement:
                state = try value(byte, bytes)
            case .firstMember, .member:
                try memberName(byte, bytes)
                state = .value
            case .afterValue:
                guard depth > 0 else {
                    guard position == bytes.count else { throw unexpected("the end", bytes) }
                    return
                }
                if byte == UInt8(ascii: ",") {
                    position += 1
                    state = frame.isObject ? .member : .value
                } else if byte == (frame.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    close()
                } else {
                    throw unexpected(frame.isObject ? "`,` or `}`" : "`,` or `]`", bytes)
                }
            }
        }
    }

    /// How many arrays and objects are open.
    private var depth: Int { outerFrames.count }

    /// Skips white space; 0 at the end, which starts nothing.
    private mutating func nextSignificantByte(_ bytes: Span<UInt8>) -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return 0
    }

    private mutating func value(_ byte: UInt8, _ bytes: Span<UInt8>) throws(JSONDecodingError) -> State {
        switch byte {
        case UInt8(ascii: "\""):
            let start = position + 1
            let escaped = try skipString(bytes)
            record(.string, start, position - 1, escaped ? .escaped : [])
        case UInt8(ascii: "{"):
            try open(.object, bytes)
            return .firstMember
        case UInt8(ascii: "["):
            try open(.array, bytes)
            return .firstElement
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let start = position
            let isInteger = try skipNumber(bytes)
            record(isInteger ? .integer : .number, start, position, [])
        case UInt8(ascii: "t"):
            try literal("true", .true, bytes)
        case UInt8(ascii: "f"):
            try literal("false", .false, bytes)
        case UInt8(ascii: "n"):
            try literal("null", .null, bytes)
        default:
            throw unexpected("a value", bytes)
        }
        return .afterValue
    }

    private mutating func literal(_ text: StaticString, _ kind: Token.Kind, _ bytes: Span<UInt8>)
        throws(JSONDecodingError)
    {
        let start = position
        for offset in 0..<text.utf8CodeUnitCount {
            guard position < bytes.count, unsafe bytes[position] == text.utf8Start[offset] else {
                throw unexpected("`\(text)`", bytes)
            }
            position += 1
        }
        record(kind, start, position, [])
    }

    // MARK: The tape

    private mutating func record(_ kind: Token.Kind, _ start: Int, _ end: Int, _ flags: Token.Flags) {
        frame.childCount += 1
        guard depth <= recordedDepth else { return }
        append(kind, start, end, flags)
    }

    private mutating func append(_ kind: Token.Kind, _ start: Int, _ end: Int, _ flags: Token.Flags) {
        tokens.append(
            Token(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
                next: UInt32(truncatingIfNeeded: tokens.count + 1), kind: kind, flags: flags, childCount: 0))
    }

    private mutating func open(_ kind: Token.Kind, _ bytes: Span<UInt8>) throws(JSONDecodingError) {
        guard depth < limits.depth else {
            throw unexpected("at most \(limits.depth) nested arrays and objects", bytes)
        }
        let isRecorded = depth <= recordedDepth
        record(kind, position, position, [])
        outerFrames.append(frame)
        frame = Frame(token: isRecorded ? tokens.count - 1 : -1, isObject: kind == .object)
        position += 1
    }

    private mutating func close() {
        position += 1
        let closed = frame
        frame = outerFrames.removeLast()
        guard closed.token >= 0 else { return }
        var token = tokens[closed.token]
        token.end = UInt32(truncatingIfNeeded: position)
        token.next = UInt32(truncatingIfNeeded: tokens.count)
        token.childCount = UInt16(clamping: closed.childCount)
        token.flags = closed.flags
        tokens[closed.token] = token
    }

    private mutating func memberName(_ byte: UInt8, _ bytes: Span<UInt8>) throws(JSONDecodingError) {
        guard byte == UInt8(ascii: "\"") else { throw unexpected("a member name in double quotes", bytes) }
        let start = position + 1
        let escaped = try skipString(bytes)
        let end = position - 1
        if depth <= recordedDepth {
            noteName(start, end, escaped, bytes)
            append(.string, start, end, escaped ? .escaped : [])
        }
        guard nextSignificantByte(bytes) == UInt8(ascii: ":") else { throw unexpected("`:`", bytes) }
        position += 1
    }

    /// Marks the open object when the name may have occurred before. Exact for small objects; large ones and escaped
    /// names are marked without looking, since readers of those build an index anyway.
    private mutating func noteName(_ start: Int, _ end: Int, _ escaped: Bool, _ bytes: Span<UInt8>) {
        guard !escaped, frame.childCount < Tape.largestSearchedLinearly else {
            frame.flags = .repeatedKeys
            return
        }
        var mixed = end - start
        if end > start { mixed = mixed &* 31 &+ Int(bytes[start]) &* 7 &+ Int(bytes[end - 1]) &* 3 }
        if end - start > 2 { mixed = mixed &+ Int(bytes[start + (end - start) / 2]) }
        let bit: UInt64 = 1 << UInt64(mixed & 63)
        if frame.sketch & bit != 0, hasName(start, end, in: frame.token, bytes) { frame.flags = .repeatedKeys }
        frame.sketch |= bit
    }

    private func hasName(_ start: Int, _ end: Int, in object: Int, _ bytes: Span<UInt8>) -> Bool {
        var name = object + 1
        while name < tokens.count {
            let token = tokens[name]
            if Int(token.end) - Int(token.start) == end - start {
                var offset = 0
                while offset < end - start, bytes[start + offset] == bytes[Int(token.start) + offset] { offset += 1 }
                if offset == end - start { return true }
            }
            name = Int(tokens[name + 1].next)
        }
        return false
    }

    /// The error for what stands at `position`.
    func unexpected(_ expected: String, _ bytes: Span<UInt8>, found: String? = nil) -> JSONDecodingError {
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
            .syntax(line: line, column: column), path: [], expected: expected, found: found ?? describeByte(bytes))
    }

    private func describeByte(_ bytes: Span<UInt8>) -> String {
        guard position < bytes.count else { return "the end" }
        let byte = bytes[position]
        return (0x21...0x7E).contains(byte) ? "`\(Unicode.Scalar(byte))`" : "byte \(byte)"
    }
}
