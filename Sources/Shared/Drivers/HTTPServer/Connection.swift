internal import CLinux
internal import Cryptography
internal import EventLoop
internal import Glibc

/// One accepted connection: its socket, what has come in and nobody has taken yet, what waits to go out, whether the peer
/// is still there, and how long we wait for it.
///
/// `@unchecked Sendable`: confined to the loop of its server; what other threads hold of it they only hand back there.
@safe final class Connection: TurnWork, @unchecked Sendable {
    let fd: Int32
    let peer: String
    /// Has this connection in its list until it is closed, and lives for as long as it has any.
    let server: LoopServer
    /// The request being served, from the end of its head to the last byte of its response.
    private(set) var exchange: Exchange?
    /// The client may still be sending when we close: read that away, or the reset would destroy our answer.
    var isCutShort = false
    /// Whether the client has not read what it was sent, so that it is waited for; what is only held until the end of the
    /// turn waits for nobody.
    private(set) var isReaderAwaited = false
    /// The client has to see that the end is none.
    var isBrokenOff = false

    private let channel: TLSChannel?
    private var watch: Watch?
    private var interest: Interest = [.readable, .peerClosed]
    /// What has come and cannot be taken yet: a part of a head, or a next request. Empty for most of the time.
    private var input: [UInt8] = []
    private var head = HeadEnd()
    private var output = OutputQueue()
    private var isFlushScheduled = false
    private var isClosed = false

    /// The peer will send no more, and may or may not still read.
    private var hasHalfClosed = false
    /// All that it has sent was read.
    private var hasReadEverything = false
    private var hasProbed = false
    private var isGone = false

    /// When a connection is closed that has no request, or only a part of a head.
    private var restDeadline: Int64
    private var hasServed = false

    init(fd: Int32, peer: String, channel: TLSChannel?, server: LoopServer) {
        self.fd = fd
        self.peer = peer
        self.channel = channel
        self.server = server
        restDeadline = coarseNow() + server.plan.headerTimeout
    }

    /// Begins to read. Until it is closed the loop keeps it.
    func open() throws(SystemError) {
        watch = try server.loop.watch(fd, interest) { [self] in becameReady($0) }
    }

    var isSecure: Bool { channel != nil }

    // MARK: Readiness

    private func becameReady(_ readiness: Readiness) {
        if readiness.isBroken { return peerLeft() }
        if readiness.isWritable {
            flush()
            guard !isClosed else { return }
        }
        if readiness.isReadable, wantsInput { return receive() }
        if readiness.isPeerClosed, !hasHalfClosed {
            hasHalfClosed = true
            probe()
        }
        updateInterest()
    }

    /// What is asked of the system is changed late: while an answer is being made most clients send nothing.
    private func updateInterest() {
        guard !isClosed else { return }
        var wish: Interest = []
        if wantsInput, !hasReadEverything { wish.insert(.readable) }
        // The state is permanent and would be reported over and over; errors are reported in any case.
        if !hasHalfClosed { wish.insert(.peerClosed) }
        if output.count > 0 { wish.insert(.writable) }
        guard wish != interest else { return }
        interest = wish
        do {
            try watch?.update(wish)
        } catch {
            peerLeft()
        }
    }

    private var wantsInput: Bool { exchange?.wantsInput ?? true }

    // MARK: Coming in

    /// Reads once: what more there is will be reported again, after the other connections had their turn.
    private func receive() {
        let count = unsafe recv(fd, server.scratch.baseAddress, server.scratch.count, Int32(MSG_DONTWAIT))
        if count > 0 { return unsafe take(UnsafeRawBufferPointer(rebasing: server.scratch[..<count])) }
        if count < 0 {
            if errno != EAGAIN, errno != EINTR { peerLeft() }
            return
        }
        hasHalfClosed = true
        hasReadEverything = true
        // In the middle of a request nothing but its rest would help, and a TLS client says when it ends its sending.
        if wantsInput, exchange != nil || isSecure { return peerLeft() }
        guard exchange != nil else { return close() }
        probe()
        updateInterest()
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        guard let channel else { return unsafe accept(bytes) }
        do {
            try channel.feed(unsafe Array(bytes)[...])
            if !channel.isEstablished {
                defer { transmit(channel.takeOutput()) }
                guard try channel.handshake() else { return }
            }
            let limit = unsafe server.scratch.count
            while !isClosed, case let plaintext = try channel.read(limit: limit), !plaintext.isEmpty {
                unsafe plaintext.withUnsafeBytes { unsafe accept($0) }
            }
            guard !isClosed else { return }
            if channel.isClosedByPeer { peerLeft() }
        } catch {
            // What is no TLS, or broken: the alert, if there is one, has been sent.
            close()
        }
    }

    private func accept(_ bytes: UnsafeRawBufferPointer) {
        guard input.isEmpty else {
            unsafe input.append(contentsOf: bytes)
            return takeInput()
        }
        let taken = unsafe consume(bytes)
        if taken < bytes.count, !isClosed { unsafe input = Array(bytes[taken...]) }
    }

    /// Goes on with what was left.
    private func takeInput() {
        var held: [UInt8] = []
        swap(&held, &input)
        let taken = unsafe held.withUnsafeBytes { unsafe consume($0) }
        guard !isClosed, taken < held.count else { return }
        input = taken == 0 ? held : Array(held[taken...])
    }

    /// Gives bytes to whoever they are for; how many were taken.
    private func consume(_ bytes: UnsafeRawBufferPointer) -> Int {
        var position = 0
        while position < bytes.count, !isClosed {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[position...])
            let taken = if let exchange { unsafe exchange.take(rest) } else { unsafe beginRequest(rest) }
            guard taken > 0 else { break }
            position += taken
        }
        return position
    }

    private func beginRequest(_ bytes: UnsafeRawBufferPointer) -> Int {
        let limits = server.plan.settings.limits
        // Of a connection's first request the time counts from the connection's start, so that dribbling wins nothing.
        if hasServed, head.isUntouched { restDeadline = coarseNow() + server.plan.headerTimeout }
        let span = unsafe Span<UInt8>(_unsafeBytes: bytes)
        switch head.look(in: span, limit: limits.headerBytes) {
        case .incomplete: return 0
        case .refused(let refusal):
            refuse(refusal)
            return 0
        case .complete(let count, let skipped):
            head = HeadEnd()
            do throws(HTTPRefusal) {
                let head = try RequestHead(unsafe Array(bytes[skipped..<count]), limits: limits, on: self)
                if case .length(let length) = head.framing, length > limits.bodyBytes { throw .contentTooLarge }
                let exchange = Exchange(of: head, on: self)
                self.exchange = exchange
                exchange.start()
            } catch {
                refuse(error)
            }
            return count
        }
    }

    /// Answers what is no request, or none that is served, and closes.
    private func refuse(_ refusal: HTTPRefusal) {
        isCutShort = true
        if let bytes = ResponseHead.whole(server.plan.refusal(refusal), date: server.date) { send(bytes) }
        close()
    }

    // MARK: Going out

    /// Bytes that the client has not been sent yet.
    var unsent: Int { output.count }

    /// Sends bytes, or keeps them until the client reads.
    func send(_ bytes: [UInt8]) {
        guard let channel else { return transmit(bytes) }
        guard !isClosed, channel.isEstablished else { return }
        do {
            try channel.write(bytes)
            transmit(channel.takeOutput())
        } catch {
            peerLeft()
        }
    }

    /// Sends a piece of a body in the chunked coding.
    func send(chunk piece: Span<UInt8>) {
        // The usual piece is framed where all connections of the loop frame theirs, and needs no memory of its own.
        guard channel == nil, !isClosed, output.count == 0, let chunk = unsafe server.frame(piece) else {
            return send(ChunkFrame.bytes(of: piece))
        }
        settle(output.send(copying: unsafe Span<UInt8>(_unsafeBytes: chunk), to: fd))
    }

    private func transmit(_ bytes: [UInt8]) {
        guard !isClosed, !bytes.isEmpty else { return }
        settle(output.send(bytes, to: fd))
    }

    /// Sends bytes with what is sent next, at the latest at the end of this turn.
    func hold(_ bytes: [UInt8]) {
        guard channel == nil else { return send(bytes) }
        guard !isClosed else { return }
        output.append(bytes)
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        server.loop.atEndOfTurn(self)
    }

    func turnEnds() {
        isFlushScheduled = false
        if output.count > 0 { flush() }
    }

    /// Sends the last bytes of an answer, with those of the other answers when there are many.
    func sendLast(_ bytes: [UInt8]) {
        if server.loop.isCrowded { hold(bytes) } else { send(bytes) }
    }

    private func flush() {
        guard !isClosed else { return }
        settle(output.flush(to: fd))
    }

    private func settle(_ outcome: OutputQueue.Outcome) {
        switch outcome {
        case .sent:
            isReaderAwaited = false
            if interest.isWritable { updateInterest() }
            exchange?.outputWent(leaving: output.count)
        case .blocked(let tookSome):
            if tookSome || !isReaderAwaited { exchange?.noteProgress() }
            isReaderAwaited = true
            exchange?.outputWent(leaving: output.count)
            updateInterest()
        case .failed: peerLeft()
        }
    }

    // MARK: Requests

    /// The body is wanted again.
    func resumeReading() {
        guard !isClosed else { return }
        if !input.isEmpty { takeInput() }
        if !isClosed, wantsInput, !interest.isReadable { updateInterest() }
    }

    /// The response has left, and the next request may come.
    func exchangeEnded(closing: Bool) {
        exchange = nil
        guard !isClosed else { return }
        if closing { return close() }
        hasServed = true
        restDeadline = coarseNow() + server.plan.idleTimeout
        if input.isEmpty {
            if hasReadEverything { return close() }
            if !interest.isReadable { updateInterest() }
            return
        }
        // Not at once: a client that sends many requests in a row would only make the stack deep.
        server.loop.atEndOfTurn { [self] in
            guard !isClosed, exchange == nil else { return }
            takeInput()
            if exchange == nil, hasReadEverything { close() } else { updateInterest() }
        }
    }

    /// Whether an answer is being written piece by piece.
    var isStreaming: Bool { exchange?.isStreaming ?? false }

    /// Cancels whoever writes it.
    func cancelStream() { exchange?.cancelStream() }

    /// Ends whatever goes on, at once.
    func abandon() {
        guard let exchange else { return close() }
        exchange.abort()
    }

    /// Closes the socket, and ends the exchange that is still going on.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        watch?.cancel()
        watch = nil
        exchange?.end(cleanly: false)
        if isBrokenOff {
            cl_reset_on_close(fd)
        } else if !isGone {
            if let channel, channel.isEstablished {
                channel.close()
                _ = output.send(channel.takeOutput(), to: fd)
            }
            if isCutShort || cl_pending_input(fd) > 0 {
                shutdown(fd, Int32(SHUT_WR))
                server.linger(on: fd)
            }
        }
        Glibc.close(fd)
        input = []
        output = OutputQueue()
        server.remove(self)
    }

    // MARK: Time

    /// Ends the connection when it has used up its time.
    func sweep(at now: Int64) {
        if let exchange { return exchange.sweep(at: now) }
        guard now >= restDeadline else { return }
        if head.hasRequestLine { refuse(.timedOut) } else { close() }
    }

    /// Between two requests: closing it now loses nothing that was promised.
    var isResting: Bool { exchange == nil && hasServed && input.isEmpty && cl_pending_input(fd) <= 0 }

    // MARK: The peer

    private func peerLeft() {
        isGone = true
        abandon()
    }

    /// A closed peer and one that only ended its sending look the same until something is sent to it: the closed one
    /// answers with a reset, which is reported as an error. So something harmless is sent, once.
    ///
    /// Unix sockets report a closed peer by themselves. A TLS client that has ended its sending is taken as gone.
    private func probe() {
        guard !hasProbed, let exchange else { return }
        hasProbed = true
        if isSecure { return peerLeft() }
        guard !peer.isEmpty, output.count == 0, let bytes = exchange.harmlessBytes else { return }
        send([UInt8](bytes.utf8))
    }
}
