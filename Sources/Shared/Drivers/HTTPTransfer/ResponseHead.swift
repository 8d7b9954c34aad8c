internal import HTTPMessages

/// The head of a response, gathered from the lines that libcurl hands over.
struct ResponseHead {
    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    /// Whether the empty line after the final head has been seen; what follows are trailers, which are not kept.
    private(set) var isComplete = false
    /// What `Content-Length` says, `nil` when it is missing or no number.
    private(set) var length: Int?
    /// Two lengths contradict each other: where the response ends is anybody's guess (RFC 9112 §6.3).
    private(set) var isAmbiguous = false
    /// The bytes of all heads, interim ones and trailers included.
    private(set) var bytes = 0

    /// Takes one line with its line end.
    mutating func take(_ line: UnsafeBufferPointer<UInt8>) {
        bytes += line.count
        guard !isComplete else { return }
        var end = line.count
        while end > 0, unsafe Self.isLineEnd(line[end - 1]) { end -= 1 }
        let content = unsafe UnsafeBufferPointer(rebasing: line[..<end])
        guard end > 0 else { return headEnded() }
        guard status != 0 else {
            status = unsafe Self.status(in: content)
            return
        }
        // A line without a name is a folded one, obsolete since RFC 7230: it is left out.
        guard let colon = unsafe content.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return }
        var start = colon + 1
        while start < end, unsafe Self.isBlank(content[start]) { start += 1 }
        while end > start, unsafe Self.isBlank(content[end - 1]) { end -= 1 }
        let name = unsafe String(decoding: content[..<colon], as: UTF8.self)
        let value = unsafe String(decoding: content[start..<end], as: UTF8.self)
        headers.add(name, value)
        guard colon == 14, HTTPHeaders.same(name, "content-length") else { return }
        let announced = Int(value)
        if let length, length != announced { isAmbiguous = true }
        length = announced
    }

    private mutating func headEnded() {
        guard (100..<200).contains(status), status != 101 else {
            isComplete = status != 0
            return
        }
        // An interim response: the real head is still to come.
        status = 0
        headers = HTTPHeaders()
        length = nil
    }

    /// The number after the first blank, `HTTP/1.1 200 OK`; 0 when there is none.
    private static func status(in line: UnsafeBufferPointer<UInt8>) -> Int {
        guard let blank = unsafe line.firstIndex(of: UInt8(ascii: " ")) else { return 0 }
        return unsafe line[(blank + 1)...].prefix(3).reduce(0) { value, digit in
            value * 10 + Int(digit &- UInt8(ascii: "0"))
        }
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 13 || byte == 10 }
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
}
