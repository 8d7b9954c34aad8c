internal import CLinux
internal import EventLoop
internal import Glibc

/// Accepts from one listening socket, and owns it.
///
/// `@unchecked Sendable`: confined to `loop`, which the entry points check.
final class Acceptor: @unchecked Sendable {
    let fd: Int32
    let loop: Loop
    /// Who serves the connections: the loop's own server, or all in turn when they share one socket.
    private let servers: [LoopServer]
    private var turn = 0
    private var watch: Watch?
    private var pause: LoopTimer?

    /// Takes `fd` over.
    init(_ fd: Int32, on loop: Loop, servers: [LoopServer]) {
        self.fd = fd
        self.loop = loop
        self.servers = servers
    }

    func start() throws(SystemError) {
        loop.preconditionCurrent()
        watch = try loop.watch(fd, .readable) { [unowned self] _ in acceptSome() }
    }

    /// Takes in who has connected already, then closes the socket: new clients are refused by the system.
    func stop() {
        loop.preconditionCurrent()
        if watch != nil { while acceptOne() {} }
        pause?.cancel()
        watch?.cancel()
        watch = nil
        close(fd)
    }

    /// A bounded number a turn, so that a flood of connections does not starve those that are served.
    private func acceptSome() {
        for _ in 0..<64 where !acceptOne() { return }
    }

    /// Accepts one connection; whether to try again at once.
    private func acceptOne() -> Bool {
        var address = [CChar](repeating: 0, count: 64)
        let socket = unsafe address.withUnsafeMutableBufferPointer { buffer in
            unsafe cl_accept(fd, buffer.baseAddress, buffer.count)
        }
        let code = errno
        guard socket >= 0 else {
            if code == EINTR || code == ECONNABORTED { return true }
            if code != EAGAIN { rest() }
            return false
        }
        let peer = String(decoding: address.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        turn = (turn + 1) % servers.count
        let server = servers[turn]
        if server.loop === loop {
            server.adopt(socket, from: peer)
        } else {
            server.loop.submit { server.adopt(socket, from: peer) }
        }
        return true
    }

    /// Out of descriptors or memory. Clients wait in the backlog; the socket would be reported as ready all the time.
    private func rest() {
        for server in servers where server.loop === loop { server.closeResting() }
        do {
            try watch?.update([])
        } catch {
            // The watch stays on; the next report comes back here.
            return
        }
        pause?.cancel()
        pause = loop.after(.milliseconds(50)) { [unowned self] in
            pause = nil
            do {
                try watch?.update(.readable)
            } catch {
                rest()
            }
        }
    }
}
