internal import CCurl
internal import Cryptography
internal import EventLoop
internal import HTTPMessages

/// An open connection: one request after the other goes out on it, and the response to each comes in.
///
/// Its socket is registered with the loop once, for reading; what is written goes out at once as far as the kernel takes
/// it, and only a socket that takes no more is watched for that. Owns the socket. Confined to the engine's loop.
@safe final class Connection {
    let origin: Origin
    let openedAt: Moment
    /// When the last response was complete.
    var idleSince: Moment
    /// How many requests were begun on it.
    private(set) var exchanges = 0
    /// The request that it carries.
    private(set) var transfer: Transfer?

    private let fd: Int32
    /// Both end with `close`: that the engine knows its connections, and that the watch knows this one.
    private let engine: TransferEngine
    private let tls: TLSChannel?
    private var isOpen = true
    private var watch: Watch?
    private var outbox = Outbox()
    /// What TLS has made of it and the socket has not taken.
    private var ciphertext = Outbox()
    private var parser = ResponseParser(isAnswerToHead: false, headLimit: 0)
    private(set) var isReadingPaused = false
    private var isWritingBlocked = false

    /// How many buffers are read before others have their turn.
    private static let readsATurn = 16
    /// A read of so many bytes is seldom the last one.
    private static let much = 16 << 10
    /// The most that is encrypted before the socket takes it.
    private static let recordBytes = 16 << 10

    /// Takes over a connected socket for `transfer`, which can be sent when `secure` has returned true.
    init(_ fd: Int32, for transfer: Transfer, securedBy tls: TLSChannel?, on engine: TransferEngine) {
        self.fd = fd
        self.transfer = transfer
        self.tls = tls
        self.engine = engine
        origin = transfer.origin
        openedAt = .turn
        idleSince = openedAt
        listen()
    }

    /// Closes it; whoever is on the other side sees that at once. Idempotent.
    func close() {
        guard isOpen else { return }
        isOpen = false
        if let tls, tls.isEstablished {
            tls.close()
            ciphertext.append(tls.takeOutput())
            // As far as the kernel takes it: nobody waits for a goodbye.
            _ = send(&ciphertext)
        }
        watch?.cancel()
        watch = nil
        cc_close_socket(fd)
        transfer = nil
    }

    /// Whether nothing has arrived that nobody asked for. Without it a request that must not be sent twice could go out on
    /// a connection that is closed already.
    func isQuiet() -> Bool {
        if tls != nil, cc_is_quiet(fd) == 0 { receive() }
        return isOpen && cc_is_quiet(fd) != 0
    }

    // MARK: Handshake

    /// Goes on with the TLS handshake. Returns whether the connection can carry a request.
    func secure() -> Bool {
        guard let tls, !tls.isEstablished else { return true }
        do {
            let isComplete = try tls.handshake()
            ciphertext.append(tls.takeOutput())
            flush()
            return isComplete && isOpen
        } catch {
            // The server is told why, as far as it still listens.
            ciphertext.append(tls.takeOutput())
            _ = send(&ciphertext)
            engine.fail(self, .tls, "\(error)")
            return false
        }
    }

    // MARK: Sending

    /// Begins an exchange: sends `head` and, when it is known, the body of the request.
    func begin(_ transfer: Transfer, head: UnsafeBufferPointer<UInt8>) {
        self.transfer = transfer
        exchanges += 1
        parser = ResponseParser(
            isAnswerToHead: transfer.request.isForHead, headLimit: engine.settings.maxHeaderBytes)
        let body = transfer.body
        if tls != nil || engine.loop.isCrowded {
            // One record for both, or one piece, if they fit.
            if head.count + body.count <= Self.recordBytes {
                unsafe outbox.append(joining: head, body)
            } else {
                unsafe outbox.append(Array(head))
                outbox.append(body)
            }
            return engine.loop.isCrowded ? engine.flushAtEndOfTurn(self) : flush()
        }
        let sent = unsafe body.withUnsafeBufferPointer {
            unsafe max(0, cc_send(fd, head.baseAddress, head.count, $0.baseAddress, $0.count))
        }
        transfer.sent(sent)
        if sent < head.count + body.count {
            if sent < head.count { unsafe outbox.append(Array(head), sent: sent) }
            outbox.append(body, sent: max(0, sent - head.count))
            // Nothing more is taken now, or the connection is gone, which reading tells.
            wait(forRoom: true)
        } else {
            transfer.drained()
        }
    }

    /// Sends a piece of the body behind what waits already.
    func offer(_ piece: [UInt8]) {
        outbox.append(piece)
        flush()
    }

    /// The bytes that the socket has not taken yet.
    var unsent: Int { outbox.count + ciphertext.count }

    /// Sends what waits, as far as the socket takes it.
    func flush() {
        while isOpen {
            guard ciphertext.isEmpty || send(&ciphertext) else { return wait(forRoom: true) }
            guard !outbox.isEmpty else { break }
            if let tls {
                guard encrypt(tls) else { return }
            } else if !send(&outbox) {
                return wait(forRoom: true)
            }
        }
        guard isOpen else { return }
        wait(forRoom: false)
        if exchanges > 0 { transfer?.drained() }
    }

    /// Sends from `box`; `false` when the socket takes no more of it.
    private func send(_ box: inout Outbox) -> Bool {
        while !box.isEmpty {
            var sent = 0
            box.sendNext { piece in
                sent = unsafe piece.withUnsafeBufferPointer {
                    unsafe cc_send(fd, $0.baseAddress, $0.count, nil, 0)
                }
                return max(0, sent)
            }
            guard sent > 0 else { return false }
            // What a handshake sends is not of the request.
            if exchanges > 0 { transfer?.sent(sent) }
        }
        return true
    }

    /// Makes ciphertext of the next record's worth; `false` when that fails.
    private func encrypt(_ tls: TLSChannel) -> Bool {
        var record: [UInt8] = []
        outbox.sendNext { piece in
            record = Array(copying: piece.extracting(first: Self.recordBytes))
            return record.count
        }
        do {
            try tls.write(record)
            ciphertext.append(tls.takeOutput())
            return true
        } catch {
            engine.fail(self, .tls, "\(error)")
            return false
        }
    }

    // MARK: Receiving

    /// The transfer's reader is slower than the server: the server has to wait.
    private func pauseReading() {
        isReadingPaused = true
        updateWatch()
    }

    /// Reads again.
    func resumeReading() {
        guard isReadingPaused, isOpen else { return }
        isReadingPaused = false
        updateWatch()
    }

    private func ready(_ readiness: Readiness) {
        if isReadingPaused, readiness.isBroken {
            // Reported again and again; it is looked at when what is there already has been read.
            watch?.cancel()
            watch = nil
            return
        }
        if readiness.isWritable {
            flush()
            guard isOpen else { return }
        }
        if readiness.isReadable || readiness.isBroken { receive() }
    }

    /// Reads what is there, and behind much of it what reading has made room for. Others have their turn too: when there is
    /// still more, the loop says so again.
    private func receive() {
        for _ in 0..<Self.readsATurn where isOpen && !isReadingPaused {
            let limit = max(1, min(TransferEngine.bufferBytes, transfer?.room ?? .max))
            guard receive(atMost: limit) >= min(limit, Self.much) else { return }
        }
    }

    /// Reads once and returns how many bytes there were.
    private func receive(atMost limit: Int) -> Int {
        let count = engine.receive(from: fd, atMost: limit)
        guard count > 0 else {
            let error = count == 0 ? 0 : cc_error()
            if error == 0 {
                ended(nil)
            } else if cc_would_block(error) == 0 {
                ended(unsafe String(cString: cc_error_text(error)))
            }
            return 0
        }
        let buffer = engine.buffer
        guard let tls else {
            conclude(take(buffer.span.extracting(..<count)))
            return count
        }
        do {
            try tls.feed(buffer[..<count])
            if tls.isEstablished {
                try decrypt(tls)
            } else if secure() {
                engine.isReady(self)
            }
        } catch {
            engine.fail(self, parser.hasBegun ? .truncated : .tls, "\(error)")
        }
        return count
    }

    private func decrypt(_ tls: TLSChannel) throws(CryptographyError) {
        var outcome = Intake.more
        while case let plaintext = try tls.read(limit: Self.recordBytes), !plaintext.isEmpty {
            // What follows a complete response in the same bytes was not asked for.
            if case .complete = outcome {
                outcome = .complete(isClean: false)
            } else {
                outcome = take(plaintext.span)
            }
            if case .failed = outcome { return }
        }
        // The server may have asked for an answer, such as new keys.
        ciphertext.append(tls.takeOutput())
        if !ciphertext.isEmpty { flush() }
        guard isOpen else { return }
        conclude(outcome)
        if isOpen, tls.isClosedByPeer { ended(nil) }
    }

    /// What bytes have led to.
    private enum Intake {
        case more
        /// The response is there; `isClean`: and nothing else.
        case complete(isClean: Bool)
        case failed
    }

    private func take(_ bytes: Span<UInt8>) -> Intake {
        guard let transfer else {
            engine.lost(self)
            return .failed
        }
        var position = 0
        while true {
            do {
                switch try parser.next(bytes, &position) {
                case .hungry:
                    transfer.handOver()
                    return .more
                case .head(var head): try transfer.take(&head)
                case .body(let range):
                    try transfer.take(bytes.extracting(range), isLast: position == bytes.count)
                case .end:
                    transfer.handOver()
                    return .complete(isClean: position == bytes.count)
                }
            } catch let violation as ResponseParser.Violation {
                transfer.handOver()
                fail(violation)
                return .failed
            } catch let refusal as Transfer.Refusal {
                engine.fail(self, .tooLarge, refusal.reason)
                return .failed
            } catch {
                // Nothing else is thrown here.
                engine.fail(self, .protocol, "\(error)")
                return .failed
            }
        }
    }

    private func fail(_ violation: ResponseParser.Violation) {
        switch violation {
        case .tooLarge(let reason): engine.fail(self, .tooLarge, reason)
        case .malformed(let reason): engine.fail(self, parser.hasHead ? .truncated : .protocol, reason)
        }
    }

    private func conclude(_ intake: Intake) {
        switch intake {
        case .failed: break
        case .more:
            if let transfer, transfer.room == 0 {
                transfer.hold()
                pauseReading()
            }
        case .complete(let isClean):
            let isUsable =
                isClean && parser.leavesConnectionUsable && transfer?.hasSentAll == true
                && tls?.isClosedByPeer != true
            // The server says once what shortens the handshake of the next connection.
            if exchanges == 1, let session = tls?.session { origin.session = session }
            engine.complete(self, isUsable: isUsable && unsent == 0)
        }
    }

    /// No more bytes will come: the server has closed, or the connection is lost for a reason.
    private func ended(_ reason: String?) {
        guard transfer != nil else { return engine.lost(self) }
        guard tls?.isEstablished ?? true else {
            return engine.fail(self, .tls, reason ?? "the connection was closed amid the TLS handshake")
        }
        switch parser.ended() {
        case .silent:
            engine.unanswered(self, reason ?? "the connection was closed before any byte of a response")
        case .amidHead:
            engine.fail(self, reason == nil ? .protocol : .reset, reason ?? "the response has no complete head")
        case .amidBody:
            engine.fail(self, .truncated, reason ?? "the connection was closed amid the response")
        case .complete:
            // Over TLS only a goodbye tells the end from an interruption by somebody in between.
            guard reason == nil, tls?.isClosedByPeer ?? true else {
                return engine.fail(self, .truncated, reason ?? "the connection was closed without a goodbye")
            }
            engine.complete(self, isUsable: false)
        }
    }

    /// The exchange is over, and the connection waits for the next one.
    func rest() {
        transfer = nil
        idleSince = .turn
    }

    // MARK: The loop

    /// The socket takes no more, or it has taken all there was.
    private func wait(forRoom isBlocked: Bool) {
        guard isWritingBlocked != isBlocked else { return }
        isWritingBlocked = isBlocked
        updateWatch()
    }

    private var interest: Interest {
        var wish: Interest = isReadingPaused ? [] : .readable
        if isWritingBlocked { wish.insert(.writable) }
        return wish
    }

    private func updateWatch() {
        guard let watch else { return listen() }
        do {
            try watch.update(interest)
        } catch {
            ended("\(error)")
        }
    }

    private func listen() {
        do {
            watch = try engine.loop.watch(fd, interest) { [self] in ready($0) }
        } catch {
            // Nothing will be reported, and the transfer ends by its deadline.
            watch = nil
        }
    }
}
