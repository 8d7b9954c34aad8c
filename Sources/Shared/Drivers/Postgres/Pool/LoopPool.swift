internal import EventLoop

/// The connections of one loop: carries out what `PoolState` decides.
///
/// `@unchecked Sendable`: confined to its loop, which every entry point checks.
final class LoopPool: @unchecked Sendable {
    private static let tick: Duration = .seconds(1)

    let loop: Loop
    private let connector: Connector
    private let clock = CoarseClock()
    private var state: PoolState
    /// By slot.
    private var connections: [WireConnection?]
    private var attempts: [PoolState.ConnectionID: Task<Void, Never>] = [:]
    private var waiters: [PoolState.WaiterID: Waiter] = [:]
    private var lastFailure = ""
    /// Goes up whenever all connections were found to lead to a server that will not do.
    private var generation = 0
    private var retryTimer: LoopTimer?
    private var tickTimer: LoopTimer?
    private var whenDrained: [CheckedContinuation<Void, Never>] = []

    private struct Waiter {
        let continuation: CheckedContinuation<Result<WireConnection, PostgresError>, Never>
        let timer: LoopTimer
    }

    init(loop: Loop, connector: Connector) {
        self.loop = loop
        self.connector = connector
        let settings = connector.settings
        var limits = PoolState.Limits()
        limits.size = max(1, settings.poolSize)
        limits.queue = settings.queueLimit
        limits.idleLifetime = settings.idleLifetime
        limits.connectionLifetime = settings.connectionLifetime
        limits.patience = settings.acquireTimeout
        state = PoolState(limits: limits)
        connections = Array(repeating: nil, count: limits.size)
    }

    /// What the pool looks like now.
    var statistics: PostgresPoolStatistics {
        loop.preconditionCurrent()
        return PostgresPoolStatistics(
            open: state.openCount, idle: state.idleCount, waiting: state.waitingCount,
            isServerDown: state.isServerDown)
    }

    // MARK: Leasing

    /// An idle connection for the caller alone, if there is one; give it back in every case.
    func leaseIdle() -> WireConnection? {
        loop.preconditionCurrent()
        while let id = state.takeIdle() {
            guard let connection = connections[id] else { continue }
            guard connection.isStale() else { return connection }
            connection.close()
            giveBack(connection)
        }
        return nil
    }

    /// A connection for the caller alone, who waits for it if need be; give it back in every case.
    func lease(until deadline: Deadline?) async throws(PostgresError) -> WireConnection {
        if let connection = leaseIdle() { return connection }
        let now = ContinuousClock.now
        let patience = now + connector.settings.acquireTimeout
        let limit = min(deadline?.remaining.map { now + $0 } ?? patience, patience)
        switch state.enqueue(until: limit, now: now) {
        case .queued(let waiter): return try await wait(as: waiter, until: limit)
        case .refused(let refusal): throw error(for: refusal)
        }
    }

    private func wait(as id: PoolState.WaiterID, until limit: ContinuousClock.Instant) async throws(PostgresError)
        -> WireConnection
    {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let timer = loop.after(ContinuousClock.now.duration(to: limit)) { [self] in expire(id) }
                waiters[id] = Waiter(continuation: continuation, timer: timer)
                openMore()
            }
        } onCancel: {
            // Deferred to the loop, so it comes after the continuation is stored.
            loop.submit { [self] in withdraw(id) }
        }
        return try outcome.get()
    }

    private func withdraw(_ id: PoolState.WaiterID) {
        guard state.withdraw(id) else { return }
        resume(id, .failure(.cancelled))
    }

    private func expire(_ id: PoolState.WaiterID) {
        guard let refusal = state.expire(id) else { return }
        resume(id, .failure(error(for: refusal)))
    }

    private func resume(_ id: PoolState.WaiterID, _ outcome: Result<WireConnection, PostgresError>) {
        guard let waiter = waiters.removeValue(forKey: id) else { return }
        waiter.timer.cancel()
        waiter.continuation.resume(returning: outcome)
    }

    private func error(for refusal: PoolState.Refusal) -> PostgresError {
        switch refusal {
        case .closed:
            PostgresError(.unavailable, "the pool is closed")
        case .queueFull:
            PostgresError(.poolExhausted, "\(state.waitingCount) callers already wait for a connection")
        case .timedOut:
            PostgresError(.poolExhausted, "none of \(state.limits.size) connections became free in time")
        case .serverDown:
            PostgresError(.unavailable, "the database cannot be reached: \(lastFailure)")
        }
    }

    /// Ends a lease. A connection that is still being put in order comes back by itself when that is done.
    func giveBack(_ connection: WireConnection) {
        loop.preconditionCurrent()
        if case .recovering(let task) = connection.condition {
            // Ends with the recovery, whose time is bounded; until then the connection counts as leased.
            loop.spawn { [self] in
                await task.value
                giveBack(connection)
            }
            return
        }
        if connection.hasLostItsServer, connection.generation == generation {
            generation += 1
            // The next ones are made anew: by the addresses that the hosts' names have now, and only to a server that will do.
            for id in state.distrust(now: clock.now) { forget(id) }
        }
        // Left in a transaction, or lost: nobody else may have it.
        dispose(of: connection, state.release(connection.id, isReusable: connection.isReusable, now: clock.now))
    }

    private func dispose(of connection: WireConnection, _ disposition: PoolState.Disposition) {
        switch disposition {
        case .handOver(let waiter): resume(waiter, .success(connection))
        case .park: break
        case .close:
            forget(connection.id)
            openMore()
        }
    }

    private func forget(_ id: PoolState.ConnectionID) {
        connections[id]?.close()
        connections[id] = nil
        finishIfDrained()
    }

    // MARK: Opening

    private func openMore() {
        while let id = state.openNext() { open(id) }
    }

    private func open(_ id: PoolState.ConnectionID) {
        // Unstructured: an attempt outlives the caller for whom it began. `close` cancels and awaits it.
        scheduleTick()
        attempts[id] = loop.spawn { [self, generation] in
            do throws(PostgresError) {
                let connection = try await connector.connect(on: loop, clock: clock)
                connection.generation = generation
                opened(id, connection)
            } catch {
                openFailed(id, error)
            }
        }
    }

    private func opened(_ id: PoolState.ConnectionID, _ connection: WireConnection) {
        attempts[id] = nil
        connection.id = id
        connections[id] = connection
        dispose(of: connection, state.opened(id, now: .now, share: .random(in: 0.8...1)))
        openMore()
    }

    private func openFailed(_ id: PoolState.ConnectionID, _ error: PostgresError) {
        attempts[id] = nil
        lastFailure = error.message
        let setback = state.openFailed(id, now: .now, jitter: .random(in: 0.5...1))
        for waiter in setback.refused { resume(waiter, .failure(self.error(for: .serverDown))) }
        if let delay = setback.retry {
            retryTimer?.cancel()
            retryTimer = loop.after(delay) { [self] in
                retryTimer = nil
                if let id = state.probe() { open(id) }
                openMore()
            }
        }
        finishIfDrained()
    }

    // MARK: Closing

    /// Keeps the clock going while there are connections, and looks after those that nobody else looks after.
    private func scheduleTick() {
        guard tickTimer == nil else { return }
        clock.now = .now
        tickTimer = loop.after(Self.tick) { [self] in
            tickTimer = nil
            guard state.openCount > 0 else { return }
            scheduleTick()
            for connection in connections { connection?.giveUpIfOverdue() }
            for id in state.sweep(now: clock.now) { forget(id) }
        }
    }

    /// Ends the waits, closes what is idle and returns when the last lease has ended.
    func close() async {
        loop.preconditionCurrent()
        retryTimer?.cancel()
        let (parked, refused) = state.close()
        for id in parked { forget(id) }
        for waiter in refused { resume(waiter, .failure(error(for: .closed))) }
        for attempt in attempts.values { attempt.cancel() }
        guard !state.isDrained else { return }
        await withCheckedContinuation { whenDrained.append($0) }
    }

    private func finishIfDrained() {
        guard state.isDrained else { return }
        tickTimer?.cancel()
        for continuation in whenDrained { continuation.resume() }
        whenDrained = []
    }
}
