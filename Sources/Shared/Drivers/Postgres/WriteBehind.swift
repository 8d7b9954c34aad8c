package import EventLoop

/// Group commit: rows that wait at the same moment share one statement and so one commit.
///
/// A row is safe on disk when `write` returns. The statement must be repeatable, with ids made by the client and
/// `ON CONFLICT DO NOTHING`: after a commit whose outcome is unknown it is executed again. One statement is one
/// transaction, so a batch costs one round trip and pipelining several on one connection would gain nothing.
package final class WriteBehind<Row: Sendable>: Sendable {
    private let queues: LoopLocal<WriteQueue<Row>>

    /// A writer that executes `statement` for the rows of each batch. `mend` is asked once a batch when the server refuses
    /// it, and says whether it has done something about the cause, so that it is worth another try.
    package init(
        client: PostgresClient, loops: LoopGroup, settings: WriteBehindSettings = WriteBehindSettings(),
        mend: @escaping @Sendable (PostgresError) async -> Bool = { _ in false },
        statement: @escaping @Sendable ([Row]) -> SQL
    ) {
        queues = LoopLocal(loops) { loop in
            WriteQueue(loop: loop, client: client, settings: settings, mend: mend, statement: statement)
        }
    }

    /// Returns when `row` is committed. Cancelling the caller does not take back its row.
    /// - Throws: the error of this row, never that of a neighbour in its batch.
    package func write(_ row: Row) async throws(PostgresError) {
        try await queues.current.write(row)
    }

    /// What waits on all loops together.
    package func statistics() async -> WriteBehindStatistics {
        var total = WriteBehindStatistics()
        for queue in queues.all { total.add(await queue.loop.run { queue.statistics }) }
        return total
    }

    /// Takes no more rows and returns when those it has are written or have failed.
    package func close() async {
        for queue in queues.all {
            await queue.loop.run { await queue.close() }
        }
    }
}

/// The bounds of a `WriteBehind`.
package struct WriteBehindSettings: Sendable {
    /// The most rows of a statement.
    package var maximumBatch = 500
    /// The most rows that may wait on a loop; more are refused.
    package var queueLimit = 10_000
    /// The most statements under way on a loop at once.
    package var concurrency = 2
    /// How long a row may take before its writer gets an error.
    package var timeout: Duration = .seconds(10)

    package init() {}
}

/// How full a `WriteBehind` is.
package struct WriteBehindStatistics: Sendable, Hashable {
    /// Rows that no statement has taken yet.
    package var waiting = 0
    /// Rows of the statements that are under way.
    package var underWay = 0
    /// How many rows may wait.
    package var limit = 0
    /// How long the oldest row has waited that no statement has taken; `nil` when none waits.
    package var oldest: Duration?

    mutating func add(_ other: WriteBehindStatistics) {
        waiting += other.waiting
        underWay += other.underWay
        limit += other.limit
        oldest = [oldest, other.oldest].compactMap { $0 }.max()
    }
}

/// The rows of one loop that wait for their commit.
///
/// `@unchecked Sendable`: confined to its loop, which every entry point checks.
private final class WriteQueue<Row: Sendable>: @unchecked Sendable {
    private struct Entry {
        let row: Row
        let arrival = ContinuousClock.now
        let deadline: Deadline
        let continuation: CheckedContinuation<PostgresError?, Never>
    }

    let loop: Loop
    private let client: PostgresClient
    private let settings: WriteBehindSettings
    private let mend: @Sendable (PostgresError) async -> Bool
    private let statement: @Sendable ([Row]) -> SQL
    private var waiting: [Entry] = []
    private var underWay = 0
    private var rowsUnderWay = 0
    private var isFlushPlanned = false
    private var isClosed = false
    private var whenEmpty: [CheckedContinuation<Void, Never>] = []

    init(
        loop: Loop, client: PostgresClient, settings: WriteBehindSettings,
        mend: @escaping @Sendable (PostgresError) async -> Bool, statement: @escaping @Sendable ([Row]) -> SQL
    ) {
        self.loop = loop
        self.client = client
        self.settings = settings
        self.mend = mend
        self.statement = statement
    }

    func write(_ row: Row) async throws(PostgresError) {
        loop.preconditionCurrent()
        guard !isClosed else { throw PostgresError(.unavailable, "the writer is closed") }
        guard waiting.count < settings.queueLimit else {
            throw PostgresError(.poolExhausted, "\(waiting.count) rows already wait to be written")
        }
        let deadline = Deadline.after(settings.timeout)
        let failure = await withCheckedContinuation { continuation in
            waiting.append(Entry(row: row, deadline: deadline, continuation: continuation))
            plan()
        }
        if let failure { throw failure }
    }

    var statistics: WriteBehindStatistics {
        loop.preconditionCurrent()
        return WriteBehindStatistics(
            waiting: waiting.count, underWay: rowsUnderWay, limit: settings.queueLimit,
            oldest: waiting.first.map { $0.arrival.duration(to: .now) })
    }

    func close() async {
        loop.preconditionCurrent()
        isClosed = true
        guard !waiting.isEmpty || underWay > 0 else { return }
        await withCheckedContinuation { whenEmpty.append($0) }
    }

    /// Starts statements when what runs on the loop now has had its turn to add rows.
    private func plan() {
        guard !isFlushPlanned, underWay < settings.concurrency else { return }
        isFlushPlanned = true
        loop.atEndOfTurn { [self] in
            isFlushPlanned = false
            start()
        }
    }

    private func start() {
        while underWay < settings.concurrency, !waiting.isEmpty {
            let batch = Array(waiting.prefix(settings.maximumBatch))
            waiting.removeFirst(batch.count)
            underWay += 1
            rowsUnderWay += batch.count
            // Unstructured: it serves many callers and outlives each; `close` awaits it through `underWay`.
            loop.spawn { [self] in
                await commit(batch)
                underWay -= 1
                rowsUnderWay -= batch.count
                start()
                guard waiting.isEmpty, underWay == 0 else { return }
                for continuation in whenEmpty { continuation.resume() }
                whenEmpty = []
            }
        }
    }

    private func commit(_ batch: [Entry]) async {
        var rest = batch
        var isMended = false
        var delay = Duration.milliseconds(25)
        while let first = rest.first {
            let error: PostgresError
            do {
                try await client.execute(statement(rest.map(\.row)), until: first.deadline)
                return finish(rest, nil)
            } catch let caught {
                error = caught
            }
            if !isMended, case .server = error.kind, await mend(error) {
                isMended = true
                continue
            }
            if error.sqlState?.isAboutData == true { return await split(rest, error) }
            guard error.isRetryable || error.kind == .connectionLost || error.kind == .timedOut else {
                return finish(rest, error)
            }
            // The oldest row comes first; those whose time is over get the error, the others another try.
            let late = rest.prefix { $0.deadline.hasPassed }
            finish(late, error)
            rest.removeFirst(late.count)
            await pause(delay * Double.random(in: 0.5...1))
            delay = min(delay * 2, .milliseconds(500))
        }
    }

    /// Some row of the batch is not acceptable: halves it until that one is alone.
    private func split(_ batch: [Entry], _ error: PostgresError) async {
        guard batch.count > 1 else { return finish(batch, error) }
        let middle = batch.count / 2
        await commit(Array(batch[..<middle]))
        await commit(Array(batch[middle...]))
    }

    private func pause(_ duration: Duration) async {
        do {
            try await loop.sleep(for: duration)
        } catch {
            // Nobody cancels the task of a batch; without the pause it would only retry sooner.
        }
    }

    private func finish(_ entries: some Sequence<Entry>, _ error: PostgresError?) {
        for entry in entries { entry.continuation.resume(returning: error) }
    }
}
