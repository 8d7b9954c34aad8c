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
///
/// What every token passes through is here and short; mistakes, white space and what is rare in strings are calls.
struct Tokenizer: ~Copyable {
    private let limits: JSONLimits
    private let recordedDepth: Int
    private var frames: FrameStack
    var position = 0

    private init(limits: JSONLimits, recordedDepth: Int, frames: consuming FrameStack) {
        self.limits = limits
        self.recordedDepth = recordedDepth
        self.frames = frames
    }

    /// The tokens of a whole document, but for those nested deeper than `recordedDepth`, which are only checked.
    static func tokens(
        of bytes: [UInt8], limits: JSONLimits, recordedDepth: Int
    ) throws(JSONDecodingError) -> ContiguousArray<Token> {
        guard bytes.count <= limits.lengthInBytes else {
            throw JSONDecodingError(
                .syntax(line: 1, column: 1), path: [], expected: "at most \(limits.lengthInBytes) bytes",
                found: "\(bytes.count)")
        }
        // The lent memory is there until the closure returns, and the frames in it are not handed out of it.
        return try unsafe withUnsafeTemporaryAllocation(of: Frame.self, capacity: FrameStack.usualCapacity) { lent in
            let outermost = Frame(token: -1, closing: 0, isRecorded: recordedDepth >= 0)
            let frames = unsafe FrameStack(in: lent, outermost: outermost)
            return Tokenizer(limits: limits, recordedDepth: recordedDepth, frames: frames).tokens(of: bytes)
        }.get()
    }

    private consuming func tokens(of bytes: [UInt8]) -> Result<ContiguousArray<Token>, JSONDecodingError> {
        var tokenizer = self
        var tokens = ContiguousArray<Token>()
        // The most that malloc has at hand, for most documents; what it has to look for costs several times as much.
        var capacity = tokenizer.recordedDepth == .max ? max(62, bytes.count / 16) : 62
        var isWhole = false
        do throws(SyntaxMistake) {
            while !isWhole {
                let earlier = tokens
                tokens = ContiguousArray()
                // Not made with this capacity: that would not be compiled for tokens.
                try tokens.append(addingCapacity: capacity) { (output) throws(SyntaxMistake) in
                    for index in earlier.indices { output.append(earlier[index]) }
                    isWhole = try tokenizer.read(bytes.span, into: &output)
                }
                capacity *= 2
            }
        } catch {
            return .failure(error.error(at: tokenizer.position, in: bytes.span, tokenizer.limits))
        }
        return .success(tokens)
    }

    /// Reads to the document's end; false when it has to go on with more room for tokens.
    @inline(never)
    private mutating func read(
        _ bytes: Span<UInt8>, into tokens: inout OutputSpan<Token>
    ) throws(SyntaxMistake) -> Bool {
        // A turn adds a name and a value at most.
        while tokens.freeCapacity >= 2 {
            if frames.innermost.isObject { try memberName(bytes, &tokens) }
            if try value(bytes, &tokens) { continue }
            guard try skipToNext(bytes, &tokens) else { return true }
        }
        return false
    }

    // MARK: Between the values

    /// Skips white space; 0 at the end, which starts nothing.
    @inline(__always)
    private mutating func nextSignificantByte(_ bytes: Span<UInt8>) -> UInt8 {
        if bytes.has(position), bytes[position] > 0x20 { return bytes[position] }
        return skipWhiteSpace(bytes)
    }

    @inline(never)
    private mutating func skipWhiteSpace(_ bytes: Span<UInt8>) -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position &+= 1
        }
        return 0
    }

    /// Skips what stands behind a value: the ends of all that it is the last in, and the comma; false at the document's
    /// end.
    @inline(__always)
    private mutating func skipToNext(
        _ bytes: Span<UInt8>, _ tokens: inout OutputSpan<Token>
    ) throws(SyntaxMistake) -> Bool {
        while frames.depth > 0 {
            let byte = nextSignificantByte(bytes)
            if byte == UInt8(ascii: ",") {
                position &+= 1
                return true
            }
            guard byte == frames.innermost.closing else {
                throw frames.innermost.isObject ? .commaOrBrace : .commaOrBracket
            }
            close(&tokens)
        }
        _ = nextSignificantByte(bytes)
        guard position == bytes.count else { throw .end }
        return false
    }

    /// Reads a member's name and the colon.
    @inline(__always)
    private mutating func memberName(
        _ bytes: Span<UInt8>, _ tokens: inout OutputSpan<Token>
    ) throws(SyntaxMistake) {
        guard nextSignificantByte(bytes) == UInt8(ascii: "\"") else { throw .name }
        let start = position &+ 1
        let flags = try skipString(bytes)
        if frames.innermost.isRecorded {
            let end = position &- 1
            noteName(start, end, flags, bytes, tokens)
            tokens.append(Token(.string, start, end, flags, next: tokens.count &+ 1))
        }
        guard nextSignificantByte(bytes) == UInt8(ascii: ":") else { throw .colon }
        position &+= 1
    }

    // MARK: Values

    /// Reads a value; of an array or object that is not empty only the opening, and then it is true.
    @inline(__always)
    private mutating func value(
        _ bytes: Span<UInt8>, _ tokens: inout OutputSpan<Token>
    ) throws(SyntaxMistake) -> Bool {
        let byte = nextSignificantByte(bytes)
        var start = position
        let kind: Token.Kind
        var flags: Token.Flags = []
        if byte == UInt8(ascii: "\"") {
            kind = .string
            flags = try skipString(bytes)
            start &+= 1
        } else if isDigit(byte) || byte == UInt8(ascii: "-") {
            kind = try skipNumber(bytes) ? .integer : .number
        } else if byte == UInt8(ascii: "{") {
            return try open(.object, UInt8(ascii: "}"), bytes, &tokens)
        } else if byte == UInt8(ascii: "[") {
            return try open(.array, UInt8(ascii: "]"), bytes, &tokens)
        } else {
            kind = try skipLiteral(byte, bytes)
        }
        frames.innermost.childCount &+= 1
        if frames.innermost.isRecorded {
            let end = kind == .string ? position &- 1 : position
            tokens.append(Token(kind, start, end, flags, next: tokens.count &+ 1))
        }
        return false
    }

    /// Begins an array or object, and ends it when it is empty; true when it is not.
    @inline(never)
    private mutating func open(
        _ kind: Token.Kind, _ closing: UInt8, _ bytes: Span<UInt8>, _ tokens: inout OutputSpan<Token>
    ) throws(SyntaxMistake) -> Bool {
        let depth = frames.depth
        guard depth < limits.depth else { throw .depth }
        frames.innermost.childCount &+= 1
        let token = frames.innermost.isRecorded ? tokens.count : -1
        // Its end and what is next come when it is closed.
        if token >= 0 { tokens.append(Token(kind, position, position, [], next: 0)) }
        frames.push(Frame(token: token, closing: closing, isRecorded: depth < recordedDepth))
        position &+= 1
        guard nextSignificantByte(bytes) == closing else { return true }
        close(&tokens)
        return false
    }

    private mutating func close(_ tokens: inout OutputSpan<Token>) {
        position &+= 1
        let frame = frames.innermost
        frames.pop()
        if frame.token >= 0 { tokens[frame.token].close(frame, end: position, next: tokens.count) }
    }

    // MARK: Names

    /// Marks the open object when the name may have occurred before. Exact for small objects; large ones and escaped
    /// names are marked without looking, since readers of those build an index anyway.
    @inline(__always)
    private mutating func noteName(
        _ start: Int, _ end: Int, _ flags: Token.Flags, _ bytes: Span<UInt8>, _ tokens: borrowing OutputSpan<Token>
    ) {
        guard flags.isEmpty, frames.innermost.childCount < Tape.largestSearchedLinearly else {
            frames.innermost.flags = .repeatedKeys
            return
        }
        // Of a name without bytes these are its quotes.
        let mixed = (end &- start) &* 31 &+ Int(bytes[start]) &* 7 &+ Int(bytes[end &- 1]) &* 3
        let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: mixed)
        if frames.innermost.sketch & bit != 0, hasName(start, end, bytes, tokens) {
            frames.innermost.flags = .repeatedKeys
        }
        frames.innermost.sketch |= bit
    }

    /// Whether the open object has a name already.
    @inline(never)
    private func hasName(
        _ start: Int, _ end: Int, _ bytes: Span<UInt8>, _ tokens: borrowing OutputSpan<Token>
    ) -> Bool {
        let wanted = bytes.extracting(start..<end)
        var name = frames.innermost.token + 1
        while name < tokens.count {
            if tokens[name].reads(wanted, in: bytes) { return true }
            name = Int(tokens[name + 1].next)
        }
        return false
    }
}
