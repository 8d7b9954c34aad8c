internal import CMicrohttpd
internal import EventLoop
internal import HTTPMessages

/// One request and its answer, from the request line to the last byte sent: what the daemon asks of it.
///
/// `@unchecked Sendable`: confined to the loop of its connection; the handler's task runs there too.
final class Exchange: @unchecked Sendable {
    enum Phase {
        /// The request line is here, the headers are coming.
        case head
        /// Suspended: the body is not read before the handler asks for it.
        case offered
        /// The body is coming.
        case receiving
        /// Suspended: the handler has too much of the body to read yet.
        case paused
        /// Everything is here. The daemon will ask once more before it is suspended, so that a handler that waits for
        /// nothing is answered without that cost, and because only then it will not read before it writes: it would
        /// take a client that has ended its sending for one that has left.
        case received
        /// Suspended until there is an answer.
        case parked
        /// Answered too early; the rest of the body is thrown away.
        case discarding
        /// The answer is the daemon's to send.
        case responding
        case over
    }

    /// `nil` at the end, so that nothing keeps a closed connection.
    private(set) var connection: Connection?
    private let target: Result<RequestTarget, HTTPRefusal>
    var phase = Phase.head
    private(set) var isHTTP10 = false
    private(set) var isHead = false
    var isAborted = false
    private(set) var body: BodyStream?
    private(set) var task: Task<Void, Never>?
    /// The answer that waits for the daemon to ask.
    var early: HTTPResponse?
    /// The body of a streamed answer.
    var stream: ResponseStream?
    /// What may still be thrown away of the body.
    var discardAllowance = 0
    /// When the current phase has lasted too long.
    var deadline: Int64
    /// When the current measurement of the body's rate began, and what has come since.
    private(set) var windowStart: Int64 = 0
    private(set) var windowBytes = 0

    init(on connection: Connection, target: Result<RequestTarget, HTTPRefusal>) {
        self.connection = connection
        self.target = target
        deadline = connection.headDeadline
    }

    /// The request has got further. `false` closes the connection.
    func access(_ call: AccessCall) -> Bool {
        guard !isAborted, let connection else { return false }
        switch phase {
        case .head: return begin(call, on: connection)
        case .offered:
            // The handler wants the body: its first bytes come with the next call.
            startReceiving()
            return true
        case .receiving, .paused:
            if !connection.isSuspended, phase == .paused { startReceiving() }
            return call.uploadCount > 0 ? take(call, on: connection) : complete()
        case .discarding: return call.uploadCount > 0 ? drop(call) : complete()
        case .received, .parked:
            if let early { return hand(early) }
            phase = .parked
            connection.suspend()
            return true
        case .responding, .over: return true
        }
    }

    /// The daemon is done with the request.
    func end(cleanly: Bool) {
        guard phase != .over, let connection else { return }
        phase = .over
        // After a clean end the handler may still be busy with its own affairs.
        body?.close()
        stream?.close()
        if !cleanly { task?.cancel() }
        task = nil
        self.connection = nil
        connection.exchangeEnded()
    }

    // MARK: The head

    private func begin(_ call: AccessCall, on connection: Connection) -> Bool {
        isHTTP10 = call.isHTTP10
        let plan = connection.server.plan
        do throws(HTTPRefusal) {
            let target = try target.get()
            let head = try readHead(call, on: connection)
            isHead = head.method == .head
            guard target.path != "*" || head.method == .options else { throw .malformed }
            if case .length(let length) = head.framing, length > plan.settings.limits.bodyBytes {
                throw .contentTooLarge
            }
            let isOffered = frame(head, on: connection)
            start(
                HTTPRequest(
                    method: head.method, path: target.path, query: target.query, headers: head.headers,
                    remoteAddress: connection.peer, isSecure: connection.daemon.isSecure, body: HTTPRequestBody(body)),
                plan: plan, on: connection.server)
            guard isOffered else {
                startReceiving()
                return true
            }
            phase = .offered
            connection.suspend()
            return true
        } catch {
            connection.isCutShort = true
            return hand(plan.refusal(error))
        }
    }

    private func readHead(_ call: AccessCall, on connection: Connection) throws(HTTPRefusal) -> RequestHead {
        let limit = connection.server.plan.settings.limits.headerBytes
        let head = unsafe connection.withRaw { unsafe RequestHead.read($0, call, limit: limit) }
        guard let head else { throw .malformed }
        return try head.get()
    }

    /// Prepares for the body; whether the client waits with it until the handler asks.
    ///
    /// A small body has come with its head, as a rule. A large one is left where it is, so that a request that is not
    /// allowed, or whose client expects to be told, is answered before its body.
    private func frame(_ head: RequestHead, on connection: Connection) -> Bool {
        switch head.framing {
        case .none: return false
        case .length(let length):
            body = BodyStream(from: self, on: connection.server.loop, announcedLength: length)
            return head.expectsContinue || length > BodyStream.highWaterMark
        case .chunked:
            body = BodyStream(from: self, on: connection.server.loop, announcedLength: nil)
            return true
        }
    }

    private func start(_ request: HTTPRequest, plan: ServingPlan, on server: LoopServer) {
        server.handlerStarted()
        // Unstructured because a C callback starts it. The exchange cancels it, the server's drain awaits it.
        task = server.loop.spawn { [self] in
            let response = await plan.handler(request)
            guard case .stream = response.body else { return await finish(response, on: server) }
            // In a task of its own: a task keeps the memory that its deepest call has needed, and a stream lasts long.
            let isCancelled = Task.isCancelled
            task = server.loop.spawn { [self] in await finish(response, on: server) }
            if isCancelled { task?.cancel() }
        }
    }

    private func finish(_ response: HTTPResponse, on server: LoopServer) async {
        await answer(response)
        server.handlerEnded()
    }

    // MARK: The body

    func startReceiving() {
        phase = .receiving
        windowStart = coarseNow()
        windowBytes = 0
    }

    /// All that the daemon has is taken, even over the mark: it reads before it calls, and what it kept would be lost
    /// behind a half-close. So the bound is the mark and one buffer of the daemon.
    private func take(_ call: AccessCall, on connection: Connection) -> Bool {
        guard let body else { return false }
        windowBytes += call.uploadCount
        let limit = connection.server.plan.settings.limits.bodyBytes
        guard body.received + call.uploadCount <= limit else {
            call.dropUpload()
            body.fail(.tooLarge(limit: limit))
            task?.cancel()
            discard(before: connection.server.plan.refusal(.contentTooLarge))
            return true
        }
        body.append(call.takeUpload())
        if body.buffered > BodyStream.highWaterMark, phase == .receiving {
            phase = .paused
            connection.suspend()
        }
        return true
    }

    private func drop(_ call: AccessCall) -> Bool {
        discardAllowance -= call.uploadCount
        call.dropUpload()
        guard discardAllowance < 0 else { return true }
        answerPastDaemon()
        return false
    }

    private func complete() -> Bool {
        body?.complete()
        if let early { return hand(early) }
        phase = .received
        return true
    }

    /// The handler has read what there was.
    func bodyIsWanted() {
        guard phase == .offered || phase == .paused else { return }
        connection?.resume()
    }
}
