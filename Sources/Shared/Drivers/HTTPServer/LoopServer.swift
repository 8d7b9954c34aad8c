internal import CLinux
internal import Cryptography
internal import EventLoop
internal import Glibc

/// A listener's share on one loop: the connections that the loop serves.
///
/// `@unchecked Sendable`: confined to `loop`, which the entry points check.
@safe final class LoopServer: @unchecked Sendable {
    let loop: Loop
    let plan: ServingPlan
    /// Where all connections read into, one after the other: none has memory of its own while nothing comes.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 * 1024, alignment: 16)
    /// Where pieces of streams are put into their frames, one after the other.
    private let frame = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 * 1024, alignment: 16)
    /// Whether connections are served; the context is that of new ones, `nil` on a plain listener.
    private var isServing = false
    private var tls: TLSServerContext?
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var lingering: [ObjectIdentifier: LingeringSocket] = [:]
    private var runningHandlers = 0
    private var sweepTimer: LoopTimer?
    private var idleWaiter: Waiter?

    /// At most so many closed connections are waited for at a time.
    private static let lingeringLimit = 256

    /// How long whoever writes a stream has to end it when the server's time is up.
    private static let farewell: Duration = .milliseconds(250)

    /// In what handlers make answers.
    let answering: TaskPool
    /// In what bodies of streamed answers are written.
    let streaming: TaskPool

    init(loop: Loop, plan: ServingPlan) {
        self.loop = loop
        self.plan = plan
        answering = TaskPool(on: loop, for: .answering)
        streaming = TaskPool(on: loop, for: .streaming)
    }

    deinit {
        unsafe scratch.deallocate()
        unsafe frame.deallocate()
    }

    /// Starts to serve, or goes on serving with another identity.
    func start(_ tls: TLSServerContext?) {
        loop.preconditionCurrent()
        self.tls = tls
        isServing = true
    }

    // MARK: Connections

    /// Serves an accepted socket, which becomes the server's own.
    func adopt(_ fd: Int32, from peer: String) {
        loop.preconditionCurrent()
        guard isServing else {
            Glibc.close(fd)
            return
        }
        guard plan.admit() else { return refuse(fd) }
        do {
            cl_no_delay(fd)
            let connection = Connection(fd: fd, peer: peer, channel: try tls?.channel(), server: self)
            try connection.open()
            add(connection)
        } catch {
            // Out of memory, or of what the system watches.
            plan.dismiss()
            Glibc.close(fd)
        }
    }

    private func add(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = connection
        if sweepTimer == nil { armSweep() }
    }

    func remove(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = nil
        plan.dismiss()
        wakeWhenIdle()
    }

    /// Closes the connections that wait for a next request, to win descriptors back.
    func closeResting() {
        for connection in connections.values where connection.isResting { connection.close() }
    }

    private func refuse(_ fd: Int32) {
        // Nobody spends a handshake on a refusal.
        if tls == nil, let bytes = ResponseHead.whole(plan.refusal(.overloaded), date: date) {
            _ = unsafe bytes.withUnsafeBytes { unsafe cl_send(fd, $0.baseAddress, $0.count) }
            shutdown(fd, Int32(SHUT_WR))
            linger(on: fd)
        }
        Glibc.close(fd)
    }

    /// A piece of a stream in the frame of a chunk, until the next one is framed; `nil` for a piece that is too long.
    func frame(_ piece: Span<UInt8>) -> UnsafeRawBufferPointer? {
        guard unsafe piece.count + ChunkFrame.overhead <= frame.count else { return nil }
        let count = unsafe ChunkFrame.write(piece, into: frame)
        return unsafe UnsafeRawBufferPointer(rebasing: frame[..<count])
    }

    // MARK: Handlers

    func handlerStarted() { runningHandlers += 1 }

    func handlerEnded() {
        runningHandlers -= 1
        wakeWhenIdle()
    }

    // MARK: Time

    private var dateText: [UInt8] = []
    private var dateSecond: time_t = 0

    /// The time as answers tell it; written once a second.
    var date: [UInt8] {
        let second = time(nil)
        guard second != dateSecond else { return dateText }
        dateSecond = second
        var text = [CChar](repeating: 0, count: 30)
        unsafe text.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { unsafe cl_http_date(base) }
        }
        dateText = text.prefix(29).map { UInt8(bitPattern: $0) }
        return dateText
    }

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
        // Whoever writes a stream may still say that this is not its end.
        let unfinished = connections.values.filter(\.isStreaming)
        for connection in unfinished { connection.cancelStream() }
        if !unfinished.isEmpty { await waitUntilIdle(.after(Self.farewell)) }
        for connection in connections.values { connection.abandon() }
        // Cancelled handlers get a moment to return; one that does not must not hold up the end.
        await waitUntilIdle(.after(.seconds(1)))
        isServing = false
        answering.close()
        streaming.close()
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
