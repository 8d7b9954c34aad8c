internal import HTTPMessages

/// The head of a response, and what it says about the body.
struct ResponseHead {
    let status: Int
    var headers: HTTPHeaders
    /// How one finds the end of the body.
    let framing: Framing
    /// Whether the server means to answer further requests on this connection.
    let isPersistent: Bool

    /// The ways to tell where a body ends (RFC 9112 §6.3).
    enum Framing: Equatable {
        case length(Int)
        case chunked
        /// It ends with the connection.
        case close
    }

    /// The most fields of a head.
    static let fieldLimit = 1024

    /// Whether a final response is still to come.
    var isInterim: Bool { status < 200 }

    /// Reads a complete head, the empty line included. `isAnswerToHead`: the request was a HEAD.
    ///
    /// Line ends may be bare LF (RFC 9112 §2.2); nothing else is forgiven. What could be understood in two ways is
    /// refused: a folded line, a blank before the colon, a bare CR, two lengths, or a length beside a coding.
    init(_ block: [UInt8], isAnswerToHead: Bool) throws(ResponseParser.Violation) {
        let bytes = block.span
        var position = 0
        let version: UInt8
        (version, status) = try Self.statusLine(bytes.extracting(Self.takeLine(bytes, &position)))
        var places: [HTTPHeaders.Place] = []
        places.reserveCapacity(12)
        var framing = FramingFields()
        while case let line = Self.takeLine(bytes, &position), !line.isEmpty {
            let (name, value) = try Self.field(bytes, line)
            try framing.take(bytes.extracting(name), bytes.extracting(value))
            places.append(HTTPHeaders.Place(name: name, value: value))
            guard places.count <= Self.fieldLimit else {
                throw .tooLarge("the response head has more than \(Self.fieldLimit) fields")
            }
        }
        headers = HTTPHeaders(block: block, places: places)
        let hasNoBody = isAnswerToHead || status < 200 || status == 204 || status == 304
        self.framing = try hasNoBody ? .length(0) : framing.framing
        // In HTTP/1.0 a coding is not to be trusted: that connection is used no further (RFC 9112 §6.1).
        let isOld = version == UInt8(ascii: "0")
        isPersistent = isOld ? framing.saysKeepAlive && !framing.isChunked : !framing.saysClose
    }

    /// The range of the next line without its end; `position` moves behind it.
    private static func takeLine(_ bytes: Span<UInt8>, _ position: inout Int) -> Range<Int> {
        let start = position
        guard let end = bytes.firstIndex(of: 10, in: start..<bytes.count) else {
            position = bytes.count
            return start..<position
        }
        position = end + 1
        return start..<(end > start && bytes[end - 1] == 13 ? end - 1 : end)
    }

    /// The minor version's digit and the status of `HTTP/1.1 200 OK`.
    private static func statusLine(
        _ line: Span<UInt8>
    ) throws(ResponseParser.Violation) -> (version: UInt8, status: Int) {
        let begin = "HTTP/1.".utf8.span
        guard line.count >= 12, (0..<7).allSatisfy({ line[$0] == begin[$0] }), isDigit(line[7]),
            line[8] == 32,
            isDigit(line[9]), isDigit(line[10]), isDigit(line[11]), line.count == 12 || line[12] == 32,
            FieldSyntax.isOneLine(line)
        else { throw .malformed("the response does not begin as one of HTTP/1") }
        let status = (9..<12).reduce(0) { $0 * 10 + Int(line[$1] - UInt8(ascii: "0")) }
        guard status >= 100, status != 101 else {
            throw .malformed("the response has status \(status)")
        }
        return (line[7], status)
    }

    private static func field(
        _ bytes: Span<UInt8>, _ line: Range<Int>
    ) throws(ResponseParser.Violation) -> (name: Range<Int>, value: Range<Int>) {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":"), in: line) else {
            throw .malformed("the response head has a line without a colon")
        }
        let name = line.lowerBound..<colon
        guard FieldSyntax.isToken(bytes.extracting(name)) else {
            throw .malformed("the response head has a field without a proper name")
        }
        let value = FieldSyntax.trimmed(bytes, (colon + 1)..<line.upperBound)
        guard FieldSyntax.isOneLine(bytes.extracting(value)) else {
            throw .malformed("the response head has a field with a bare CR or a NUL")
        }
        return (name, value)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}

/// The fields that say where the body ends and what becomes of the connection then.
private struct FramingFields {
    private var length: Int?
    private(set) var isChunked = false
    private(set) var saysClose = false
    private(set) var saysKeepAlive = false

    mutating func take(_ name: Span<UInt8>, _ value: Span<UInt8>) throws(ResponseParser.Violation) {
        switch name.count {
        case 10 where FieldSyntax.same(name, "connection"):
            saysClose = saysClose || FieldSyntax.list(value, contains: "close")
            saysKeepAlive = saysKeepAlive || FieldSyntax.list(value, contains: "keep-alive")
        case 14 where FieldSyntax.same(name, "content-length"):
            guard let announced = FieldSyntax.number(value) else {
                throw .malformed("the response announces a length that is none")
            }
            guard length == nil || length == announced else {
                throw .malformed("the response announces two different lengths")
            }
            length = announced
        case 17 where FieldSyntax.same(name, "transfer-encoding"):
            guard !isChunked, FieldSyntax.same(value, "chunked") else {
                throw .malformed("the response has a transfer coding that was not asked for")
            }
            isChunked = true
        default:
            break
        }
    }

    var framing: ResponseHead.Framing {
        get throws(ResponseParser.Violation) {
            guard isChunked else { return length.map { .length($0) } ?? .close }
            guard length == nil else {
                throw .malformed("the response has both a length and a transfer coding")
            }
            return .chunked
        }
    }
}
