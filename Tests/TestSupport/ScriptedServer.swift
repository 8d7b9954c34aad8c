package import EventLoop
internal import Glibc
internal import Synchronization

/// A server on 127.0.0.1 that misbehaves as a test wants: raw sockets, no HTTP of its own but what the script sends.
package final class ScriptedServer: Sendable {
    /// What happens on one connection.
    package typealias Script = @Sendable (ScriptedConnection) async throws -> Void

    /// Where it listens; 0 for a Unix socket.
    package let port: Int
    private let listening: Int32
    private let loop: Loop
    private let state = Mutex(State())

    private struct State {
        var connections = 0
        var requests = 0
        var closed = 0
        var tasks: [Task<Void, Never>] = []
    }

    /// The connections accepted so far.
    package var connections: Int { state.withLock { $0.connections } }
    /// The requests read so far.
    package var requests: Int { state.withLock { $0.requests } }

    /// The connections that have been served and closed.
    package var closed: Int { state.withLock { $0.closed } }

    /// An address of it.
    package func url(_ path: String = "/", scheme: String = "http") -> String { "\(scheme)://127.0.0.1:\(port)\(path)" }

    /// Starts listening on `loop`, on a Unix socket when a path is given.
    package init(on loop: Loop, unixSocketPath: String? = nil, script: @escaping Script) throws {
        self.loop = loop
        if let unixSocketPath {
            listening = try SocketCalls.listen(unixSocketPath: unixSocketPath)
            port = 0
        } else {
            (listening, port) = try SocketCalls.listen()
        }
        let accepting = loop.spawn { [self] in await accept(script) }
        state.withLock { $0.tasks.append(accepting) }
    }

    /// Answers each request on a connection with what `respond` makes of it, as long as the client keeps it open.
    package convenience init(
        on loop: Loop, unixSocketPath: String? = nil, answering respond: @escaping @Sendable (ScriptedRequest) -> String
    ) throws {
        try self.init(on: loop, unixSocketPath: unixSocketPath) { connection in
            while let request = try await connection.request() {
                try await connection.send(respond(request))
            }
        }
    }

    /// Ends all connections and the listening.
    package func stop() async {
        for task in state.withLock({ $0.tasks }) {
            task.cancel()
            await task.value
        }
        close(listening)
    }

    func countRequest() { state.withLock { $0.requests += 1 } }

    private func accept(_ script: @escaping Script) async {
        do {
            let descriptor = try loop.descriptor(listening)
            defer { descriptor.cancel() }
            while true {
                try await descriptor.readable(until: .never)
                while let fd = SocketCalls.accept(listening) {
                    let serving = loop.spawn { [self] in await serve(fd, script) }
                    state.withLock {
                        $0.connections += 1
                        $0.tasks.append(serving)
                    }
                }
            }
        } catch {
            return
        }
    }

    private func serve(_ fd: Int32, _ script: Script) async {
        do {
            let connection = try ScriptedConnection(fd, loop: loop, server: self)
            defer {
                connection.close()
                state.withLock { $0.closed += 1 }
            }
            try await script(connection)
        } catch {
            return
        }
    }
}

/// A request as it was read.
package struct ScriptedRequest: Sendable {
    package let head: String
    package let body: [UInt8]

    /// Its first line.
    package var line: String { head.split(separator: "\r\n").first.map(String.init) ?? "" }
    /// Its body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// One connection, accepted or made here, confined to its loop.
package final class ScriptedConnection: @unchecked Sendable {
    /// The other side has closed it.
    package struct Closed: Error {}

    private let fd: Int32
    private let descriptor: Descriptor
    private weak let server: ScriptedServer?
    private var buffer: [UInt8] = []
    private var isOpen = true

    /// A connection to a port of this machine.
    package static func connect(to port: Int, on loop: Loop) throws -> ScriptedConnection {
        try ScriptedConnection(SocketCalls.connect(to: port), loop: loop, server: nil)
    }

    init(_ fd: Int32, loop: Loop, server: ScriptedServer?) throws {
        self.fd = fd
        self.server = server
        descriptor = try loop.descriptor(fd)
    }

    /// The next request with its body, `nil` when the client has closed.
    package func request() async throws -> ScriptedRequest? {
        guard let head = try await head() else { return nil }
        let lower = head.lowercased()
        var body: [UInt8] = []
        if let range = lower.split(separator: "\r\n").first(where: { $0.hasPrefix("content-length:") }) {
            let length = Int(range.dropFirst(15).filter(\.isNumber)) ?? 0
            while buffer.count < length { guard try await fill() else { return nil } }
            body = Array(buffer.prefix(length))
            buffer.removeFirst(length)
        } else if lower.contains("transfer-encoding: chunked") {
            while true {
                guard let line = try await line(), let size = Int(line, radix: 16) else { return nil }
                while buffer.count < size + 2 { guard try await fill() else { return nil } }
                body += buffer.prefix(size)
                buffer.removeFirst(size + 2)
                if size == 0 { break }
            }
        }
        server?.countRequest()
        return ScriptedRequest(head: head, body: body)
    }

    /// The next request's head alone; its body is left unread.
    package func head() async throws -> String? {
        let end: [UInt8] = [13, 10, 13, 10]
        while true {
            if let found = buffer.firstRange(of: end) {
                let head = String(decoding: buffer[..<found.lowerBound], as: UTF8.self)
                buffer.removeSubrange(..<found.upperBound)
                return head
            }
            guard try await fill() else { return nil }
        }
    }

    /// The number of bytes that arrive next.
    package func some() async throws -> Int {
        if buffer.isEmpty { guard try await fill() else { throw Closed() } }
        defer { buffer.removeAll() }
        return buffer.count
    }

    /// The bytes that arrive next; `nil` when the other side has closed.
    package func bytes() async throws -> [UInt8]? {
        if buffer.isEmpty { guard try await fill() else { return nil } }
        defer { buffer.removeAll() }
        return buffer
    }

    /// Sends a text.
    package func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Sends bytes, as fast as the other side takes them.
    package func send(_ bytes: [UInt8]) async throws {
        var sent = 0
        while sent < bytes.count {
            let count = SocketCalls.send(fd, bytes[sent...])
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                try await descriptor.writable(until: .after(.seconds(60)))
            } else {
                throw Closed()
            }
        }
    }

    /// Returns when the client has closed; what it still sends is thrown away.
    package func waitUntilClosed() async throws {
        while try await fill() { buffer.removeAll() }
    }

    /// Closes as a dying process does: the client gets a reset.
    package func reset() {
        SocketCalls.resetOnClose(fd)
        close()
    }

    /// Closes it.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        descriptor.cancel()
        Glibc.close(fd)
    }

    private func line() async throws -> String? {
        while true {
            if let found = buffer.firstRange(of: [13, 10]) {
                let line = String(decoding: buffer[..<found.lowerBound], as: UTF8.self)
                buffer.removeSubrange(..<found.upperBound)
                return line
            }
            guard try await fill() else { return nil }
        }
    }

    private func fill() async throws -> Bool {
        while true {
            guard isOpen else { return false }
            let count = SocketCalls.receive(fd, into: &buffer)
            if count > 0 { return true }
            if count == 0 { return false }
            guard errno == EAGAIN else { return false }
            try await descriptor.readable(until: .after(.seconds(60)))
        }
    }
}

/// The system calls the server needs.
private enum SocketCalls {
    struct Refused: Error { let call: String }

    static func listen() throws -> (fd: Int32, port: Int) {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(fd, $0, size) }
        }
        guard bound == 0, Glibc.listen(fd, 512) == 0 else { throw Refused(call: "listen") }
        var length = size
        let named = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(fd, $0, &length) }
        }
        guard named == 0, makeNonBlocking(fd) else { throw Refused(call: "getsockname") }
        return (fd, Int(UInt16(bigEndian: address.sin_port)))
    }

    static func listen(unixSocketPath path: String) throws -> Int32 {
        let fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(fd, $0, size) }
        }
        guard bound == 0, Glibc.listen(fd, 512) == 0, makeNonBlocking(fd) else { throw Refused(call: "listen") }
        return fd
    }

    static func connect(to port: Int) throws -> Int32 {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Of the same machine, so that nothing is waited for.
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe Glibc.connect(fd, $0, size) }
        }
        guard connected == 0, makeNonBlocking(fd) else {
            Glibc.close(fd)
            throw Refused(call: "connect")
        }
        return fd
    }

    static func accept(_ fd: Int32) -> Int32? {
        let accepted = Glibc.accept(fd, nil, nil)
        guard accepted >= 0, makeNonBlocking(accepted) else { return nil }
        return accepted
    }

    static func send(_ fd: Int32, _ bytes: ArraySlice<UInt8>) -> Int {
        unsafe bytes.withUnsafeBytes { unsafe Glibc.send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    static func receive(_ fd: Int32, into buffer: inout [UInt8]) -> Int {
        var piece = [UInt8](repeating: 0, count: 65536)
        let count = unsafe piece.withUnsafeMutableBytes { unsafe recv(fd, $0.baseAddress, $0.count, 0) }
        if count > 0 { buffer += piece.prefix(count) }
        return count
    }

    static func resetOnClose(_ fd: Int32) {
        var value = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(fd, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }

    private static func makeNonBlocking(_ fd: Int32) -> Bool {
        fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0
    }
}
