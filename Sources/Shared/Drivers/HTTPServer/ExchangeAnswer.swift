internal import EventLoop
internal import HTTPMessages

/// What becomes of the handler's answer, and of time.
extension Exchange {
    /// More than this of an unwanted body is not read to keep the connection alive.
    private static let discardLimit = 64 * 1024
    /// Longer bodies are not copied behind the head but sent after it.
    private static let copyLimit = 64 * 1024

    /// The handler has answered with a body that is there already.
    func answer(_ response: HTTPResponse) {
        // Whether all of the body is here depends on the client; that it cannot be read any more must not.
        body?.close()
        switch phase {
        case .answering: respond(response)
        case .offered:
            early = response
            answerNow()
        case .receiving, .paused: discard(before: response)
        case .discarding, .responding, .over: break
        }
    }

    /// The handler has answered with a body that is to be written: lets it be written.
    func answer(streaming response: HTTPResponse) async {
        guard case .stream(let produce) = response.body, allowsBody(response.status) else { return answer(response) }
        body?.close()
        if phase == .receiving || phase == .paused { await discardBody() }
        guard phase == .answering || phase == .offered, let connection else { return await forgo(produce) }
        if phase == .offered { cutShort(connection) }
        let stream = ResponseStream(of: self, ResponseHead.framing(of: response, isHTTP10: isHTTP10))
        self.stream = stream
        connection.hold(begin(response, stream.framing, on: connection))
        do {
            try await produce(HTTPResponseWriter(stream))
            stream.finish()
        } catch {
            // Why is the producer's to report; the client must see that the body is not whole.
            stream.breakOff()
        }
    }

    /// Nobody reads the answer: who would have written its body is told so, and can end what was begun for it.
    private func forgo(_ produce: (HTTPResponseWriter) async throws -> Void) async {
        let stream = ResponseStream(of: self, .untilClose)
        stream.close()
        do {
            try await produce(HTTPResponseWriter(stream))
        } catch {
            // That it could not be written is what it was to learn.
        }
    }

    private func allowsBody(_ status: Int) -> Bool { !isHead && status != 204 && status != 304 }

    /// Lets the rest of the body pass, if it is not long and comes soon, so that the connection can be kept.
    func discard(before answer: HTTPResponse?) {
        early = answer
        phase = .discarding
        deadline = coarseNow() + 1000
        discardAllowance = Self.discardLimit
        if let length = body?.announcedLength, let received = body?.received, length - received > Self.discardLimit {
            return answerNow()
        }
        connection?.resumeReading()
    }

    private func discardBody() async {
        guard connection != nil else { return }
        let waiter = Waiter(on: server.loop)
        passed = waiter
        discard(before: nil)
        do {
            try await waiter.wait(until: .never)
        } catch {
            // Cancelled: whoever did that has ended the exchange.
        }
        passed = nil
    }

    /// Answers in the middle of the body, after which the connection is of no use.
    func answerNow() {
        guard let connection else { return }
        cutShort(connection)
        phase = .answering
        passed?.resume()
        guard let early else { return }
        self.early = nil
        respond(early)
    }

    private func cutShort(_ connection: Connection) {
        connection.isCutShort = true
        endsConnection = true
    }

    func respond(_ response: HTTPResponse) {
        guard let connection else { return }
        isAnswered = true
        guard case .bytes(let body) = response.body else {
            // No body may follow, and of what length it would be nobody says.
            let length = ResponseHead.announcedLength(of: response)
            endsConnection = endsConnection || length == nil
            let framing = length.map { ResponseHead.Framing.length($0) } ?? .none
            return connection.send(begin(response, framing, on: connection))
        }
        let hasNoLength = response.status == 204 || response.status == 304
        let isSent = allowsBody(response.status)
        let isJoined = isSent && body.count <= Self.copyLimit
        let out = begin(
            response, hasNoLength ? .none : .length(body.count), on: connection, followedBy: isJoined ? body : [])
        guard isSent, !isJoined else { return connection.sendLast(out) }
        connection.hold(out)
        connection.send(body)
    }

    /// The head of the answer, which is on its way from now on.
    private func begin(
        _ response: HTTPResponse, _ framing: ResponseHead.Framing, on connection: Connection,
        followedBy body: [UInt8] = []
    ) -> [UInt8] {
        phase = .responding
        endsConnection =
            endsConnection || framing == .untilClose || server.plan.isDraining || ResponseHead.endsConnection(response)
        let persistence: ResponseHead.Persistence =
            endsConnection ? .closes : isHTTP10 ? .staysUnusually : .stays
        return ResponseHead.bytes(of: response, framing, persistence, date: server.date, followedBy: body)
    }

    /// Whether the answer is being written piece by piece.
    var isStreaming: Bool { stream != nil && !isAnswered }

    /// Cancels whoever writes it, and who may still say why it ends.
    func cancelStream() { task?.cancel() }

    // MARK: What was handed over

    /// Bytes that the client has not been sent yet.
    var unsent: Int { connection?.unsent ?? 0 }

    /// Sends a piece of a streamed body.
    func send(_ piece: [UInt8]) { connection?.send(piece) }

    /// Sends a piece of a body that goes out in chunks.
    func send(chunk piece: Span<UInt8>) { connection?.send(chunk: piece) }

    /// Sends a piece of such a body with what comes behind it.
    func hold(chunk piece: Span<UInt8>) { connection?.hold(ChunkFrame.bytes(of: piece)) }

    /// Sends the end of a streamed body.
    func finish(_ end: [UInt8]) {
        isAnswered = true
        // What is nothing to send may be all that was waited for.
        if end.isEmpty { outputWent(leaving: unsent) } else { connection?.sendLast(end) }
    }

    /// The client has been sent some of what waited, and not so many bytes.
    func outputWent(leaving unsent: Int) {
        stream?.roomChanged(unsent)
        if isAnswered, unsent == 0 { end(cleanly: true) }
    }

    // MARK: Time and peer

    /// The client has read something, and has not read everything.
    func noteProgress() {
        deadline = coarseNow() + server.plan.idleTimeout
    }

    /// Ends the exchange when the client has used up its time. The handler's time is its own.
    func sweep(at now: Int64) {
        switch phase {
        case .receiving: checkRate(at: now)
        case .discarding where now >= deadline: answerNow()
        case .responding where connection?.isReaderAwaited == true && now >= deadline: abort()
        case .discarding, .responding, .offered, .paused, .answering, .over: break
        }
    }

    private func checkRate(at now: Int64) {
        let plan = server.plan
        let elapsed = now - windowStart
        guard elapsed >= plan.bodyRateWindow else { return }
        guard Int64(windowBytes) * 1000 < Int64(plan.settings.limits.bodyMinimumRate) * elapsed else {
            return startReceiving()
        }
        giveUp(.timedOut, .timedOut)
    }

    /// What a client may be sent without any effect now, `nil` when there is nothing.
    ///
    /// Before the response an interim one, which every client must skip; between two chunks a leading zero of the next
    /// chunk's size.
    var harmlessBytes: String? {
        guard !isHTTP10 else { return nil }
        switch phase {
        case .offered, .paused, .answering: return "HTTP/1.1 100 Continue\r\n\r\n"
        case .responding: return stream?.framing == .chunks && !isAnswered ? "0" : nil
        case .receiving, .discarding, .over: return nil
        }
    }
}
