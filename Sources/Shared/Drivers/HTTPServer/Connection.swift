internal import CLinux
internal import CMicrohttpd
internal import EventLoop

/// One accepted connection: who the peer is, whether it is still there, and how long we wait for it.
///
/// `@unchecked Sendable`: confined to the loop of its server; what other threads hold of it they only hand back there.
@safe final class Connection: @unchecked Sendable {
    let fd: Int32
    let peer: String
    unowned let daemon: MicroDaemon
    var server: LoopServer { daemon.server }

    /// The request being served, from its request line to the last byte of its response.
    private(set) var exchange: Exchange?
    /// Whether the daemon keeps its hands off, until `resume`.
    private(set) var isSuspended = false
    /// The client may still be sending when we close: read that away, or the reset would destroy our answer.
    var isCutShort = false

    private var raw: OpaquePointer?
    private var watch: Watch?
    /// The peer has shut down its sending side, and may or may not still read.
    private var hasHalfClosed = false
    private var hasProbed = false
    private(set) var isGone = false
    /// When a connection without a request is closed.
    private var restDeadline: Int64
    private var hasServed = false
    private var isExpiring = false

    init(fd: Int32, peer: String, daemon: MicroDaemon) {
        self.fd = fd
        self.peer = peer
        self.daemon = daemon
        restDeadline = coarseNow() + daemon.server.plan.headerTimeout
    }

    /// The connection that the library calls back about.
    static func from(_ raw: OpaquePointer) -> Connection? {
        unsafe cm_connection_context(raw).map { unsafe Unmanaged<Connection>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: The library's side

    /// The daemon has taken the socket.
    func attach(_ raw: OpaquePointer) {
        unsafe self.raw = raw
        server.add(self)
        do {
            watch = try server.loop.watch(fd, .peerClosed) { [unowned self] in peerChanged($0) }
        } catch {
            // Out of kernel memory for watches. The connection works; a client that leaves is noticed by writing only.
            watch = nil
        }
    }

    /// The daemon is about to close the socket.
    func detach() {
        watch?.cancel()
        watch = nil
        exchange?.end(cleanly: false)
        if !isGone, isCutShort || cl_pending_input(fd) > 0 { server.linger(on: fd) }
        unsafe raw = nil
        server.remove(self)
    }

    /// When the header of the request that is coming must be complete: of a connection's first one it counts from the
    /// connection's start, so that dribbling the request line wins nothing.
    var headDeadline: Int64 { hasServed ? coarseNow() + server.plan.headerTimeout : restDeadline }

    func beginExchange(target: UnsafeMutablePointer<CChar>) -> Exchange {
        let limit = server.plan.settings.limits.targetBytes
        let exchange = unsafe Exchange(on: self, target: RequestTarget.take(target, limit: limit))
        self.exchange = exchange
        return exchange
    }

    func exchangeEnded() {
        exchange = nil
        hasServed = true
        restDeadline = coarseNow() + server.plan.idleTimeout
        if hasHalfClosed { endSoonIfResting() }
    }

    /// Closes a half-closed connection that has no request left. The daemon may have learnt of the last data and of
    /// the end by one and the same event, and would wait for another.
    private func endSoonIfResting() {
        server.loop.atEndOfTurn { [self] in
            if isResting { end() }
        }
    }

    // MARK: Steering the daemon

    /// The library's handle, `nil` when the connection is closed.
    func withRaw<R>(_ body: (OpaquePointer) -> R) -> R? { unsafe raw.map(body) }

    /// Stops reading and writing. Only from within a callback about this connection.
    func suspend() {
        guard !isSuspended, let raw = unsafe raw else { return }
        unsafe MHD_suspend_connection(raw)
        isSuspended = true
        if hasHalfClosed { probe() }
    }

    /// Goes on where it was suspended.
    func resume() {
        guard isSuspended, let raw = unsafe raw else { return }
        isSuspended = false
        unsafe MHD_resume_connection(raw)
        daemon.scheduleRun()
    }

    /// Closes a connection that is not suspended.
    func end() {
        guard let raw = unsafe raw, !isSuspended else { return }
        unsafe cm_end(raw, fd)
        expire()
    }

    /// Makes the daemon look at the connection without an event: it waits for none when it is stuck in a body, and
    /// does not clean up when a response's body ends or fails unexpectedly. Connections with a timeout of their own
    /// are looked at in every run; that one of a second closes what is not closed by then.
    func expire() {
        guard let raw = unsafe raw else { return }
        isExpiring = true
        unsafe cm_set_timeout(raw, 1)
        daemon.scheduleRun()
    }

    /// Writes past the daemon, which must have nothing in flight; what does not fit the socket's buffer is lost.
    func send(_ bytes: [UInt8]) {
        guard let raw = unsafe raw else { return }
        _ = unsafe bytes.withUnsafeBytes { unsafe cm_send(raw, fd, $0.baseAddress, $0.count) }
    }

    /// Ends whatever goes on, at once.
    func abandon() {
        guard let exchange else { return end() }
        exchange.abort()
    }

    // MARK: Time

    /// Ends the connection when it has used up its time.
    func sweep(at now: Int64) {
        if isExpiring { return daemon.scheduleRun() }
        if let exchange { return exchange.sweep(at: now) }
        if now >= restDeadline { end() }
    }

    /// Between two requests: closing it now loses nothing that was promised.
    var isResting: Bool { exchange == nil && hasServed && cl_pending_input(fd) <= 0 }

    // MARK: The peer

    private func peerChanged(_ readiness: Readiness) {
        if !readiness.isDisjoint(with: [.hangup, .error]) { return peerLeft() }
        hasHalfClosed = true
        do {
            // The state is permanent and would be reported over and over; errors are reported in any case.
            try watch?.update([])
        } catch {
            watch?.cancel()
            watch = nil
        }
        if isSuspended { probe() } else { endSoonIfResting() }
    }

    private func peerLeft() {
        isGone = true
        watch?.cancel()
        watch = nil
        exchange?.abort()
    }

    /// A closed peer and one that only ended its sending look the same until something is sent to it: the closed one
    /// answers with a reset, which is reported as an error. So something harmless is sent, once.
    ///
    /// Unix sockets report a closed peer by themselves. A TLS client that has ended its sending is taken as gone.
    private func probe() {
        guard !hasProbed else { return }
        hasProbed = true
        if daemon.isSecure { return peerLeft() }
        guard !peer.isEmpty, let bytes = exchange?.harmlessBytes else { return }
        send([UInt8](bytes.utf8))
    }
}
