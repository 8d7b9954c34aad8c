internal import CCurl
internal import EventLoop
internal import HTTPMessages

/// One request on its way, from the call to the last byte of the response.
///
/// `@unchecked Sendable`: confined to the engine's loop. Its closures elsewhere only submit to that loop.
final class Transfer: @unchecked Sendable {
    /// What becomes of the response body.
    enum Delivery {
        /// It is gathered, up to so many bytes.
        case collected(limit: Int)
        /// It is handed on piece by piece.
        case streamed
    }

    let request: OutboundRequest
    let target: TransferTarget
    let origin: Origin
    let engine: TransferEngine
    /// The handle that carries the request, while one does.
    var handle: EasyHandle?
    /// Whether it stands in its origin's queue.
    var isQueued = false
    /// The place among the engine's transfers.
    var index = -1
    private(set) var head = ResponseHead()
    private(set) var outcome: Result<Void, TransferError>?
    private(set) var progress: TransferProgress
    /// How often the request was about to be sent.
    private(set) var attempts = 0
    /// What is to be sent piece by piece.
    var upload: Upload?
    var isSendingPaused = false
    var pump: Task<Void, Never>?
    var roomWaiter: CheckedContinuation<Void, Never>?

    private let delivery: Delivery
    private var received: [UInt8] = []
    private var isReceivingPaused = false
    private var waiter: CheckedContinuation<Void, Never>?
    /// Why a callback told libcurl to stop; libcurl itself only knows that one did.
    private var stopReason: (kind: TransferError.Kind, message: String)?

    init(
        _ request: OutboundRequest, to target: TransferTarget, origin: Origin, delivery: Delivery,
        on engine: TransferEngine
    ) {
        self.request = request
        self.target = target
        self.origin = origin
        self.delivery = delivery
        self.engine = engine
        progress = TransferProgress(request.deadlines, at: .now)
        guard EasyHandle.isStreamed(request.body) else { return }
        switch request.body {
        case .none: upload = nil
        case .bytes(let bytes): upload = Upload(known: bytes)
        case .stream(let length, _): upload = Upload(length: length)
        }
    }

    var timing: TransferTiming { progress.timing(at: .now) }

    // MARK: What the caller waits for

    /// The whole response.
    func response() async throws(TransferError) -> InboundResponse {
        while outcome == nil { await change() }
        try outcome?.get()
        return InboundResponse(status: head.status, headers: head.headers, body: received, timing: timing)
    }

    /// Returns when the response head is complete.
    func headArrived() async throws(TransferError) {
        while outcome == nil, !head.isComplete { await change() }
        guard !head.isComplete else { return }
        try outcome?.get()
    }

    /// What has arrived of the body, `nil` at its end.
    func nextPiece() async throws(TransferError) -> [UInt8]? {
        engine.loop.preconditionCurrent()
        while outcome == nil, received.isEmpty { await change() }
        guard received.isEmpty else {
            let piece = received
            received = []
            if isReceivingPaused { resumeReceiving() }
            return piece
        }
        try outcome?.get()
        return nil
    }

    /// Suspends until something has changed. Cancelling the task ends the transfer.
    private func change() async {
        precondition(waiter == nil, "two tasks wait for one transfer")
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter = $0 }
        } onCancel: {
            // Always deferred, so that it comes after the continuation is stored.
            engine.loop.submit { [self] in cancel() }
        }
    }

    private func signal() {
        waiter?.resume()
        waiter = nil
    }

    // MARK: The end

    /// The caller has lost interest. Without effect when the transfer is over.
    func cancel() {
        abandon(.cancelled, "the request was cancelled")
    }

    /// Ends the transfer for a reason of our own. Never from within a callback of libcurl: see `stop`.
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
        upload = nil
        pump?.cancel()
        pump = nil
        roomWaiter?.resume()
        roomWaiter = nil
        signal()
    }

    /// What `code` of libcurl means for this transfer.
    func outcome(_ code: CURLcode, on handle: EasyHandle) -> Result<Void, TransferError> {
        if let stopReason, code != CURLE_OK { return .failure(failure(stopReason.kind, stopReason.message)) }
        guard code == CURLE_OK else {
            return .failure(
                failure(TransferError.Kind(code, hasHead: head.isComplete), handle.message(for: code)))
        }
        // An answer that ends amid its head, or is no HTTP at all, is no success whatever libcurl makes of it.
        guard head.isComplete else { return .failure(failure(.protocol, "the response has no complete head")) }
        return .success(())
    }

    func failure(_ kind: TransferError.Kind, _ message: String) -> TransferError {
        TransferError(
            kind: kind, method: request.method, url: target.shown, message: message,
            isBeforeRequestSent: attempts == 0 || (handle?.requestSize ?? 0) == 0)
    }

    /// Whether the transfer still waits for the addresses of its host.
    var isResolving: Bool { attempts == 0 && handle.map { $0.openedSockets.isEmpty } ?? false }

    // MARK: Callbacks of libcurl: they only move bytes and leave word

    /// Makes libcurl stop by the value that the callback returns now; `outcome` then gives this reason.
    func stop(_ kind: TransferError.Kind, _ message: String) {
        stopReason = (kind, message)
    }

    /// Whether the request may be sent on the connection that is ready; libcurl asks before each attempt.
    ///
    /// libcurl repeats any request, POST too, when a kept-alive connection closes without a response. The server may
    /// have acted on it by then, so what is not idempotent is repeated only when nothing of it had been sent.
    func mayStart(sentBefore: Int) -> Bool {
        attempts += 1
        guard attempts == 1 || sentBefore == 0 || (attempts == 2 && request.isIdempotent) else {
            stop(.reset, "the connection was closed before any byte of a response")
            return false
        }
        stopReason = nil
        origin.connected()
        progress.connectionReady(isStreamingBody: upload != nil, at: .now)
        engine.noteExpiry(of: self)
        return true
    }

    /// Takes a line of the head. Returns what libcurl is to be told.
    func receiveHeadLine(_ line: UnsafeRawBufferPointer) -> Int {
        let wasComplete = head.isComplete
        if progress.isSilent { progress.answered(at: .now) }
        unsafe head.take(line.assumingMemoryBound(to: UInt8.self))
        guard head.bytes <= engine.settings.maxHeaderBytes else {
            stop(.tooLarge, "the response head is larger than \(engine.settings.maxHeaderBytes) bytes")
            return 0
        }
        guard head.isComplete, !wasComplete else { return line.count }
        guard !head.isAmbiguous else {
            stop(.protocol, "the response announces two different lengths")
            return 0
        }
        progress.headComplete(at: .now)
        engine.noteExpiry(of: self)
        switch delivery {
        case .streamed:
            signal()
        case .collected(let limit):
            let announced = head.length ?? 0
            if request.method != .head, head.status != 304, announced > limit { return refuse(limit) }
            if announced > 0 { received.reserveCapacity(min(announced, limit)) }
        }
        return line.count
    }

    /// Takes a piece of the body. Returns what libcurl is to be told.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch delivery {
        case .collected(let limit):
            guard received.count + bytes.count <= limit else { return refuse(limit) }
        case .streamed:
            guard received.count < engine.settings.streamBufferBytes else {
                isReceivingPaused = true
                progress.hold()
                return CC_WRITE_PAUSE
            }
            signal()
        }
        unsafe received.append(contentsOf: bytes)
        progress.moved(at: .now)
        return bytes.count
    }

    private func refuse(_ limit: Int) -> Int {
        stop(.tooLarge, "the response body is larger than \(limit) bytes")
        return 0
    }

    // MARK: Back-pressure

    private func resumeReceiving() {
        isReceivingPaused = false
        resume()
    }

    /// Tells libcurl which directions stand still now.
    func resume() {
        progress.release(at: .now)
        engine.noteExpiry(of: self)
        let paused = (isReceivingPaused ? CURLPAUSE_RECV : 0) | (isSendingPaused ? CURLPAUSE_SEND : 0)
        engine.setPaused(self, paused)
    }

    /// Bytes of the request were moved.
    func sent() { progress.moved(at: .now) }

    /// Nothing to send at the moment.
    func starved() {
        isSendingPaused = true
        progress.hold()
    }

    /// The last byte of the request has been handed over.
    func sentAll() {
        progress.requestSent(at: .now)
        engine.noteExpiry(of: self)
    }
}
