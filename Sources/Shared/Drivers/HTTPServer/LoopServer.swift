internal import CLinux
internal import EventLoop
internal import Glibc

/// A listener's share on one loop: the connections that the loop serves.
///
/// `@unchecked Sendable`: confined to `loop`, which the entry points check.
final class LoopServer: @unchecked Sendable {
    let loop: Loop
    let plan: ServingPlan
    private var daemon: MicroDaemon?
    /// Daemons with an identity that was replaced; they serve their connections to the end.
    private var retired: [MicroDaemon] = []
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var lingering: [ObjectIdentifier: LingeringSocket] = [:]
    private var runningHandlers = 0
    private var sweepTimer: LoopTimer?
    private var idleWaiter: Waiter?

    /// At most so many closed connections are waited for at a time.
    private static let lingeringLimit = 256

    init(loop: Loop, plan: ServingPlan) {
        self.loop = loop
        self.plan = plan
    }

    /// Starts to serve, or goes on serving with another identity.
    func start(identity: TLSIdentity?) throws(HTTPListenerError) {
        loop.preconditionCurrent()
        let fresh = try MicroDaemon(server: self, identity: identity)
        if let daemon { retired.append(daemon) }
        daemon = fresh
        stopRetired()
    }

    // MARK: Connections

    /// Serves an accepted socket, which becomes the server's own.
    func adopt(_ fd: Int32, from peer: String) {
        loop.preconditionCurrent()
        guard let daemon else {
            close(fd)
            return
        }
        guard plan.admit() else { return refuse(fd, isSecure: daemon.isSecure) }
        let connection = Connection(fd: fd, peer: peer, daemon: daemon)
        daemon.add(connection)
        // The library closes a socket that it refuses, and says nothing.
        if connections[ObjectIdentifier(connection)] == nil { plan.dismiss() }
    }

    func add(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = connection
        if sweepTimer == nil { armSweep() }
    }

    func remove(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = nil
        plan.dismiss()
        if !retired.isEmpty { loop.atEndOfTurn { [self] in stopRetired() } }
        wakeWhenIdle()
    }

    /// Closes the connections that wait for a next request, to win descriptors back.
    func closeResting() {
        for connection in connections.values where connection.isResting { connection.end() }
    }

    private func refuse(_ fd: Int32, isSecure: Bool) {
        // Nobody spends a handshake on a refusal.
        if !isSecure, let bytes = RawResponse.bytes(of: plan.refusal(.overloaded)) {
            _ = unsafe bytes.withUnsafeBytes { unsafe cl_send(fd, $0.baseAddress, $0.count) }
            shutdown(fd, Int32(SHUT_WR))
            linger(on: fd)
        }
        close(fd)
    }

    /// Frees the retired daemons that serve nobody; at the end also those that do, unless that is impossible.
    private func stopRetired(evenBusy: Bool = false) {
        let done = retired.filter { daemon in
            let busy = connections.values.filter { $0.daemon === daemon }
            return busy.isEmpty || (evenBusy && !busy.contains(where: \.isSuspended))
        }
        retired.removeAll { daemon in done.contains { $0 === daemon } }
        // After the lists are settled: stopping calls back about every connection.
        for daemon in done { daemon.stop() }
    }

    // MARK: Handlers

    func handlerStarted() { runningHandlers += 1 }

    func handlerEnded() {
        runningHandlers -= 1
        wakeWhenIdle()
    }

    // MARK: Time

    private func armSweep() {
        sweepTimer = loop.after(plan.sweepInterval) { [self] in
            sweepTimer = nil
            let now = coarseNow()
            for connection in connections.values { connection.sweep(at: now) }
            if !connections.isEmpty { armSweep() }
        }
    }

    // MARK: Lingering

    /// Reads away for a while what the peer of `fd` still sends; works on a duplicate, `fd` is the caller's to close.
    func linger(on fd: Int32) {
        guard lingering.count < Self.lingeringLimit else { return }
        let socket = LingeringSocket(duplicating: fd, on: loop) { [self] socket in
            lingering[ObjectIdentifier(socket)] = nil
        }
        guard let socket else { return }
        lingering[ObjectIdentifier(socket)] = socket
    }

    // MARK: The end

    /// Lets running requests finish until `deadline`, then ends what is left. Nothing is adopted any more.
    func drain(until deadline: Deadline) async {
        loop.preconditionCurrent()
        // What another loop accepted for this one may still be on its way.
        await withCheckedContinuation { continuation in
            loop.submit { continuation.resume() }
        }
        closeResting()
        await waitUntilIdle(deadline)
        for connection in connections.values { connection.abandon() }
        // Cancelled handlers get a moment to return; one that does not must not hold up the end.
        await waitUntilIdle(.after(.seconds(1)))
        if let daemon { retired.append(daemon) }
        daemon = nil
        // What was resumed a moment ago must be seen by the library, which aborts on suspended connections.
        for daemon in retired { daemon.run() }
        stopRetired(evenBusy: true)
        sweepTimer?.cancel()
        sweepTimer = nil
        for socket in lingering.values { socket.end() }
    }

    private func waitUntilIdle(_ deadline: Deadline) async {
        guard !isIdle else { return }
        let waiter = Waiter(on: loop)
        idleWaiter = waiter
        defer { idleWaiter = nil }
        do {
            try await waiter.wait(until: deadline)
        } catch {
            // The time for what runs is over: the caller goes on and closes it.
        }
    }

    private var isIdle: Bool { connections.isEmpty && runningHandlers == 0 }

    private func wakeWhenIdle() {
        if isIdle { idleWaiter?.resume() }
    }
}
