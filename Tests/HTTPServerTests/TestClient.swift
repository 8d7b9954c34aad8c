import CLinux
import EventLoop
import Glibc
import HTTPMessages

/// What a test read of a response.
struct Received: Sendable {
    var status = 0
    var headers = HTTPHeaders()
    var body: [UInt8] = []
    /// The sizes of the chunks, for a chunked body.
    var chunks: [Int] = []
    var text: String { String(decoding: body, as: UTF8.self) }
}

struct ClientFailure: Error, CustomStringConvertible {
    let description: String
}

/// A client that says exactly what it is told to.
///
/// `@unchecked Sendable`: confined to the loop that it was made on.
final class TestClient: @unchecked Sendable {
    let fd: Int32
    private let descriptor: Descriptor
    private let loop: Loop
    private var buffer: [UInt8] = []
    /// How much of the buffer was read out.
    private var start = 0
    private var room = [UInt8](repeating: 0, count: 64 * 1024)
    private var isOpen = true
    /// The longest that any wait may last.
    var patience = Duration.seconds(10)

    private init(_ fd: Int32) throws {
        guard fd >= 0, let loop = Loop.current else { throw SystemError.last("connect") }
        self.fd = fd
        self.loop = loop
        descriptor = try loop.descriptor(fd)
    }

    deinit {
        guard isOpen else { return }
        // The descriptor before its number: the next client may get the same.
        loop.submit { [descriptor, fd] in
            descriptor.cancel()
            Glibc.close(fd)
        }
    }

    convenience init(port: Int, address: String = "127.0.0.1") async throws {
        try self.init(unsafe cl_connect_tcp(address, UInt16(port)))
        try await descriptor.writable(until: .after(.seconds(10)))
    }

    convenience init(path: String) async throws {
        try self.init(unsafe cl_connect_unix(path))
    }

    // MARK: Sending

    func send(_ text: String) async throws { try await send([UInt8](text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
                return unsafe cl_send(fd, rest.baseAddress, rest.count)
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                try await descriptor.writable(until: .after(patience))
            } else {
                throw SystemError.last("send")
            }
        }
    }

    /// Sends what fits now; how much that was.
    func sendSome(_ bytes: [UInt8]) -> Int {
        max(0, unsafe bytes.withUnsafeBytes { unsafe cl_send(fd, $0.baseAddress, $0.count) })
    }

    func get(_ path: String, headers: String = "") async throws {
        try await send("GET \(path) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
    }

    func post(_ path: String, _ body: [UInt8], headers: String = "") async throws {
        try await send("POST \(path) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.count)\r\n\(headers)\r\n")
        try await send(body)
    }

    /// Ends the sending side.
    func halfClose() { shutdown(fd, Int32(SHUT_WR)) }

    func close() {
        guard isOpen else { return }
        isOpen = false
        descriptor.cancel()
        Glibc.close(fd)
    }

    /// Closes with a reset instead of an orderly end.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close()
    }

    // MARK: Receiving

    /// Reads some more; `false` at the end.
    private func fill() async throws -> Bool {
        while true {
            let count = unsafe room.withUnsafeMutableBytes { unsafe recv(fd, $0.baseAddress, $0.count, 0) }
            if count > 0 {
                if start > 1 << 20 || start == buffer.count {
                    buffer.removeFirst(start)
                    start = 0
                }
                buffer += room[..<count]
                return true
            }
            if count == 0 { return false }
            guard errno == EAGAIN else { throw SystemError.last("recv") }
            try await descriptor.readable(until: .after(patience))
        }
    }

    /// Everything up to the end of the connection.
    func readToEnd() async throws -> [UInt8] {
        while try await fill() {}
        return take(buffer.count - start)
    }

    private func take(_ count: Int) -> [UInt8] {
        defer { start += count }
        return Array(buffer[start..<start + count])
    }

    /// The next line without its CRLF.
    func readLine() async throws -> String {
        while true {
            if let end = buffer[start...].firstIndex(of: 10) {
                return String(decoding: take(end + 1 - start).dropLast().filter { $0 != 13 }, as: UTF8.self)
            }
            guard try await fill() else { throw ClientFailure(description: "connection ended within a line") }
        }
    }

    func read(_ count: Int) async throws -> [UInt8] {
        while buffer.count - start < count {
            guard try await fill() else {
                throw ClientFailure(description: "connection ended \(count - buffer.count + start) bytes early")
            }
        }
        return take(count)
    }

    func readHead() async throws -> Received {
        var response = Received()
        let statusLine = try await readLine()
        guard let status = Int(statusLine.dropFirst(9).prefix(3)) else {
            throw ClientFailure(description: "no status line: \(statusLine)")
        }
        response.status = status
        while true {
            let line = try await readLine()
            if line.isEmpty { return response }
            guard let colon = line.firstIndex(of: ":") else { throw ClientFailure(description: "no field: \(line)") }
            response.headers.add(
                String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
    }

    /// The next chunk of a body, empty for the last.
    func readChunk() async throws -> [UInt8] {
        let line = try await readLine()
        guard let size = Int(line, radix: 16) else { throw ClientFailure(description: "no chunk size: \(line)") }
        let chunk = try await read(size)
        _ = try await readLine()
        return chunk
    }

    /// One response with its body; interim ones are skipped.
    func readResponse(toHead: Bool = false) async throws -> Received {
        var response = try await readHead()
        while response.status == 100 { response = try await readHead() }
        if toHead || response.status == 204 || response.status == 304 { return response }
        if response.headers["transfer-encoding"] == "chunked" {
            while case let chunk = try await readChunk(), !chunk.isEmpty {
                response.body += chunk
                response.chunks.append(chunk.count)
            }
        } else if let length = response.headers["content-length"].flatMap({ Int($0) }) {
            response.body = try await read(length)
        } else {
            response.body = try await readToEnd()
        }
        return response
    }
}
