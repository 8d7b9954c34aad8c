internal import CCurl
internal import EventLoop

/// The descriptors that libcurl wants watched while it connects.
///
/// Sockets of failed attempts it closes before it says that it no longer watches them, and their number may come back at
/// once with the next attempt, which libcurl then takes for a socket that is watched already.
final class ConnectingSockets {
    private struct Socket {
        var watch: Watch?
        var wanted: Interest
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
        guard action != CURL_POLL_REMOVE else { return forget(fd) }
        var wanted: Interest = []
        if action & CURL_POLL_IN != 0 { wanted.insert(.readable) }
        if action & CURL_POLL_OUT != 0 { wanted.insert(.writable) }
        register(fd, wanted)
    }

    /// A socket for a new attempt.
    func opened(_ fd: Int32) {
        // The same number as that of a socket that has just failed: what was wanted of that one holds for this one.
        guard let stale = sockets.removeValue(forKey: fd) else { return }
        stale.watch?.cancel()
        register(fd, stale.wanted)
    }

    /// A socket is not watched any more.
    func forget(_ fd: Int32) {
        sockets.removeValue(forKey: fd)?.watch?.cancel()
    }

    private func register(_ fd: Int32, _ wanted: Interest) {
        var socket = sockets[fd] ?? Socket(wanted: wanted)
        socket.wanted = wanted
        do {
            if let watch = socket.watch {
                try watch.update(wanted)
            } else {
                socket.watch = try loop.watch(fd, wanted) { [unowned self] in deliver(fd, $0) }
            }
        } catch {
            // The kernel refuses: nothing will be reported, and the attempt ends by its deadline.
            socket.watch?.cancel()
            socket.watch = nil
        }
        sockets[fd] = socket
    }

    private func deliver(_ fd: Int32, _ readiness: Readiness) {
        guard let wanted = sockets[fd]?.wanted else { return }
        let hasFailed = !readiness.isDisjoint(with: [.error, .hangup])
        var bits: Int32 = 0
        if wanted.contains(.readable), hasFailed || readiness.contains(.readable) { bits |= CURL_CSELECT_IN }
        if wanted.contains(.writable), hasFailed || readiness.contains(.writable) { bits |= CURL_CSELECT_OUT }
        onReady?(fd, bits)
    }
}
