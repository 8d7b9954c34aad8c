internal import HTTPMessages

/// A request as its head says it, and how its body is framed. Strict: what two servers in a row could read differently
/// is refused.
struct RequestHead {
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
    }

    /// What the handler is given. Made while the head is read, so that nothing of it is copied.
    let request: HTTPRequest
    let framing: Framing
    let isHead: Bool
    let expectsContinue: Bool
    let isHTTP10: Bool
    /// Whether the client wants the connection closed after the answer.
    let endsConnection: Bool

    /// Reads a whole head, the empty line at its end included.
    init(_ bytes: [UInt8], limits: HTTPLimits, on connection: Connection) throws(HTTPRefusal) {
        let span = bytes.span
        let line = try RequestLine(span, limit: limits.targetBytes)
        var fields = FieldReader(from: line.end)
        while try fields.next(in: span) {}
        if let refusal = fields.refusal(isHTTP10: line.isHTTP10) { throw refusal }
        let method = Self.text(bytes, line.method)
        isHead = method == "HEAD"
        guard bytes[line.path.lowerBound] != UInt8(ascii: "*") || method == "OPTIONS" else { throw .malformed }
        framing = fields.framing
        // HTTP/1.0 knows no interim answers.
        expectsContinue = fields.expectsContinue && !line.isHTTP10
        isHTTP10 = line.isHTTP10
        endsConnection = fields.endsConnection || line.isHTTP10 && !fields.keepsConnection
        let length: Int? = if case .length(let length) = framing { length } else { nil }
        let body = framing == .none ? nil : BodyStream(on: connection.server.loop, announcedLength: length)
        request = HTTPRequest(
            method: HTTPMethod(rawValue: method), path: Self.text(bytes, line.path),
            query: line.query.map { Self.text(bytes, $0) }, headers: HTTPHeaders(block: bytes, places: fields.places),
            remoteAddress: connection.peer, isSecure: connection.isSecure, body: HTTPRequestBody(body))
    }

    private static func text(_ bytes: [UInt8], _ range: Range<Int>) -> String {
        // Within the head, whose parts these are, and the string is a copy.
        unsafe bytes.withUnsafeBufferPointer {
            unsafe String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self)
        }
    }
}

/// The parts of a request's first line: `GET /path?query HTTP/1.1`.
private struct RequestLine {
    let method: Range<Int>
    let path: Range<Int>
    let query: Range<Int>?
    let isHTTP10: Bool
    /// Where the fields begin.
    let end: Int

    init(_ bytes: Span<UInt8>, limit: Int) throws(HTTPRefusal) {
        var position = FieldSyntax.tokenEnd(in: bytes, from: 0)
        guard position > 0, bytes[position] == UInt8(ascii: " ") else { throw .malformed }
        method = 0..<position
        let start = position + 1
        position = start
        var question: Int?
        while Self.isTarget(bytes[position]) {
            if bytes[position] == UInt8(ascii: "?"), question == nil { question = position }
            position += 1
        }
        guard position - start <= limit else { throw .targetTooLong }
        // The absolute form is for proxies, the authority form for CONNECT: we are neither.
        let isPath = bytes[start] == UInt8(ascii: "/")
        guard isPath || (bytes[start] == UInt8(ascii: "*") && position == start + 1) else { throw .malformed }
        path = start..<(question ?? position)
        query = question.map { $0 + 1..<position }
        let version = Array(" HTTP/1.".utf8)
        end = position + version.count + 3
        guard end <= bytes.count else { throw .malformed }
        for offset in version.indices where bytes[position + offset] != version[offset] { throw .malformed }
        let minor = bytes[end - 3]
        guard minor &- UInt8(ascii: "0") < 10, bytes[end - 2] == 13, bytes[end - 1] == 10 else { throw .malformed }
        isHTTP10 = minor == UInt8(ascii: "0")
    }

    /// Whether `byte` may stand in a target. Bytes above ASCII are let through for clients that do not encode them; `#` is
    /// never sent.
    private static func isTarget(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7f && byte != UInt8(ascii: "#")
    }
}

/// Reads the fields one by one and notices what makes a request ambiguous.
private struct FieldReader {
    private var position: Int
    private(set) var places: [HTTPHeaders.Place] = []
    private(set) var expectsContinue = false
    private(set) var endsConnection = false
    private(set) var keepsConnection = false
    private var hosts = 0
    private var lengths = 0
    private var length = 0
    private var codings = 0
    private var isChunked = false

    init(from start: Int) {
        position = start
        places.reserveCapacity(12)
    }

    var framing: RequestHead.Framing {
        if codings > 0 { return .chunked }
        return length > 0 ? .length(length) : .none
    }

    /// What is wrong with the fields as a whole.
    func refusal(isHTTP10: Bool) -> HTTPRefusal? {
        if lengths > 1 || codings > 1 || hosts > 1 { return .malformed }
        if codings > 0 && (lengths > 0 || isHTTP10) { return .malformed }
        if hosts == 0 && !isHTTP10 { return .malformed }
        if codings > 0 && !isChunked { return .unknownTransferCoding }
        return nil
    }

    /// Reads the next field; `false` at the empty line.
    ///
    /// Every line ends with CR and LF and the last one is empty, which whoever found the head's end has seen to.
    mutating func next(in bytes: Span<UInt8>) throws(HTTPRefusal) -> Bool {
        let start = position
        position = FieldSyntax.tokenEnd(in: bytes, from: start)
        if position == start, bytes[position] == 13, position + 2 == bytes.count { return false }
        guard position > start, bytes[position] == UInt8(ascii: ":") else { throw .malformed }
        let name = start..<position
        position += 1
        while bytes[position] == 32 || bytes[position] == 9 { position += 1 }
        let valueStart = position
        position = HeadEnd.lineFeed(in: bytes, from: position)
        guard position < bytes.count else { throw .malformed }
        var valueEnd = position - 1
        position += 1
        while valueEnd > valueStart, bytes[valueEnd - 1] == 32 || bytes[valueEnd - 1] == 9 { valueEnd -= 1 }
        let value = bytes.extracting(valueStart..<valueEnd)
        guard FieldSyntax.isValue(value) else { throw .malformed }
        try note(bytes.extracting(name), value)
        places.append(HTTPHeaders.Place(name: name, value: valueStart..<valueEnd))
        return true
    }

    private mutating func note(_ name: Span<UInt8>, _ value: Span<UInt8>) throws(HTTPRefusal) {
        switch name.count {
        case 4 where FieldSyntax.same(name, "host"): hosts += 1
        case 6 where FieldSyntax.same(name, "expect"):
            expectsContinue = expectsContinue || FieldSyntax.same(value, "100-continue")
        case 10 where FieldSyntax.same(name, "connection"):
            endsConnection = endsConnection || FieldSyntax.list(value, contains: "close")
            keepsConnection = keepsConnection || FieldSyntax.list(value, contains: "keep-alive")
        case 14 where FieldSyntax.same(name, "content-length"):
            lengths += 1
            guard let number = FieldSyntax.number(value) else { throw .malformed }
            length = number
        case 17 where FieldSyntax.same(name, "transfer-encoding"):
            codings += 1
            isChunked = FieldSyntax.same(value, "chunked")
        default: break
        }
    }
}
