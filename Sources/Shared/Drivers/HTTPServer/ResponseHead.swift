internal import HTTPMessages

/// The head of an answer, as it goes out.
enum ResponseHead {
    /// How the end of the body is told.
    enum Framing: Hashable {
        /// There is no body, and nothing is said of its length.
        case none
        case length(Int)
        case chunks
        case untilClose
    }

    /// What becomes of the connection behind the answer, as the answer says it.
    enum Persistence {
        case closes
        /// It can be used again, as is usual.
        case stays
        /// The same, which a client of HTTP/1.0 wants to hear.
        case staysUnusually
    }

    /// The status to send: another than a final one would leave the client waiting.
    private static func status(of response: HTTPResponse) -> Int {
        (200...599).contains(response.status) ? response.status : 500
    }

    /// How a streamed body is framed.
    static func framing(of response: HTTPResponse, isHTTP10: Bool) -> Framing {
        if let length = announcedLength(of: response) { return .length(length) }
        return isHTTP10 ? .untilClose : .chunks
    }

    /// The length that a streamed body announces.
    static func announcedLength(of response: HTTPResponse) -> Int? {
        guard let text = response.headers["content-length"], let length = Int(text), length >= 0 else { return nil }
        return length
    }

    /// Whether the handler wants the connection closed.
    static func endsConnection(_ response: HTTPResponse) -> Bool {
        response.headers.withValue(of: "connection") { FieldSyntax.same($0, "close") } ?? false
    }

    /// An answer after which the connection is closed, whole; `nil` for a streamed one.
    static func whole(_ response: HTTPResponse, date: [UInt8]) -> [UInt8]? {
        guard case .bytes(let body) = response.body else { return nil }
        return bytes(of: response, .length(body.count), .closes, date: date, followedBy: body)
    }

    /// The head, and a body behind it.
    ///
    /// Written into room that is enough for all of it, because each growing array on the way of an answer costs as much
    /// as its words.
    static func bytes(
        of response: HTTPResponse, _ framing: Framing, _ persistence: Persistence, date: [UInt8],
        followedBy body: [UInt8] = []
    ) -> [UInt8] {
        let status = status(of: response)
        let room = 256 + date.count + response.headers.size + body.count
        return unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            var out = unsafe HeadWriter(buffer)
            out.add("HTTP/1.1 ")
            out.add(decimal: status)
            out.add(" ")
            out.add(ReasonPhrase.of(status))
            out.add("\r\nDate: ")
            out.add(date.span)
            switch persistence {
            case .closes: out.add("\r\nConnection: close")
            case .stays: break
            case .staysUnusually: out.add("\r\nConnection: keep-alive")
            }
            response.headers.forEach { name, value in
                guard FieldSyntax.isToken(name), !isOurs(name) else { return }
                out.add("\r\n")
                out.add(name)
                out.add(": ")
                out.add(harmless: value)
            }
            switch framing {
            case .none, .untilClose: break
            case .length(let length):
                out.add("\r\nContent-Length: ")
                out.add(decimal: length)
            case .chunks: out.add("\r\nTransfer-Encoding: chunked")
            }
            out.add("\r\n\r\n")
            out.add(body.span)
            count = out.count
        }
    }

    /// Whether a field frames the message or is about the connection, and is not the handler's to say.
    private static func isOurs(_ name: Span<UInt8>) -> Bool {
        switch name.count {
        case 4: FieldSyntax.same(name, "date")
        case 7: FieldSyntax.same(name, "trailer") || FieldSyntax.same(name, "upgrade")
        case 10: FieldSyntax.same(name, "connection") || FieldSyntax.same(name, "keep-alive")
        case 14: FieldSyntax.same(name, "content-length")
        case 17: FieldSyntax.same(name, "transfer-encoding")
        default: false
        }
    }
}

/// Writes into room whose size was reckoned before; writing beyond it stops the program.
@safe private struct HeadWriter {
    private let buffer: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { unsafe self.buffer = UnsafeMutableRawBufferPointer(buffer) }

    mutating func add(_ literal: StaticString) {
        unsafe add(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    mutating func add(_ bytes: Span<UInt8>) {
        // Copied before the call returns.
        unsafe bytes.withUnsafeBytes { unsafe add($0) }
    }

    /// Adds a value with a space for every character that could end its line.
    mutating func add(harmless bytes: Span<UInt8>) {
        let start = count
        add(bytes)
        guard !FieldSyntax.isValue(bytes) else { return }
        for index in bytes.indices where !FieldSyntax.isValue(bytes[index]) {
            unsafe buffer[start + index] = UInt8(ascii: " ")
        }
    }

    /// Adds a number that is not negative.
    mutating func add(decimal number: Int) {
        var place = 1
        while number / place >= 10 { place *= 10 }
        while place > 0 {
            precondition(unsafe count < buffer.count, "a head is longer than was reckoned")
            unsafe buffer[count] = UInt8(ascii: "0") + UInt8(number / place % 10)
            count += 1
            place /= 10
        }
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        precondition(unsafe bytes.count <= buffer.count - count, "a head is longer than was reckoned")
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes)
        count += bytes.count
    }
}
