internal import CMicrohttpd
internal import EventLoop

/// What becomes of the handler's answer, and of time.
extension Exchange {
    /// More than this of an unwanted body is not read to keep the connection alive.
    private static let discardLimit = 64 * 1024

    /// The handler has answered: passes it on, and lets a streamed body be written.
    func answer(_ response: HTTPResponse) async {
        guard let connection, phase != .discarding, phase != .responding, !isAborted else {
            return await forgo(response)
        }
        // Whether all of the body is here depends on the client; that it cannot be read any more must not.
        body?.close()
        guard case .stream(let produce) = response.body, allowsBody(response.status) else {
            return accept(response, on: connection)
        }
        let stream = ResponseStream(on: connection.server.loop) { [unowned self] in streamHasData() }
        self.stream = stream
        accept(response, on: connection)
        do {
            try await produce(HTTPResponseWriter(stream))
            stream.finish()
        } catch {
            // Why is the producer's to report; the client must see that the body is not whole.
            stream.breakOff()
        }
    }

    /// Nobody reads the answer: who would have written its body is told so, and can end what was begun for it.
    private func forgo(_ response: HTTPResponse) async {
        guard case .stream(let produce) = response.body, allowsBody(response.status), let loop = Loop.current else {
            return
        }
        let stream = ResponseStream(on: loop) {}
        stream.close()
        do {
            try await produce(HTTPResponseWriter(stream))
        } catch {
            // That it could not be written is what it was to learn.
        }
    }

    private func allowsBody(_ status: Int) -> Bool { !isHead && status != 204 && status != 304 }

    private func accept(_ response: HTTPResponse, on connection: Connection) {
        switch phase {
        case .offered, .parked:
            if phase == .offered { connection.isCutShort = true }
            isAborted = !hand(response)
            connection.resume()
        case .received:
            early = response
            connection.daemon.scheduleRun()
        case .receiving, .paused: discard(before: response)
        case .head, .discarding, .responding, .over: break
        }
    }

    /// Lets the rest of the body pass, if it is not long and comes soon, so that the connection can be kept.
    func discard(before answer: HTTPResponse) {
        early = answer
        phase = .discarding
        deadline = coarseNow() + 1000
        discardAllowance = Self.discardLimit
        if let length = body?.announcedLength, let received = body?.received, length - received > Self.discardLimit {
            discardAllowance = 0
        }
        connection?.resume()
    }

    /// Gives the answer to the daemon. `false` when it does not take it, and the connection must be closed.
    func hand(_ response: HTTPResponse) -> Bool {
        guard let connection else { return false }
        phase = .responding
        early = nil
        noteProgress()
        return unsafe connection.withRaw { unsafe DaemonResponse.queue(response, for: self, on: $0) } ?? false
    }

    /// The daemon takes no answer in the middle of a body, so it is written past it; the connection must be closed.
    func answerPastDaemon() {
        guard let early, let connection else { return }
        self.early = nil
        phase = .responding
        connection.isCutShort = true
        if let bytes = RawResponse.bytes(of: early) { connection.send(bytes) }
    }

    // MARK: The stream

    private func streamHasData() {
        guard phase == .responding, let connection, connection.isSuspended else { return }
        noteProgress()
        connection.resume()
    }

    /// The daemon has sent what it had and has `room` for more.
    func fill(_ room: UnsafeMutableRawBufferPointer) -> Int {
        guard !isAborted, let stream else {
            connection?.expire()
            return CM_END_WITH_ERROR
        }
        noteProgress()
        switch unsafe stream.take(into: room) {
        case .bytes(let count): return count
        case .nothingYet:
            connection?.suspend()
            return 0
        case .end:
            if !stream.isChunked { connection?.expire() }
            return CM_END_OF_STREAM
        case .broken:
            connection?.expire()
            return CM_END_WITH_ERROR
        }
    }

    // MARK: Time and peer

    /// The client has read something.
    func noteProgress() {
        guard let connection else { return }
        connection.daemon.noteActivity()
        deadline = coarseNow() + connection.server.plan.idleTimeout
    }

    /// Ends the exchange when the client has used up its time. The handler's time is its own.
    func sweep(at now: Int64) {
        guard let connection, !connection.isSuspended else { return }
        switch phase {
        case .head where now >= deadline: timeOut(connection)
        case .receiving: checkRate(at: now, connection)
        case .discarding where now >= deadline:
            answerPastDaemon()
            connection.end()
        case .responding where now >= deadline: connection.end()
        case .head, .discarding, .responding, .offered, .paused, .received, .parked, .over: break
        }
    }

    private func checkRate(at now: Int64, _ connection: Connection) {
        let plan = connection.server.plan
        let elapsed = now - windowStart
        guard elapsed >= plan.bodyRateWindow else { return }
        guard Int64(windowBytes) * 1000 < Int64(plan.settings.limits.bodyMinimumRate) * elapsed else {
            return startReceiving()
        }
        body?.fail(.timedOut)
        task?.cancel()
        timeOut(connection)
    }

    private func timeOut(_ connection: Connection) {
        early = connection.server.plan.refusal(.timedOut)
        answerPastDaemon()
        connection.end()
    }

    /// Ends the exchange at once: the client has left, or the server's time is up.
    func abort() {
        guard phase != .over, let connection else { return }
        isAborted = true
        body?.fail(.clientGone)
        stream?.close()
        task?.cancel()
        if connection.isSuspended {
            connection.resume()
        } else if !connection.isGone {
            connection.end()
        }
    }

    /// What a client may be sent without any effect now, `nil` when there is nothing.
    ///
    /// Before the response an interim one, which every client must skip; between two chunks a leading zero of the next
    /// chunk's size.
    var harmlessBytes: String? {
        guard !isHTTP10 else { return nil }
        switch phase {
        case .offered, .paused, .parked: return "HTTP/1.1 100 Continue\r\n\r\n"
        case .responding: return stream?.isChunked == true ? "0" : nil
        case .head, .receiving, .received, .discarding, .over: return nil
        }
    }
}
