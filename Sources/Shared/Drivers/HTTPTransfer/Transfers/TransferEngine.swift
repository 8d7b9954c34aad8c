internal import CCurl
internal import Cryptography
internal import EventLoop
internal import HTTPMessages

/// All requests of one client on one loop: where each is, the connections that carry them, and their deadlines.
///
/// `@unchecked Sendable`: made anywhere, from then on confined to `loop`, which the entry points check.
@safe final class TransferEngine: @unchecked Sendable {
    let loop: Loop
    let settings: HTTPClientSettings
    /// What was received last; all connections use it, one after the other.
    private(set) var buffer: [UInt8] = []
    private var head: RequestHeadBuffer
    /// Made for the first connection.
    private var connector: Connector?
    private let proxy: Result<ForwardProxy, InvalidURL>?
    private var trust = TrustStore()
    private var transfers: [Transfer] = []
    private var targets = TargetCache()
    private var origins: [Route: Origin] = [:]
    private var idleCount = 0
    private var isClosed = false
    /// The connections that hold what they send until the end of this turn.
    private var holding: [Connection] = []

    // What the timer waits for. It is moved only when something is due earlier: most of what it was set for is over
    // when it fires, and setting it anew for each transfer would cost more.
    private var due = Moment.never
    private var timerDue = Moment.never
    private var timer: LoopTimer?

    /// Origins are looked through for idle ones when there are more.
    private static let originLimit = 1024
    static let bufferBytes = 64 << 10

    init(loop: Loop, settings: HTTPClientSettings) {
        self.loop = loop
        self.settings = settings
        head = RequestHeadBuffer(userAgent: settings.userAgent)
        proxy = settings.proxy.map { text in
            Result { () throws(InvalidURL) in try ForwardProxy(text) }
        }
    }

    // MARK: Requests in

    /// Sends `request` as far as that is possible without waiting.
    func begin(
        _ request: consuming OutboundRequest, _ delivery: Transfer.Delivery
    ) throws(TransferError) -> Transfer {
        loop.preconditionCurrent()
        let target: TransferTarget
        do {
            target = try self.target(request.url)
        } catch {
            throw TransferError(
                kind: .invalidRequest, method: request.method, url: "(unknown)", message: error.reason,
                isBeforeRequestSent: true)
        }
        let origin = origin(of: target, request)
        let transfer = Transfer(request, to: target, origin: origin, delivery: delivery, on: self)
        guard !isClosed else { throw transfer.failure(.cancelled, "the client is closed") }
        guard transfer.request.unixSocketPath != nil || settings.egress.permits(host: target.host, port: target.port)
        else {
            throw transfer.failure(.refusedByPolicy, "the host is not on the list of permitted ones")
        }
        guard target.isSecure || isTrusted(target) else {
            throw transfer.failure(.refusedByPolicy, "the host may not be spoken to without TLS")
        }
        guard !origin.isUnresolvable(at: .turn) else {
            throw transfer.failure(.resolve, "the name of the host is not being resolved")
        }
        do {
            try head.fill(transfer.request, to: target)
        } catch {
            throw transfer.failure(.invalidRequest, error.reason)
        }
        switch origin.admit(transfer) {
        case .run:
            enlist(transfer)
            start(transfer, hasHead: true)
        case .wait:
            transfer.carrier = .queue
            enlist(transfer)
        case .refuse:
            throw transfer.failure(
                .overloaded, "too many requests already wait for a connection to this host")
        }
        schedule()
        return transfer
    }

    private func target(_ url: String) throws(InvalidURL) -> TransferTarget {
        try targets.target(url) { url throws(InvalidURL) in
            try TransferTarget(url, tls: settings.tls, proxy: proxy?.get())
        }
    }

    private func origin(of target: TransferTarget, _ request: OutboundRequest) -> Origin {
        let isUsual = request.unixSocketPath == nil && request.tls == nil
        if isUsual, let known = target.origin { return known }
        let route = isUsual ? target.route : target.route(request)
        if origins.count >= Self.originLimit {
            origins = origins.filter { !$0.value.isForgettable }
            // Targets know their origins too: none may go on counting with one that is forgotten here.
            targets = TargetCache()
        }
        let origin =
            origins[route]
            ?? Origin(route, limit: settings.maxConnectionsPerHost, waitingLimit: settings.maxWaitingPerHost)
        origins[route] = origin
        if isUsual { target.origin = origin }
        return origin
    }

    private func enlist(_ transfer: Transfer) {
        transfer.index = transfers.count
        transfers.append(transfer)
        noteExpiry(of: transfer)
    }

    // MARK: Onto a connection

    /// Sends a request on a connection that is idle, or on a new one. `hasHead`: its head was written last.
    private func start(_ transfer: Transfer, hasHead: Bool) {
        while let connection = transfer.origin.takeIdle() {
            idleCount -= 1
            guard isFresh(connection), transfer.request.isIdempotent || connection.isQuiet() else {
                connection.close()
                continue
            }
            return exchange(transfer, on: connection, hasHead: hasHead)
        }
        connect(transfer)
    }

    private func isFresh(_ connection: Connection) -> Bool {
        let now = Moment.turn
        return connection.idleSince + settings.idleConnectionLifetime > now
            && connection.openedAt + settings.connectionLifetime > now
    }

    private func connect(_ transfer: Transfer) {
        let connector = connector ?? Connector(loop: loop, settings: settings)
        self.connector = connector
        let attempt = ConnectAttempt(connector) { [unowned self, unowned transfer] outcome in
            switch outcome {
            case .success(let fd): connected(transfer, fd)
            case .failure(let failure):
                transfer.carrier = .nothing
                conclude(transfer, .failure(transfer.failure(failure.kind, failure.message)))
            }
        }
        transfer.carrier = .attempt(attempt)
        // Through a proxy only the proxy's address is seen, which the settings name.
        attempt.isForTrustedHost = settings.proxy != nil || isTrusted(transfer.target)
        connector.start(attempt, transfer.origin.route, patience: transfer.request.deadlines.connect)
    }

    private func isTrusted(_ target: TransferTarget) -> Bool {
        settings.egress.trusts(host: target.host, port: target.port)
    }

    private func connected(_ transfer: Transfer, _ fd: Int32) {
        transfer.origin.connected()
        var channel: TLSChannel?
        if let security = transfer.origin.route.security {
            do {
                // A certificate bears an IPv6 address without the brackets.
                let name =
                    security.host.hasPrefix("[") ? String(security.host.dropFirst().dropLast()) : security.host
                channel = try trust.context(security.tls).channel(to: name, resuming: transfer.origin.session)
            } catch {
                cc_close_socket(fd)
                transfer.carrier = .nothing
                conclude(transfer, .failure(transfer.failure(.tls, "no TLS connection can be made: \(error)")))
                return
            }
        }
        let connection = Connection(fd, for: transfer, securedBy: channel, on: self)
        transfer.carrier = .connection(connection)
        if connection.secure() { isReady(connection) }
    }

    /// A new connection can carry the request that it was made for.
    func isReady(_ connection: Connection) {
        guard let transfer = connection.transfer else { return }
        exchange(transfer, on: connection, hasHead: false)
        schedule()
    }

    private func exchange(_ transfer: Transfer, on connection: Connection, hasHead: Bool) {
        if !hasHead {
            do {
                try head.fill(transfer.request, to: transfer.target)
            } catch {
                return conclude(transfer, .failure(transfer.failure(.invalidRequest, error.reason)))
            }
        }
        transfer.begins(on: connection)
        unsafe connection.begin(transfer, head: head.bytes)
        guard transfer.outcome == nil else { return }
        transfer.startPump()
        noteExpiry(of: transfer)
    }

    /// Has `connection` send what it holds when what is runnable now has run.
    func flushAtEndOfTurn(_ connection: Connection) {
        if holding.isEmpty { loop.atEndOfTurn { [self] in flushHeld() } }
        holding.append(connection)
    }

    private func flushHeld() {
        // What is begun meanwhile may be held in its turn.
        var connections: [Connection] = []
        swap(&connections, &holding)
        for connection in connections { connection.flush() }
        guard holding.isEmpty else { return }
        connections.removeAll(keepingCapacity: true)
        swap(&connections, &holding)
    }

    /// Reads from a socket what it has, at most so much, into `buffer`.
    func receive(from fd: Int32, atMost limit: Int) -> Int {
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: Self.bufferBytes) }
        return unsafe buffer.withUnsafeMutableBytes {
            unsafe cc_receive(fd, $0.baseAddress, min($0.count, limit))
        }
    }

    // MARK: The end of a request

    /// The response on `connection` is complete.
    func complete(_ connection: Connection, isUsable: Bool) {
        guard let transfer = connection.transfer else { return }
        transfer.carrier = .nothing
        if isUsable { connection.rest() } else { connection.close() }
        conclude(transfer, .success(()), leaving: isUsable ? connection : nil)
    }

    /// What comes on a connection, or does not, ends its request.
    func fail(_ connection: Connection, _ kind: TransferError.Kind, _ message: String) {
        guard let transfer = connection.transfer else { return lost(connection) }
        conclude(transfer, .failure(transfer.failure(kind, message)))
    }

    /// A connection was closed before any byte of a response. One that was kept is often closed by the server at the moment
    /// at which it is used again: what may be is then sent once more, on a fresh one.
    func unanswered(_ connection: Connection, _ message: String) {
        guard let transfer = connection.transfer else { return lost(connection) }
        guard connection.exchanges > 1, transfer.mayBeRepeated else {
            return conclude(transfer, .failure(transfer.failure(.reset, message)))
        }
        connection.close()
        connect(transfer)
        schedule()
    }

    /// A connection that carries no request is not to be used again.
    func lost(_ connection: Connection) {
        connection.close()
        if connection.origin.drop(connection) { idleCount -= 1 }
    }

    /// Ends a transfer from our side.
    func withdraw(_ transfer: Transfer, because error: TransferError) {
        loop.preconditionCurrent()
        guard transfer.outcome == nil else { return }
        conclude(transfer, .failure(error))
        schedule()
    }

    /// Takes a transfer out of everything, tells its caller, and lets the next one run.
    private func conclude(
        _ transfer: Transfer, _ outcome: Result<Void, TransferError>, leaving connection: Connection? = nil
    ) {
        let last = transfers.removeLast()
        if last !== transfer {
            transfers[transfer.index] = last
            last.index = transfer.index
        }
        transfer.index = -1
        let carrier = transfer.carrier
        transfer.carrier = .nothing
        transfer.end(outcome)
        switch carrier {
        case .queue: return transfer.origin.leave()
        case .nothing: break
        case .attempt(let attempt):
            if attempt.isLookingUp { transfer.origin.lookupOrphaned(at: .now) }
            connector?.abandon(attempt)
        case .connection(let connection): connection.close()
        }
        release(transfer.origin, connection)
    }

    /// Gives the place of a request that has ended, and its connection, to the next one.
    private func release(_ origin: Origin, _ connection: Connection?) {
        let next = origin.release()
        if let connection {
            if isClosed { return connection.close() }
            idleCount += 1
            origin.keep(connection)
            if next == nil { limitIdle(in: origin) }
        }
        if let next { start(next, hasHead: false) }
    }

    /// Notes when what has become idle in `origin` is to be closed, and closes what has been idle longest of too many.
    private func limitIdle(in origin: Origin) {
        due = min(due, (origin.longestIdle ?? .never) + settings.idleConnectionLifetime)
        schedule()
        guard idleCount > settings.maxIdleConnections else { return }
        let longest = origins.values.min { $0.longestIdle ?? .never < $1.longestIdle ?? .never }
        guard let connection = (longest ?? origin).takeLongestIdle() else { return }
        idleCount -= 1
        connection.close()
    }

    /// Ends all transfers as cancelled and closes all connections. Idempotent.
    func close() {
        loop.preconditionCurrent()
        guard !isClosed else { return }
        isClosed = true
        while let transfer = transfers.last { transfer.abandon(.cancelled, "the client was closed") }
        closeIdle { _ in true }
        connector = nil
        timer?.cancel()
        timer = nil
    }

    // MARK: Time

    /// The patience with `transfer` may now end earlier than that with all others.
    func noteExpiry(of transfer: Transfer) {
        due = min(due, transfer.progress.expiry.moment)
        schedule()
    }

    private func schedule() {
        guard due < timerDue, !isClosed else { return }
        timer?.cancel()
        timer = loop.at(due) { [unowned self] in timerFired() }
        timerDue = due
    }

    private func timerFired() {
        timer = nil
        timerDue = Moment.never
        let now = Moment.now
        if due <= now {
            due = Moment.never
            expire(now)
            let lifetime = settings.idleConnectionLifetime
            closeIdle { $0 + lifetime <= now }
        }
        schedule()
    }

    /// Gives up the transfers whose patience has ended, and finds out when the next one's does.
    private func expire(_ now: Moment) {
        var late: [(Transfer, TransferPhase)] = []
        for transfer in transfers {
            let expiry = transfer.progress.expiry
            guard expiry.moment <= now else {
                due = min(due, expiry.moment)
                continue
            }
            late.append((transfer, expiry.phase))
        }
        // One may have ended meanwhile, in the place that another of them left.
        for (transfer, phase) in late where transfer.outcome == nil {
            let message = transfer.explanation(of: phase)
            conclude(transfer, .failure(transfer.failure(.timedOut(phase), message)))
        }
    }

    /// Closes the connections that are idle since a moment of which `isOver` says so.
    private func closeIdle(_ isOver: (Moment) -> Bool) {
        for origin in origins.values {
            while let since = origin.longestIdle, isOver(since) {
                origin.takeLongestIdle()?.close()
                idleCount -= 1
            }
            due = min(due, (origin.longestIdle ?? .never) + settings.idleConnectionLifetime)
        }
    }
}
