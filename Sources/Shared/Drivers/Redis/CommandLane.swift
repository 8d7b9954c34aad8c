import EventLoop

/// The commands of one loop over one connection: written together once a turn, answered in order.
///
/// It connects with the first command and keeps connected until it is closed. Commands that come while the first
/// attempt after a loss runs wait for it; once an attempt has failed, commands fail at once until one succeeds.
///
/// `@unchecked Sendable`: confined to its loop, which every entry point checks.
final class CommandLane: @unchecked Sendable {
    let loop: Loop
    let dialer: Dialer
    private let settings: RedisSettings
    private var state = State.idle
    /// Not given to a connection yet.
    private var waiting: Line<PendingReply> = Line()
    /// Given to the connection, in the order of their replies.
    private var inFlight: Line<PendingReply> = Line()
    private var commandCount = 0
    /// Bytes of what waits for a connection.
    private var waitingBytes = 0
    private var isFlushDue = false
    private var isDraining = false
    private var watchdog: LoopTimer?
    private var lastHeard = ContinuousClock.now
    /// Keeps the connection up; cancelled and left by `close`.
    private var maintenance: Task<Void, Never>?

    private enum State {
        case idle
        /// Commands wait.
        case connecting
        case connected(RedisConnection)
        /// Commands fail with this.
        case down(RedisError)
        case closed
    }

    init(_ dialer: Dialer, on loop: Loop) {
        self.dialer = dialer
        self.loop = loop
        settings = dialer.settings
    }

    /// Sends commands as one block and returns their replies, error replies as values.
    func execute(_ commands: [[RedisArgument]], until deadline: Deadline) async throws(RedisError) -> [RedisValue] {
        loop.preconditionCurrent()
        guard !commands.isEmpty else { return [] }
        guard !Task.isCancelled else { throw .cancelled }
        let pending = try admit(commands, deadline)
        let result = await withTaskCancellationHandler {
            await pending.value()
        } onCancel: {
            loop.submit { [self] in abandon(pending, .cancelled) }
        }
        return try result.get()
    }

    /// Fails what waits, ends the connection, and returns when nothing runs any more.
    func close() async {
        loop.preconditionCurrent()
        if case .closed = state { return }
        let connection = connection
        state = .closed
        watchdog?.cancel()
        maintenance?.cancel()
        connection?.close()
        failEverything(.closed, connection)
        await maintenance?.value
    }

    private var connection: RedisConnection? {
        guard case .connected(let connection) = state else { return nil }
        return connection
    }

    // MARK: Sending

    private func admit(_ commands: [[RedisArgument]], _ deadline: Deadline) throws(RedisError) -> PendingReply {
        switch state {
        case .closed: throw .closed
        case .down(let error): throw error
        case .idle: start()
        case .connecting, .connected: break
        }
        guard commandCount + commands.count <= settings.maximumInFlight else {
            throw RedisError(.overloaded, "\(commandCount) commands wait for Redis on this loop already")
        }
        var bytes: [UInt8] = []
        for command in commands { bytes.append(command: command) }
        let unsent = connection.map { $0.enqueuedCount - $0.sentCount } ?? waitingBytes
        guard unsent == 0 || unsent + bytes.count <= settings.maximumUnsentBytes else {
            throw RedisError(.overloaded, "\(unsent) bytes wait to be sent to Redis from this loop already")
        }
        commandCount += commands.count
        let pending = PendingReply(bytes: bytes, commandCount: commands.count, deadline: deadline)
        if let connection {
            send(pending, connection)
        } else {
            waiting.append(pending)
            waitingBytes += pending.bytes.count
        }
        if watchdog == nil { watch(for: pending.deadline) } else { hasten(to: pending.deadline) }
        return pending
    }

    private func send(_ pending: PendingReply, _ connection: RedisConnection) {
        pending.offset = connection.enqueuedCount
        connection.enqueue(pending.bytes)
        pending.bytes = []
        inFlight.append(pending)
        guard !isFlushDue, !isDraining else { return }
        isFlushDue = true
        loop.atEndOfTurn { [self] in flush() }
    }

    private func flush() {
        isFlushDue = false
        guard let connection else { return }
        do {
            guard try !connection.flush() else { return }
        } catch {
            // The task that reads wakes up, and deals with it.
            return connection.close(error)
        }
        isDraining = true
        // Unstructured: it ends when all is sent or the connection is closed.
        loop.spawn { [self] in
            do throws(RedisError) {
                try await connection.drain(until: .never)
            } catch {
                connection.close(error)
            }
            isDraining = false
            // Another connection may have been given commands meanwhile.
            flush()
        }
    }

    // MARK: Receiving

    /// Reads until the connection ends, and tells why it did.
    private func serve(_ connection: RedisConnection) async -> RedisError {
        do {
            for round in 1... {
                // A server that never stops sending must not keep the loop from others.
                if round.isMultiple(of: 16) { await Task.yield() }
                try await connection.fill(until: .never)
                lastHeard = ContinuousClock.now
                while let reply = try connection.nextReply() { try deliver(reply) }
            }
            return .closed
        } catch {
            return error
        }
    }

    private func deliver(_ reply: RedisValue) throws(RedisError) {
        guard let pending = inFlight.first else {
            throw RedisError(.protocolViolation, "the server sent a reply that nobody asked for")
        }
        if pending.take(reply) {
            inFlight.removeFirst()
            commandCount -= pending.commandCount
        }
        // A master that has become a replica keeps its connections: ask the sentinels, or for the name's address, anew.
        if case .error(let text) = reply, text.hasPrefix("READONLY"), settings.mayMove { throw .noLongerMaster }
    }

    // MARK: The connection

    private func start() {
        state = .connecting
        // Unstructured: it lives as long as the lane and ends with `close`.
        maintenance = loop.spawn { [self] in await maintain() }
    }

    private func maintain() async {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        while true {
            let failure: RedisError
            do {
                let connection = try await dialer.dial(on: loop)
                guard !isClosed else { return connection.close() }
                let begun = ContinuousClock.now
                failure = await use(connection)
                // One that breaks at once must not be renewed at once for ever.
                if ContinuousClock.now - begun > .seconds(1) {
                    backoff.reset()
                    if isClosed { return }
                    state = .connecting
                    continue
                }
            } catch {
                failure = error
            }
            guard !isClosed else { return }
            state = .down(Self.unavailable(failure))
            failWaiting(Self.unavailable(failure))
            do {
                try await loop.sleep(for: backoff.next(after: failure, using: &random))
            } catch {
                return
            }
        }
    }

    private var isClosed: Bool {
        if case .closed = state { return true }
        return false
    }

    private func use(_ connection: RedisConnection) async -> RedisError {
        state = .connected(connection)
        lastHeard = ContinuousClock.now
        for pending in waiting.all { send(pending, connection) }
        waiting.removeAll()
        waitingBytes = 0
        let failure = await serve(connection)
        connection.close()
        if !isClosed { failEverything(failure, connection) }
        return failure
    }

    private static func unavailable(_ failure: RedisError) -> RedisError {
        switch failure.kind {
        case .authentication, .settings: failure
        default: RedisError(.unavailable, "Redis is unavailable: \(failure)")
        }
    }

    // MARK: Giving up

    private func failEverything(_ error: RedisError, _ connection: RedisConnection?) {
        let sent = connection?.sentCount ?? 0
        for pending in inFlight.all {
            commandCount -= pending.commandCount
            let maybeExecuted = pending.offset.map { $0 < sent } ?? false
            switch error.kind {
            case .closed, .protocolViolation: pending.finish(.failure(error))
            default:
                pending.finish(.failure(RedisError(.connectionLost(maybeExecuted: maybeExecuted), error.description)))
            }
        }
        inFlight.removeAll()
        if isClosed { failWaiting(error) }
    }

    private func failWaiting(_ error: RedisError) {
        for pending in waiting.all {
            commandCount -= pending.commandCount
            pending.finish(.failure(error))
        }
        waiting.removeAll()
        waitingBytes = 0
    }

    /// Lets a caller go. Commands that were sent keep their place in line.
    private func abandon(_ pending: PendingReply, _ error: RedisError) {
        guard !pending.isFinished else { return }
        pending.finish(.failure(error))
        guard pending.offset == nil else { return }
        commandCount -= pending.commandCount
        waitingBytes -= pending.bytes.count
        waiting.removeAll { $0 === pending }
    }

    // MARK: Time

    private var watchdogDue = Moment.now

    private func watch(for deadline: Deadline) {
        let soon = Deadline.after(.seconds(1)).earlier(deadline)
        watchdogDue = soon.moment
        watchdog = loop.after(soon.remaining ?? .zero) { [self] in check() }
    }

    private func hasten(to deadline: Deadline) {
        guard deadline.moment < watchdogDue else { return }
        watchdog?.cancel()
        watch(for: deadline)
    }

    /// Ends the waits whose time is up, and a connection that has gone silent.
    private func check() {
        watchdog = nil
        let now = ContinuousClock.now
        var next = Deadline.never
        for pending in waiting.all + inFlight.all where !pending.isFinished {
            if pending.deadline.hasPassed {
                let maybeExecuted = pending.offset != nil
                abandon(pending, RedisError(.timedOut(maybeExecuted: maybeExecuted), "Redis did not answer in time"))
            } else {
                next = next.earlier(pending.deadline)
            }
        }
        if let oldest = inFlight.first, let connection, now - max(lastHeard, oldest.since) > settings.stallTimeout {
            connection.close(
                RedisError(.connectionLost(maybeExecuted: true), "no reply for \(settings.stallTimeout)"))
        }
        if !waiting.isEmpty || !inFlight.isEmpty { watch(for: next) }
    }
}
