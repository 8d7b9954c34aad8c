internal import CPostgres
internal import EventLoop

/// One connection of the pool: runs one statement at a time, in plain sequential code.
///
/// `@unchecked Sendable`: confined to its loop, which every entry point checks.
final class WireConnection: @unchecked Sendable {
    /// What the next statement would meet.
    enum Condition {
        case ready
        case busy
        /// A task puts the connection in order, after a statement was given up or a transaction was left open.
        case recovering(Task<Void, Never>)
        case lost(PostgresError)
    }

    /// The number its pool knows it by.
    var id = 0
    /// Which of the pool's servers, counted by their losses, it was opened to.
    var generation = 0
    let handle: ConnectionHandle
    let loop: Loop
    private let descriptor: Descriptor
    private let answerTimeout: Duration
    private let clock: CoarseClock
    /// When the statement began that the watchdog has an eye on.
    private var watchedSince: ContinuousClock.Instant?
    let cancellers: WorkerThreads
    var statements: StatementCache
    var condition = Condition.ready
    /// Whether the socket may hold something of the answer that no further edge will announce.
    private var mayHaveInput = false
    /// Whether what ended the connection is true of all others to the same server: it does not answer, or it no longer
    /// takes writes.
    private(set) var hasLostItsServer = false
    /// Whether a server that refuses to write is the wrong one.
    private let mustWrite: Bool
    /// Whether the socket was seen to be open and empty since the last statement.
    private var wasJustChecked = false

    init(
        _ handle: ConnectionHandle, on loop: Loop, settings: PostgresSettings, clock: CoarseClock,
        cancellers: WorkerThreads
    ) throws(SystemError) {
        self.clock = clock
        self.handle = handle
        self.loop = loop
        self.cancellers = cancellers
        answerTimeout = settings.answerTimeout
        mustWrite = settings.purpose == .writing
        statements = StatementCache(limit: settings.statementCacheSize)
        descriptor = try loop.descriptor(handle.socket)
    }

    // MARK: Condition

    var isLost: Bool {
        guard case .lost = condition else { return false }
        return true
    }

    /// Whether the pool may hand the connection to another caller.
    var isReusable: Bool {
        guard case .ready = condition else { return false }
        return handle.transactionStatus == PQTRANS_IDLE
    }

    /// Whether the server has closed the connection, or said something unasked, while it lay idle.
    func isStale() -> Bool {
        wasJustChecked = !handle.isBroken && !handle.socketHasInput()
        return !wasJustChecked
    }

    /// Closes the connection; what waits on it ends with an error.
    func close() {
        loop.preconditionCurrent()
        lose(PostgresError(.connectionLost, "the connection was closed"))
    }

    @discardableResult
    func lose(_ error: PostgresError) -> PostgresError {
        if case .lost(let first) = condition { return first }
        condition = .lost(error)
        descriptor.cancel()
        handle.finish()
        return error
    }

    /// Begins a statement as the only user of the connection; `end` must follow when it does not throw.
    ///
    /// When `isRecovering`, await `recovered` before. An answer is awaited until `deadline`; `nil` leaves it to the
    /// watchdog of the pool, which costs nothing per statement.
    func begin(until deadline: Deadline?) throws(PostgresError) -> Deadline {
        loop.preconditionCurrent()
        switch condition {
        case .ready: condition = .busy
        case .busy, .recovering: preconditionFailure("two statements at the same time on one connection")
        case .lost(let error): throw error
        }
        do throws(PostgresError) {
            guard !Task.isCancelled else { throw .cancelled }
            try confirmAlive()
        } catch {
            end()
            throw error
        }
        watchedSince = deadline == nil ? clock.now : nil
        return deadline ?? .never
    }

    /// Ends what `begin` began.
    func end() {
        if case .busy = condition { condition = .ready }
    }

    var isRecovering: Bool {
        guard case .recovering = condition else { return false }
        return true
    }

    /// Returns when nothing is under way behind the back of the connection's user.
    func recovered() async {
        while case .recovering(let task) = condition { await task.value }
    }

    /// The watchdog's question: a server that does not even keep its own timeout is gone.
    func giveUpIfOverdue() {
        guard case .busy = condition, let watchedSince, clock.now - watchedSince > answerTimeout else { return }
        var error = PostgresError(.timedOut, "the server did not answer in \(answerTimeout)")
        error.outcomeIsUnknown = true
        hasLostItsServer = true
        lose(error)
    }

    /// Something of a long statement has been done: the watchdog counts anew.
    func showProgress() {
        if watchedSince != nil { watchedSince = clock.now }
    }

    /// Makes sure that an edge will announce the answer: the end of the connection may have been announced already,
    /// together with the last answer, and would not be again.
    private func confirmAlive() throws(PostgresError) {
        while !wasJustChecked, handle.socketHasInput() {
            // Nothing was sent yet, so the outcome is known.
            guard handle.consumeInput() else { throw lose(PostgresError(.connectionLost, handle.message)) }
        }
        wasJustChecked = false
        mayHaveInput = false
    }

    // MARK: Sending and receiving

    /// Throws what libpq had against sending a request.
    func require(_ accepted: Bool) throws(PostgresError) {
        guard !accepted else { return }
        let message = handle.message
        throw handle.isBroken
            ? lose(PostgresError(.connectionLost, message)) : PostgresError(.rejected, message)
    }

    /// Hands everything that libpq has gathered to the kernel.
    func flush(until deadline: Deadline) async throws(PostgresError) {
        // A broken connection is left to the reading side, which may find the server's reason.
        while handle.flush() == 1 {
            do {
                try await descriptor.writable(until: deadline)
            } catch {
                throw giveUp(because: error)
            }
        }
    }

    /// Waits until something arrives unasked.
    func waitForInput(until deadline: Deadline) async throws(WaitError) {
        try await descriptor.readable(until: deadline)
    }

    /// The next result of the request under way; `nil` when all have been read.
    func nextResult(until deadline: Deadline) async throws(PostgresError) -> ResultHandle? {
        if handle.isBusy { try await waitForResult(until: deadline) }
        return handle.nextResult()
    }

    private func waitForResult(until deadline: Deadline) async throws(PostgresError) {
        while handle.isBusy {
            if !mayHaveInput {
                do {
                    try await descriptor.readable(until: deadline)
                } catch {
                    throw giveUp(because: error)
                }
            }
            // When the connection broke, libpq has a result that says why.
            guard takeInput() else { return }
        }
    }

    /// Takes over what the socket has: the registration is edge-triggered, and libpq reads a piece at a time.
    private func takeInput() -> Bool {
        repeat {
            guard handle.consumeInput() else { return false }
            mayHaveInput = true
            guard handle.isBusy else { return true }
        } while handle.socketHasInput()
        mayHaveInput = false
        // OpenSSL may hold the rest of a record that the socket no longer shows.
        return handle.usesTLS ? handle.consumeInput() : true
    }

    /// Reads all results of a request behind `first`, which has been read already: the last one, or the first error.
    func lastResult(after first: ResultHandle? = nil, until deadline: Deadline) async throws(PostgresError)
        -> ResultHandle
    {
        var last = first
        var failure = first?.error
        while true {
            // As `nextResult`, but most of the time without the price of an asynchronous call.
            if handle.isBusy { try await waitForResult(until: deadline) }
            guard let result = handle.nextResult() else { break }
            switch result.status {
            case PGRES_COPY_IN:
                // Only `copyIn` knows how to go on; the server answers this with an error.
                try require(handle.putCopyEnd(reason: "COPY needs copyIn") == 1)
                try await flush(until: deadline)
            case PGRES_COPY_OUT, PGRES_COPY_BOTH:
                throw lose(PostgresError(.rejected, "COPY to the client is not supported"))
            default:
                if failure == nil { failure = result.error }
                last = result
            }
        }
        if let failure { throw settle(failure) }
        guard let last else { throw lose(PostgresError(.connectionLost, "the server gave no answer")) }
        return last
    }

    /// Follows up on an error of the server, or of libpq on its behalf.
    private func settle(_ error: PostgresError) -> PostgresError {
        if error.sqlState == .readOnlyTransaction, mustWrite {
            // What was the primary has become a replica. The statement was not carried out: it may be repeated elsewhere.
            hasLostItsServer = true
            return lose(PostgresError(.connectionLost, "the server takes no writes any more: \(error.message)"))
        }
        guard error.report.isFatal || error.kind == .connectionLost || handle.isBroken else { return error }
        var lost = PostgresError(.connectionLost, error.message)
        // A fatal error is the server's answer to the statement: it was not carried out. Silence may mean anything.
        lost.outcomeIsUnknown = !error.report.isFatal
        // Without a word: the server is gone, or nothing reaches it any more, which is true of the others as well.
        if !error.report.isFatal { hasLostItsServer = true }
        return lose(lost)
    }
}
