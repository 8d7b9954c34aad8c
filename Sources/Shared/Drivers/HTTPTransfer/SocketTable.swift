internal import CCurl
internal import EventLoop

/// The descriptors that libcurl wants watched, on the loop.
///
/// libcurl stops watching a connection after each response and starts again with the next request. Telling the kernel
/// each time would cost more system calls than the request itself, so a connection stays registered while it is idle
/// and is only taken out when it is closed, or when something happens on it that nobody waits for.
///
/// Two traps are behind `isConnected`. libcurl tells of closing only for connections that were established; sockets
/// of failed attempts it closes without a word before it says that it no longer watches them, so those must be taken
/// out at that word. And their number may come back at once with the next attempt, which libcurl then takes for a
/// socket that is watched already.
final class SocketTable {
    private final class Socket {
        let fd: Int32
        var watch: Watch?
        /// What the kernel reports.
        var registered: Interest = []
        /// What libcurl wants to be told.
        var wanted: Interest = []
        var isConnected = false

        init(_ fd: Int32) { self.fd = fd }
    }

    private var sockets: [Int32: Socket] = [:]
    private let loop: Loop
    /// Called when something that libcurl waits for has happened.
    var onReady: ((_ fd: Int32, _ bits: Int32) -> Void)?

    init(loop: Loop) {
        self.loop = loop
    }

    /// libcurl waits for `action` (`CURL_POLL_…`) on a descriptor from now on.
    func want(_ fd: Int32, _ action: Int32) {
        guard action != CURL_POLL_REMOVE else { return forgo(fd) }
        let socket = socket(fd)
        socket.wanted = []
        if action & CURL_POLL_IN != 0 { socket.wanted.insert(.readable) }
        if action & CURL_POLL_OUT != 0 { socket.wanted.insert(.writable) }
        // A socket is nearly always writable, so that interest must go at once; in others too much does no harm.
        let missing = socket.wanted.rawValue & ~socket.registered.rawValue
        let isTooMuch = socket.registered.contains(.writable) && !socket.wanted.contains(.writable)
        if missing != 0 || isTooMuch { register(socket) }
    }

    /// A socket for a new connection; it is watched from the first moment.
    func opened(_ fd: Int32) {
        // The same number as that of a socket that has just failed: what was wanted of that one holds for this one.
        guard let stale = sockets.removeValue(forKey: fd) else { return }
        stale.watch?.cancel()
        guard !stale.wanted.isEmpty else { return }
        let socket = socket(fd)
        socket.wanted = stale.wanted
        register(socket)
    }

    /// Of these sockets the one with this local port (or the only one, when it has no port) is a connection now.
    func connected(_ fds: [Int32], localPort: Int32) {
        for fd in fds where cc_local_port(fd) == localPort || fds.count == 1 {
            socket(fd).isConnected = true
        }
    }

    /// libcurl hands a connection back.
    func close(_ fd: Int32) {
        sockets.removeValue(forKey: fd)?.watch?.cancel()
        cc_close_socket(fd)
    }

    private func forgo(_ fd: Int32) {
        guard let socket = sockets[fd] else { return }
        socket.wanted = []
        guard !socket.isConnected else { return }
        socket.watch?.cancel()
        sockets[fd] = nil
    }

    private func socket(_ fd: Int32) -> Socket {
        if let known = sockets[fd] { return known }
        let socket = Socket(fd)
        sockets[fd] = socket
        return socket
    }

    private func deliver(_ socket: Socket, _ readiness: Readiness) {
        let hasFailed = readiness.contains(.error) || readiness.contains(.hangup)
        var bits: Int32 = 0
        if socket.wanted.contains(.readable), hasFailed || readiness.contains(.readable) { bits |= CURL_CSELECT_IN }
        if socket.wanted.contains(.writable), hasFailed || readiness.contains(.writable) { bits |= CURL_CSELECT_OUT }
        guard bits != 0 else { return register(socket) }
        onReady?(socket.fd, bits)
    }

    /// Makes the kernel report exactly what is wanted.
    private func register(_ socket: Socket) {
        socket.registered = socket.wanted
        guard !socket.wanted.isEmpty else {
            socket.watch?.cancel()
            socket.watch = nil
            return
        }
        do {
            if let watch = socket.watch {
                try watch.update(socket.wanted)
            } else {
                socket.watch = try loop.watch(socket.fd, socket.wanted) { [unowned self, unowned socket] readiness in
                    deliver(socket, readiness)
                }
            }
        } catch {
            // The kernel refuses: nothing will be reported, and the transfer ends by its deadline.
            socket.registered = []
        }
    }
}
