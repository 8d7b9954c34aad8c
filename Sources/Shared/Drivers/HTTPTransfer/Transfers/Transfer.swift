internal import EventLoop
internal import HTTPMessages

/// One request on its way, from the call to the last byte of the response.
///
/// `@unchecked Sendable`: confined to the engine's loop. Its closures elsewhere only submit to that loop.
@safe final class Transfer: @unchecked Sendable {
    /// What becomes of the response body.
    enum Delivery {
        /// It is gathered, up to so many bytes.
        case collected(limit: Int)
        /// It is handed on piece by piece.
        case streamed
    }

    /// What carries the request.
    enum Carrier {
        case nothing
        /// It waits for its turn.
        case queue
        case attempt(ConnectAttempt)
        case connection(Connection)
    }

    /// A response that the caller does not want.
    struct Refusal: Error {
        let reason: String
    }

    let request: OutboundRequest
    /// What follows the head at once.
    let body: [UInt8]
    let target: TransferTarget
    let origin: Origin
    let engine: TransferEngine
    var carrier = Carrier.nothing
    /// The place among the engine's transfers.
    var index = -1
    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    private(set) var outcome: Result<Void, TransferError>?
    private(set) var progress: TransferProgress
    /// On how many connections the request was begun.
    private(set) var attempts = 0
    /// The last byte of the request was handed over.
    private(set) var hasSentAll = false
    /// The task that asks for the body piece by piece, and where it waits while the connection takes no more.
    var pump: Task<Void, Never>?
    var roomWaiter: UnsafeContinuation<Void, Never>?
    /// All pieces of the body were given.
    var isBodyComplete = true

    private let delivery: Delivery
    private var hasHead = false
    /// Nobody is interested any more in how it ends.
    private(set) var isLetGo = false
    /// Whether something other than the end of the connection tells the end of the body.
    private(set) var isEndTold = false
    private var hasSentAny = false
    private var received: [UInt8] = []
    private var waiter: UnsafeContinuation<Void, Never>?
    /// Who takes pieces as they arrive, until it has to wait.
    private var taker: ((Span<UInt8>) -> Bool)?

    init(
        _ request: consuming OutboundRequest, to target: TransferTarget, origin: Origin, delivery: Delivery,
        on engine: TransferEngine
    ) {
        progress = TransferProgress(request.deadlines, at: .now)
        switch request.body {
        case .none: body = []
        case .bytes(let bytes): body = bytes
        case .stream:
            body = []
            isBodyComplete = false
        }
        self.request = request
        self.target = target
        self.origin = origin
        self.delivery = delivery
        self.engine = engine
    }

    var timing: TransferTiming { progress.timing(at: .turn) }

    // MARK: What the caller waits for

    /// The whole response.
    func response() async throws(TransferError) -> InboundResponse {
        while outcome == nil { await change() }
        try outcome?.get()
        return collected()
    }

    /// What has been gathered, which is nobody else's from now on.
    private func collected() -> InboundResponse {
        var (fields, body) = (HTTPHeaders(), [UInt8]())
        swap(&fields, &headers)
        swap(&body, &received)
        return InboundResponse(status: status, headers: fields, body: body, timing: timing)
    }

    /// Returns when the response head is complete.
    func headArrived() async throws(TransferError) {
        while outcome == nil, !hasHead { await change() }
        guard !hasHead else { return }
        try outcome?.get()
    }

    /// What has arrived of the body, `nil` at its end.
    func nextPiece() async throws(TransferError) -> [UInt8]? {
        engine.loop.preconditionCurrent()
        while outcome == nil, received.isEmpty { await change() }
        guard received.isEmpty else { return takeReceived() }
        try outcome?.get()
        return nil
    }

    /// Nobody reads the rest. It may come for a while, so that the connection can be used again.
    func letEnd(within patience: Duration) {
        engine.loop.preconditionCurrent()
        guard outcome == nil else { return }
        isLetGo = true
        taker = { _ in true }
        progress.shorten(to: patience, at: .turn)
        _ = takeReceived()
        engine.noteExpiry(of: self)
    }

    private func takeReceived() -> [UInt8] {
        var piece: [UInt8] = []
        swap(&piece, &received)
        if case .connection(let connection) = carrier { readAgain(connection) }
        return piece
    }

    /// Gives `taker` what arrives, as it does, until it has to wait or there is no more.
    func relay(to taker: @escaping (Span<UInt8>) -> Bool) async throws(TransferError) -> InboundStream.Pause {
        engine.loop.preconditionCurrent()
        precondition(self.taker == nil, "two tasks read one transfer")
        self.taker = taker
        defer { self.taker = nil }
        handOver()
        while outcome == nil, self.taker != nil { await change() }
        guard self.taker != nil else { return .taken }
        try outcome?.get()
        return .over
    }

    /// Suspends until something has changed. Cancelling the task ends the transfer.
    private func change() async {
        precondition(unsafe waiter == nil, "two tasks wait for one transfer")
        await withTaskCancellationHandler {
            unsafe await withUnsafeContinuation { unsafe waiter = $0 }
        } onCancel: {
            // Always deferred, so that it comes after the continuation is stored.
            engine.loop.submit { [self] in cancel() }
        }
    }

    private func signal() {
        unsafe waiter?.resume()
        unsafe waiter = nil
    }

    // MARK: The end

    /// The caller has lost interest. Without effect when the transfer is over.
    func cancel() {
        abandon(.cancelled, "the request was cancelled")
    }

    /// Ends the transfer for a reason of our own.
    func abandon(_ kind: TransferError.Kind, _ message: String) {
        guard outcome == nil else { return }
        engine.withdraw(self, because: failure(kind, message))
    }

    /// Ends the transfer, when it still runs, for a reason that the caller is told by the error returned.
    func refused(_ kind: TransferError.Kind, _ message: String) -> TransferError {
        let error = failure(kind, message)
        abandon(kind, message)
        return error
    }

    /// The engine has let go of the transfer.
    func end(_ outcome: Result<Void, TransferError>) {
        progress.conclude(at: .now)
        self.outcome = outcome
        if case .failure(let error) = outcome, error.kind == .cancelled { received = [] }
        pump?.cancel()
        pump = nil
        makeRoom()
        signal()
    }

    func failure(_ kind: TransferError.Kind, _ message: String) -> TransferError {
        TransferError(
            kind: kind, method: request.method, url: target.shown, message: message,
            isBeforeRequestSent: !hasSentAny, head: hasHead ? TransferError.Head(status: status, headers: headers) : nil
        )
    }

    /// What is said when the patience with a phase has ended.
    func explanation(of phase: TransferPhase) -> String {
        switch (phase, carrier) {
        case (.connect, .queue): "no free connection in time"
        case (.connect, .attempt(let attempt)) where attempt.isLookingUp:
            "the name of the host was not resolved in time"
        case (.connect, _): "no connection in time"
        case (.firstByte, _): status == 0 ? "no response head in time" : "nothing behind the response head in time"
        case (.idle, _): "no byte moved in time"
        case (.total, _): "the request took too long in all"
        }
    }

    // MARK: The request

    /// A connection carries the request from now on.
    func begins(on connection: Connection) {
        carrier = .connection(connection)
        attempts += 1
        hasSentAll = false
        progress.connectionReady(isStreamingBody: true, at: .now)
    }

    /// Whether the request may be sent again after a connection has turned out to be closed: the server may have acted on
    /// it by then, unless nothing of it was sent.
    var mayBeRepeated: Bool {
        guard hasSentAny else { return true }
        return request.isIdempotent && attempts == 1 && pump == nil
            && progress.silence(at: .turn) < engine.settings.repeatableWithin
    }

    /// Bytes of the request were taken by the network.
    func sent(_ count: Int) {
        guard count > 0 else { return }
        hasSentAny = true
        progress.moved(at: .turn)
        makeRoom()
    }

    /// Nothing waits to be sent at the moment.
    func drained() {
        guard !hasSentAll else { return }
        guard isBodyComplete else { return progress.hold() }
        hasSentAll = true
        progress.requestSent(at: .now)
        engine.noteExpiry(of: self)
    }

    /// Lets the task go on that fills the body.
    func makeRoom() {
        unsafe roomWaiter?.resume()
        unsafe roomWaiter = nil
    }

    /// A piece of the body was made.
    func resumesSending() {
        progress.release(at: .now)
        engine.noteExpiry(of: self)
    }

    // MARK: The response

    /// How many bytes of the body may arrive until the reader has to take some.
    var room: Int {
        switch delivery {
        case .collected: .max
        case .streamed: max(0, engine.settings.streamBufferBytes - received.count)
        }
    }

    /// Takes the head of the response, and its fields out of it.
    func take(_ head: inout ResponseHead) throws(Refusal) {
        status = head.status
        swap(&headers, &head.headers)
        hasHead = true
        isEndTold = head.framing != .close
        let now = Moment.turn
        progress.answered(at: now)
        progress.headComplete(at: now, isRefusal: status >= 300)
        engine.noteExpiry(of: self)
        switch delivery {
        case .streamed:
            signal()
        case .collected(let limit):
            guard case .length(let length) = head.framing else { return }
            guard length <= limit else { throw tooLarge(limit) }
            received.reserveCapacity(length)
        }
    }

    /// Takes a piece of the body. When no other comes by the same read, which `isLast` says, it needs not be kept first.
    func take(_ bytes: Span<UInt8>, isLast: Bool) throws(Refusal) {
        progress.moved(at: .turn)
        if isLast, received.isEmpty, let taker { return hand(bytes, to: taker) }
        if case .collected(let limit) = delivery, received.count + bytes.count > limit {
            throw tooLarge(limit)
        }
        received.append(copying: bytes)
    }

    /// Tells whoever reads the body of what a read has brought.
    func handOver() {
        guard case .streamed = delivery, !received.isEmpty else { return }
        guard let taker else { return signal() }
        hand(takeReceived().span, to: taker)
    }

    private func hand(_ bytes: Span<UInt8>, to taker: (Span<UInt8>) -> Bool) {
        guard !taker(bytes) else { return }
        self.taker = nil
        signal()
    }

    private func tooLarge(_ limit: Int) -> Refusal {
        Refusal(reason: "the response body is larger than \(limit) bytes")
    }

    /// We do not read: no patience of the server is asked for.
    func hold() { progress.hold() }

    private func readAgain(_ connection: Connection) {
        guard connection.isReadingPaused else { return }
        progress.release(at: .now)
        engine.noteExpiry(of: self)
        connection.resumeReading()
    }
}
