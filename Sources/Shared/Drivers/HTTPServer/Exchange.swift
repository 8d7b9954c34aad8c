internal import EventLoop
internal import HTTPMessages

/// One request and its answer, from the end of the head to the last byte sent.
///
/// `@unchecked Sendable`: confined to the loop of its connection; the handler's task runs there too.
final class Exchange: @unchecked Sendable {
    enum Phase {
        /// The body is not read before the handler asks for it.
        case offered
        /// The body is coming.
        case receiving
        /// The handler has too much of the body to read yet.
        case paused
        /// Everything is here but the answer.
        case answering
        /// Answered too early; the rest of the body is thrown away.
        case discarding
        /// The answer is on its way.
        case responding
        case over
    }

    /// `nil` at the end, so that nothing keeps a closed connection.
    private(set) var connection: Connection?
    let server: LoopServer
    /// What the handler is given, until it is; and what it has answered, until that is written.
    private var request: HTTPRequest?
    private var streamed: HTTPResponse?
    var phase: Phase
    let isHTTP10: Bool
    let isHead: Bool
    /// Whether the connection is closed behind the answer.
    var endsConnection: Bool
    private var owesContinue: Bool
    private(set) var body: BodyStream?
    private var decoder: BodyDecoder
    private(set) var task: Task<Void, Never>?
    /// The answer that waits for the rest of the body to pass.
    var early: HTTPResponse?
    /// The streamed answer that waits for that.
    var passed: Waiter?
    /// The body of a streamed answer.
    var stream: ResponseStream?
    /// Whether all of the answer was handed over.
    var isAnswered = false
    /// What may still be thrown away of the body.
    var discardAllowance = 0
    /// When the current phase has lasted too long.
    var deadline: Int64 = 0
    /// When the current measurement of the body's rate began, and what has come since.
    private(set) var windowStart: Int64 = 0
    private(set) var windowBytes = 0

    /// Prepares for the body.
    ///
    /// A small body has come with its head, as a rule. A large one is left where it is, so that a request that is not
    /// allowed, or whose client expects to be told, is answered before its body.
    init(of head: RequestHead, on connection: Connection) {
        self.connection = connection
        server = connection.server
        isHTTP10 = head.isHTTP10
        isHead = head.isHead
        endsConnection = head.endsConnection
        decoder = BodyDecoder(head.framing)
        owesContinue = false
        switch head.framing {
        case .none: phase = .answering
        case .length(let length):
            owesContinue = head.expectsContinue
            phase = head.expectsContinue || length > BodyStream.highWaterMark ? .offered : .receiving
        case .chunked:
            owesContinue = head.expectsContinue
            phase = .offered
        }
        request = head.request
        body = head.request.body.stream
        body?.source = self
        if phase == .receiving { startReceiving() }
    }

    /// Lets the handler begin.
    func start() {
        server.handlerStarted()
        task = server.answering.run(self)
    }

    /// Has the handler answer the request.
    func handle() async {
        guard let request = request.take() else { return }
        let response = await server.plan.handler(request)
        // The task goes on to other requests: whoever ends this one from here on has no business with it.
        task = nil
        guard case .stream = response.body else {
            answer(response)
            return server.handlerEnded()
        }
        // In a task of its own: a task keeps the memory that its deepest call has needed, and a stream lasts long.
        streamed = response
        let isCancelled = Task.isCancelled
        task = server.streaming.run(self)
        if isCancelled { task?.cancel() }
    }

    /// Has the handler write the body that it has promised.
    func writeStream() async {
        guard let response = streamed.take() else { return }
        await answer(streaming: response)
        task = nil
        server.handlerEnded()
    }

    /// The connection is done with the request.
    func end(cleanly: Bool) {
        guard phase != .over, let connection else { return }
        phase = .over
        // After a clean end the handler may still be busy with its own affairs.
        body?.close()
        stream?.close()
        passed?.resume()
        if !cleanly { task?.cancel() }
        task = nil
        self.connection = nil
        connection.exchangeEnded(closing: endsConnection)
    }

    /// Ends the exchange at once: the client has left, or the server's time is up.
    func abort() {
        guard phase != .over, let connection else { return }
        body?.fail(.clientGone)
        // Its end would be taken for that of the body.
        connection.isBrokenOff = stream?.framing == .untilClose
        connection.close()
    }

    // MARK: The body

    /// Whether more of the body is to come in.
    var wantsInput: Bool { phase == .receiving || phase == .discarding }

    func startReceiving() {
        phase = .receiving
        windowStart = coarseNow()
        windowBytes = 0
    }

    /// Takes bytes of the body; how many. All that there is is taken, even over the mark: so the bound is the mark and
    /// what is read at once.
    func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard wantsInput else { return 0 }
        var data: [UInt8] = []
        if phase == .receiving { data.reserveCapacity(bytes.count) }
        let taken: Int
        do {
            taken = try decoder.decode(unsafe Span<UInt8>(_unsafeBytes: bytes), into: &data)
        } catch {
            giveUp(.clientGone, .malformed)
            return 0
        }
        if phase == .discarding {
            drop(data.count)
        } else if !data.isEmpty {
            receive(data)
        }
        if decoder.isComplete, wantsInput { complete() }
        return taken
    }

    private func receive(_ data: consuming [UInt8]) {
        guard let body else { return }
        windowBytes += data.count
        let limit = server.plan.settings.limits.bodyBytes
        guard body.received + data.count <= limit else {
            body.fail(.tooLarge(limit: limit))
            task?.cancel()
            return discard(before: server.plan.refusal(.contentTooLarge))
        }
        body.append(data)
        if body.buffered > BodyStream.highWaterMark, !decoder.isComplete { phase = .paused }
    }

    private func drop(_ count: Int) {
        discardAllowance -= count
        if discardAllowance < 0 { answerNow() }
    }

    private func complete() {
        body?.complete()
        phase = .answering
        passed?.resume()
        guard let early else { return }
        self.early = nil
        respond(early)
    }

    /// Ends the request in the middle of its body.
    func giveUp(_ error: HTTPBodyError, _ refusal: HTTPRefusal) {
        guard connection != nil else { return }
        body?.fail(error)
        task?.cancel()
        early = server.plan.refusal(refusal)
        answerNow()
    }

    /// The handler has read what there was.
    func bodyIsWanted() {
        guard phase == .offered || phase == .paused, let connection else { return }
        if owesContinue {
            owesContinue = false
            connection.send([UInt8]("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        }
        guard phase != .over else { return }
        startReceiving()
        connection.resumeReading()
    }
}
