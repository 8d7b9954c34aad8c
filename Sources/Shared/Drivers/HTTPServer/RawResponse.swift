internal import CLinux
internal import CMicrohttpd
internal import HTTPMessages

/// The fields of an answer as they may go out.
enum ResponseFields {
    /// The status to send: another than a final one would leave the client waiting.
    static func status(of response: HTTPResponse) -> Int {
        (200...599).contains(response.status) ? response.status : 500
    }

    /// Calls `body` with every field but those that frame the message, made harmless.
    static func each(of response: HTTPResponse, _ body: (String, String) -> Void) {
        for field in response.headers.fields where FieldSyntax.isName(field.name) {
            if isOurs(field.name) { continue }
            if HTTPHeaders.same(field.name, "connection"), !HTTPHeaders.same(field.value, "close") { continue }
            body(field.name, FieldSyntax.harmless(field.value))
        }
    }

    /// The length that a streamed body announces.
    static func announcedLength(of response: HTTPResponse) -> Int? {
        guard let text = response.headers["content-length"], let length = Int(text), length >= 0 else { return nil }
        return length
    }

    private static func isOurs(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: HTTPHeaders.same(name, "date")
        case 7: HTTPHeaders.same(name, "trailer") || HTTPHeaders.same(name, "upgrade")
        case 10: HTTPHeaders.same(name, "keep-alive")
        case 14: HTTPHeaders.same(name, "content-length")
        case 17: HTTPHeaders.same(name, "transfer-encoding")
        default: false
        }
    }
}

/// An answer as bytes, for the moments at which the library takes none.
enum RawResponse {
    /// The answer after which the connection is closed; `nil` for a streamed one.
    static func bytes(of response: HTTPResponse) -> [UInt8]? {
        guard case .bytes(let body) = response.body else { return nil }
        let status = ResponseFields.status(of: response)
        var head = "HTTP/1.1 \(status) \(reason(status))\r\nDate: \(date())\r\nConnection: close\r\n"
        ResponseFields.each(of: response) { name, value in
            if !HTTPHeaders.same(name, "connection") { head += "\(name): \(value)\r\n" }
        }
        head += "Content-Length: \(body.count)\r\n\r\n"
        return [UInt8](head.utf8) + body
    }

    private static func reason(_ status: Int) -> String {
        unsafe String(cString: MHD_get_reason_phrase_for(UInt32(status)))
    }

    private static func date() -> String {
        var text = [CChar](repeating: 0, count: 30)
        unsafe text.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { unsafe cl_http_date(base) }
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
