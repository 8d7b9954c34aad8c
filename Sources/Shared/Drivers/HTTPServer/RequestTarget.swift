internal import Glibc

/// The target of a request line, checked and split, not decoded.
struct RequestTarget {
    let path: String
    let query: String?

    /// Reads the target that the daemon has found at `start`, and empties its query in place: split into arguments
    /// it would only eat up the connection's memory.
    ///
    /// The version, eight characters, stands after the target's NUL in the same buffer. When something else does, the
    /// client has sent a NUL inside the target, and what was meant is anybody's guess.
    static func take(_ start: UnsafeMutablePointer<CChar>, limit: Int) -> Result<RequestTarget, HTTPRefusal> {
        let length = unsafe strlen(start)
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: length)
        let question = unsafe bytes.firstIndex(of: UInt8(ascii: "?"))
        defer { if let question { unsafe start[question + 1] = 0 } }
        guard length <= limit else { return .failure(.targetTooLong) }
        let follower = unsafe UnsafeRawBufferPointer(start: start + length + 1, count: 7)
        guard unsafe follower.elementsEqual("HTTP/1.".utf8), unsafe bytes.allSatisfy(isAllowed) else {
            return .failure(.malformed)
        }
        // The absolute form is for proxies, the authority form for CONNECT: we are neither.
        guard unsafe bytes.first == UInt8(ascii: "/") || bytes.elementsEqual("*".utf8) else {
            return .failure(.malformed)
        }
        let path = unsafe String(decoding: bytes[..<(question ?? length)], as: UTF8.self)
        let query = question.map { unsafe String(decoding: bytes[($0 + 1)...], as: UTF8.self) }
        return .success(RequestTarget(path: path, query: query))
    }

    /// Visible characters; bytes above ASCII are let through for clients that do not encode them, `#` is never sent.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7f && byte != UInt8(ascii: "#")
    }
}
