internal import HTTPMessages

/// The head of one request as it goes on the wire, in memory that the next request uses again.
@safe struct RequestHeadBuffer: ~Copyable {
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity = 1024
    private var count = 0
    private let userAgentLine: [UInt8]

    /// A request that must not be sent.
    struct Invalid: Error {
        let reason: String
    }

    init(userAgent: String?) {
        unsafe memory = .allocate(capacity: capacity)
        userAgentLine = userAgent.map { Array("User-Agent: \($0)\r\n".utf8) } ?? []
    }

    deinit { unsafe memory.deallocate() }

    /// What was written last.
    var bytes: UnsafeBufferPointer<UInt8> { unsafe UnsafeBufferPointer(start: memory, count: count) }

    /// Writes the head of `request`. Lines that a caller has fields for are left out.
    mutating func fill(_ request: OutboundRequest, to target: TransferTarget) throws(Invalid) {
        let own = try OwnFields(request.headers)
        reserve(request, target, fieldBytes: own.bytes)
        count = 0
        let method = request.method.rawValue.utf8.span
        guard FieldSyntax.isToken(method) else { throw Invalid(reason: "the method is not a token") }
        put(method)
        put(target.requestLine)
        if !own.hasHost { put(target.hostLine) }
        if !own.hasAuthorization { put(target.authorizationLine) }
        if !own.hasUserAgent { put(userAgentLine) }
        if !own.hasAccept { put("Accept: */*\r\n") }
        try put(request.headers)
        putFraming(request)
        put("\r\n")
    }

    private mutating func put(_ headers: HTTPHeaders) throws(Invalid) {
        var problem: String?
        headers.forEach { name, value in
            put(name)
            put(": ")
            put(value)
            put("\r\n")
            if !FieldSyntax.isToken(name) { problem = "a header has a name that is not allowed" }
            if !FieldSyntax.isValue(value) { problem = "the value of a header has a control character" }
        }
        if let problem { throw Invalid(reason: problem) }
    }

    private mutating func putFraming(_ request: OutboundRequest) {
        switch request.body {
        case .none: if [.post, .put, .patch].contains(request.method) { putLength(0) }
        case .bytes(let bytes): putLength(bytes.count)
        case .stream(let length?, _): putLength(length)
        case .stream(nil, _): put("Transfer-Encoding: chunked\r\n")
        }
    }

    private mutating func putLength(_ length: Int) {
        put("Content-Length: ")
        var scale = 1
        while length / scale >= 10 { scale *= 10 }
        while scale > 0 {
            unsafe memory[count] = UInt8(48 + length / scale % 10)
            count += 1
            scale /= 10
        }
        put("\r\n")
    }

    /// Makes room for everything at once.
    private mutating func reserve(_ request: OutboundRequest, _ target: TransferTarget, fieldBytes: Int) {
        let constants = target.requestLine.count + target.hostLine.count + target.authorizationLine.count
        // The rest is our own lines, which are short.
        let size = request.method.rawValue.utf8.count + constants + userAgentLine.count + fieldBytes + 128
        guard size > capacity else { return }
        unsafe memory.deallocate()
        capacity = size
        unsafe memory = .allocate(capacity: capacity)
    }

    private mutating func put(_ bytes: [UInt8]) { put(bytes.span) }

    private mutating func put(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe put($0) }
    }

    private mutating func put(_ text: StaticString) {
        unsafe put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        unsafe (memory + count).update(from: start, count: bytes.count)
        count += bytes.count
    }
}

/// What a caller's fields say already, and how long they are on the wire.
private struct OwnFields {
    private(set) var bytes = 0
    private(set) var hasHost = false
    private(set) var hasAccept = false
    private(set) var hasUserAgent = false
    private(set) var hasAuthorization = false

    /// Where the request ends only the client may say.
    init(_ headers: HTTPHeaders) throws(RequestHeadBuffer.Invalid) {
        var hasFraming = false
        headers.forEach { name, value in
            bytes += name.count + value.count + 4
            func isNamed(_ other: StaticString) -> Bool { FieldSyntax.same(name, other) }
            switch name.count {
            case 4: hasHost = hasHost || isNamed("host")
            case 6:
                hasAccept = hasAccept || isNamed("accept")
                hasFraming = hasFraming || isNamed("expect")
            case 10: hasUserAgent = hasUserAgent || isNamed("user-agent")
            case 13: hasAuthorization = hasAuthorization || isNamed("authorization")
            case 14: hasFraming = hasFraming || isNamed("content-length")
            case 17: hasFraming = hasFraming || isNamed("transfer-encoding")
            default: break
            }
        }
        guard !hasFraming else {
            throw RequestHeadBuffer.Invalid(reason: "where a request ends is said by the client itself")
        }
    }
}
