internal import CCurl
internal import EventLoop
internal import HTTPMessages

/// libcurl's multi handle on one loop: all transfers of one client there, their connections and their deadlines.
///
/// `@unchecked Sendable`: made anywhere, from then on confined to `loop`, which the entry points check.
@safe final class TransferEngine: @unchecked Sendable {
    let loop: Loop
    let settings: HTTPClientSettings
    let sockets: SocketTable
    let tlsSessions: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private var transfers: [Transfer] = []
    private var spareHandles: [EasyHandle] = []
    private var targets = TargetCache()
    private var origins: [String: Origin] = [:]
    private var isClosed = false
    private var hasStarted = false
    private var mustDrive = false

    // What the timer waits for. It is moved only when something is due earlier: most of what it was set for is over
    // when it fires, and setting it anew for each transfer would cost more.
    private var curlDue = Moment.never
    private var deadlineDue = Moment.never
    private var timerDue = Moment.never
    private var timer: LoopTimer?

    /// Idle handles beyond this number are freed.
    private static let spareLimit = 256
    /// Origins are looked through for idle ones when there are more.
    private static let originLimit = 1024

    init(loop: Loop, settings: HTTPClientSettings) {
        precondition(CurlLibrary.isReady, "libcurl cannot be used: it needs 7.87 or later, TLS and a threaded resolver")
        guard let multi = unsafe curl_multi_init(), let share = unsafe cc_shared_tls_sessions() else {
            preconditionFailure("libcurl gives no multi handle")
        }
        self.loop = loop
        self.settings = settings
        unsafe self.multi = multi
        unsafe tlsSessions = share
        sockets = SocketTable(loop: loop)
        sockets.onReady = { [unowned self] fd, bits in drive(fd, bits) }
        unsafe cc_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.maxIdleConnections)
        unsafe cc_multi_set_callbacks(
            multi,
            { _, fd, action, context, _ in
                guard let context = unsafe context else { return -1 }
                unsafe TransferEngine.from(context).sockets.want(fd, action)
                return 0
            },
            { _, milliseconds, context in
                guard let context = unsafe context else { return -1 }
                unsafe TransferEngine.from(context).curlWants(after: milliseconds)
                return 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private static func from(_ context: UnsafeMutableRawPointer) -> TransferEngine {
        unsafe Unmanaged<TransferEngine>.fromOpaque(context).takeUnretainedValue()
    }

    // MARK: Transfers

    /// Sends `request` as far as that is possible without waiting.
    func begin(_ request: OutboundRequest, _ delivery: Transfer.Delivery) throws(TransferError) -> Transfer {
        loop.preconditionCurrent()
        let target: TransferTarget
        do {
            target = try targets.target(request.url)
        } catch {
            throw TransferError(
                kind: .invalidRequest, method: request.method, url: "(unknown)", message: error.reason,
                isBeforeRequestSent: true)
        }
        let origin = origin(of: target, request)
        let transfer = Transfer(request, to: target, origin: origin, delivery: delivery, on: self)
        guard !isClosed else { throw transfer.failure(.cancelled, "the client is closed") }
        guard request.unixSocketPath != nil || settings.egress.permits(host: target.host, port: target.port) else {
            throw transfer.failure(.refusedByPolicy, "the host is not on the list of permitted ones")
        }
        guard !origin.isUnresolvable(at: .now) else {
            throw transfer.failure(.resolve, "the name of the host is not being resolved")
        }
        switch origin.admit(transfer) {
        case .run:
            do {
                try start(transfer)
            } catch {
                // Nobody waits while there is room, so there is nobody to take this place.
                _ = origin.release()
                throw transfer.failure(.invalidRequest, error.reason)
            }
            enlist(transfer)
            drive()
        case .wait:
            transfer.isQueued = true
            enlist(transfer)
            schedule()
        case .refuse:
            throw transfer.failure(.overloaded, "too many requests already wait for a connection to this host")
        }
        return transfer
    }

    /// Ends a transfer before libcurl does.
    func withdraw(_ transfer: Transfer, because error: TransferError) {
        loop.preconditionCurrent()
        guard transfer.outcome == nil else { return }
        if transfer.isResolving { transfer.origin.lookupOrphaned(at: .now) }
        conclude(transfer, .failure(error))
        drive()
    }

    /// Stops or continues the directions of a transfer (`CURLPAUSE_…`).
    func setPaused(_ transfer: Transfer, _ directions: Int32) {
        loop.preconditionCurrent()
        guard let handle = transfer.handle else { return }
        let code = unsafe curl_easy_pause(handle.raw, directions)
        // Bytes that libcurl kept are delivered in that call, and what they lead to is its result. A bad argument is
        // only that the transfer has no connection at the moment, and so nothing that could stand still.
        if code != CURLE_OK, code != CURLE_BAD_FUNCTION_ARGUMENT {
            conclude(transfer, transfer.outcome(code, on: handle))
        }
        mustDrive = true
        drive()
    }

    /// The patience with `transfer` may now end earlier than that with all others.
    func noteExpiry(of transfer: Transfer) {
        deadlineDue = min(deadlineDue, transfer.progress.expiry.moment)
    }

    /// Ends all transfers as cancelled and closes all connections. Idempotent.
    func close() {
        loop.preconditionCurrent()
        guard !isClosed else { return }
        isClosed = true
        while let transfer = transfers.last { transfer.abandon(.cancelled, "the client was closed") }
        spareHandles.removeAll()
        unsafe curl_multi_cleanup(multi)
        unsafe curl_share_cleanup(tlsSessions)
        timer?.cancel()
        timer = nil
    }

    private func origin(of target: TransferTarget, _ request: OutboundRequest) -> Origin {
        if request.unixSocketPath == nil, let known = target.origin { return known }
        let key = request.unixSocketPath ?? "\(target.scheme)://\(target.host):\(target.port)"
        let origin =
            origins[key] ?? Origin(limit: settings.maxConnectionsPerHost, waitingLimit: settings.maxWaitingPerHost)
        if origins.count >= Self.originLimit {
            origins = origins.filter { !$0.value.isIdle }
            // Targets know their origins too: none may go on counting with one that is forgotten here.
            targets = TargetCache()
        }
        origins[key] = origin
        if request.unixSocketPath == nil { target.origin = origin }
        return origin
    }

    private func enlist(_ transfer: Transfer) {
        transfer.index = transfers.count
        transfers.append(transfer)
        noteExpiry(of: transfer)
    }

    /// Hands a transfer to libcurl. It is sent when the multi handle is driven next.
    private func start(_ transfer: Transfer) throws(RequestBlock.Invalid) {
        if !hasStarted {
            hasStarted = true
            cc_block_sigpipe()
        }
        let handle = spareHandles.popLast() ?? EasyHandle(engine: self)
        do {
            try handle.prepare(for: transfer, settings: settings)
        } catch {
            spareHandles.append(handle)
            throw error
        }
        transfer.handle = handle
        let code = unsafe curl_multi_add_handle(multi, handle.raw)
        precondition(
            code == CURLM_OK, "libcurl takes no transfer: \(unsafe String(cString: curl_multi_strerror(code)))")
        transfer.startPump()
        mustDrive = true
    }

    /// Takes a transfer out of everything, tells its caller, and lets the next one run.
    private func conclude(_ transfer: Transfer, _ outcome: Result<Void, TransferError>) {
        let last = transfers.removeLast()
        if last !== transfer {
            transfers[transfer.index] = last
            last.index = transfer.index
        }
        transfer.index = -1
        let handle = transfer.handle
        transfer.handle = nil
        if let handle { retire(handle, wasRepeated: transfer.attempts > 1) }
        transfer.end(outcome)
        if transfer.isQueued { transfer.origin.leave() }
        guard handle != nil else { return }
        while let next = transfer.origin.release() {
            next.isQueued = false
            do {
                return try start(next)
            } catch {
                // It holds no handle, so that this does not come back here; its place goes to the one after it.
                conclude(next, .failure(next.failure(.invalidRequest, error.reason)))
            }
        }
    }

    private func retire(_ handle: EasyHandle, wasRepeated: Bool) {
        unsafe curl_multi_remove_handle(multi, handle.raw)
        handle.finish()
        // libcurl counts repetitions over the life of a handle and gives up at the fifth.
        if wasRepeated { handle.forgetOptions() }
        if spareHandles.count < Self.spareLimit, !isClosed { spareHandles.append(handle) }
    }

    // MARK: Driving libcurl

    private func curlWants(after milliseconds: Int) {
        curlDue = milliseconds < 0 ? Moment.never : .now.advanced(by: Int64(milliseconds) * 1_000_000)
    }

    /// Lets libcurl act on a descriptor that is ready.
    private func drive(_ fd: Int32, _ bits: Int32) {
        var running: Int32 = 0
        // Its code only tells of misuse; what becomes of the transfers is told by `collect`.
        unsafe curl_multi_socket_action(multi, fd, bits, &running)
        collect()
        drive()
    }

    /// Lets libcurl act on what was added or is due, until there is no more of it.
    private func drive() {
        guard !isClosed else { return }
        var running: Int32 = 0
        while mustDrive {
            mustDrive = false
            curlDue = Moment.never
            unsafe curl_multi_socket_action(multi, CC_SOCKET_TIMEOUT, 0, &running)
            collect()
        }
        schedule()
    }

    /// Concludes the transfers that libcurl has finished.
    private func collect() {
        var code = CURLE_OK
        while let raw = unsafe cc_next_finished(multi, &code) {
            guard let handle = unsafe EasyHandle.of(raw), let transfer = handle.transfer else { continue }
            conclude(transfer, transfer.outcome(code, on: handle))
        }
    }

    // MARK: Time

    private func schedule() {
        let due = min(curlDue, deadlineDue)
        guard due < timerDue else { return }
        timer?.cancel()
        timer = loop.at(due) { [unowned self] in timerFired() }
        timerDue = due
    }

    private func timerFired() {
        timer = nil
        timerDue = Moment.never
        let now = Moment.now
        if curlDue <= now { mustDrive = true }
        if deadlineDue <= now { expire(now) }
        drive()
    }

    /// Gives up the transfers whose patience has ended, and finds out when the next one's does.
    private func expire(_ now: Moment) {
        deadlineDue = Moment.never
        var late: [(Transfer, TransferPhase)] = []
        for transfer in transfers {
            let expiry = transfer.progress.expiry
            guard expiry.moment <= now else {
                noteExpiry(of: transfer)
                continue
            }
            late.append((transfer, expiry.phase))
        }
        // One may have ended meanwhile, in the place that another of them left.
        for (transfer, phase) in late where transfer.outcome == nil {
            let message = transfer.explanation(of: phase)
            if transfer.isResolving { transfer.origin.lookupOrphaned(at: now) }
            conclude(transfer, .failure(transfer.failure(.timedOut(phase), message)))
        }
    }
}

extension Transfer {
    fileprivate func explanation(of phase: TransferPhase) -> String {
        switch phase {
        case .connect where handle == nil: "no free connection in time"
        case .connect where isResolving: "the name of the host was not resolved in time"
        case .connect: "no connection in time"
        case .firstByte: "no response head in time"
        case .idle: "no byte moved in time"
        case .total: "the request took too long in all"
        }
    }
}

/// libcurl's global state, set up once a process.
enum CurlLibrary {
    /// Whether it is set up and has what is needed.
    static let isReady = cc_global_init() == CURLE_OK && cc_is_suitable() != 0
}
