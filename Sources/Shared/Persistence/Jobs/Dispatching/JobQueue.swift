internal import FoundationEssentials
package import Logging
package import Postgres
package import Queueing

/// The queue, as everybody holds it who accepts, steers or looks at jobs.
///
/// What is accepted is accepted when the caller's transaction is committed, whatever becomes of Redis: what Redis was not
/// told, it is told by the sweep of a worker.
package final class JobQueue: Sendable {
    /// The database's half.
    package let ledger: JobLedger
    package let readings: JobReadings
    package let batches: BatchLedger
    package let controls: QueueControlLedger
    /// Redis's half.
    package let dispatcher: JobDispatcher
    let database: PostgresClient
    let metrics: DispatchMetrics
    let logger: Logger

    /// What is farther off than this stays in the database until then.
    static let horizon: TimeInterval = 60

    package init(database: PostgresClient, dispatcher: JobDispatcher, metrics: DispatchMetrics, logger: Logger) {
        self.database = database
        self.dispatcher = dispatcher
        self.metrics = metrics
        self.logger = logger
        let push = JobPush(dispatcher: dispatcher, metrics: metrics, logger: logger)
        self.push = push
        ledger = JobLedger(database: database, dispatch: { await push.send($0) })
        readings = JobReadings(database: database)
        batches = BatchLedger(database: database)
        controls = QueueControlLedger(database: database)
    }

    private let push: JobPush

    // MARK: Accepting

    /// Accepts jobs in the caller's transaction. The tickets are for ``dispatch(_:)`` after its commit; there is none for
    /// a job whose identifier is known, or whose unique key another open job has.
    package func add(
        _ jobs: [NewJob], on connection: PostgresConnection
    ) async throws(PostgresError) -> [JobTicket] {
        try await JobLedger.add(jobs, on: connection)
    }

    /// Tells Redis of jobs whose acceptance is committed. It never fails: what cannot be told now is told by the sweep.
    package func dispatch(_ tickets: [JobTicket]) async { await push.send(tickets) }

    /// Accepts jobs in a transaction of their own.
    @discardableResult
    package func submit(_ jobs: [NewJob]) async throws -> [JobTicket] {
        let tickets = try await ledger.accept(jobs)
        await dispatch(tickets)
        return tickets
    }

    // MARK: Looking

    /// Jobs in the order of creation. Which jobs run is Redis's to say: the database has no index of them, because it
    /// would have to write it with every job that begins.
    package func page(
        _ filter: JobFilter, newestFirst: Bool = true, behind: JobID? = nil, limit: Int
    ) async throws -> JobPage {
        var filter = filter
        if filter.states == [.running], filter.ids == nil { filter.ids = try await dispatcher.running(limit: 10_000) }
        return try await readings.page(filter, newestFirst: newestFirst, behind: behind, limit: limit)
    }

    // MARK: Steering

    /// Changes all jobs that are meant and were there when it began, piece by piece; says how many.
    package func perform(_ change: JobChange, on filter: JobFilter) async throws -> Int {
        var filter = filter
        filter.createdBefore = min(filter.createdBefore ?? .distantFuture, try await readings.now())
        let meant = filter
        var count = 0
        var place: JobID?
        repeat {
            let behind = place
            let steered = try await repeating {
                try await database.transaction { try await JobLedger.change(change, meant, behind: behind, on: $0) }
            }
            await tell(steered)
            count += steered.ids.count
            place = steered.next
        } while place != nil
        return count
    }

    /// Tells Redis what was done to jobs, after the commit. It never fails: what is not told is found out when a worker
    /// claims the job, or by the reconciler.
    package func tell(_ steered: SteeredJobs) async {
        guard !steered.ids.isEmpty else { return }
        do {
            switch steered.change {
            case .cancel: try await dispatcher.cancel(steered.told)
            case .delete, .move: try await dispatcher.forget(steered.told)
            case .retry:
                try await dispatcher.forget(steered.ids)
                for batch in steered.batches { try await dispatcher.revive(batch: batch) }
            case .runNow: try await dispatcher.runNow(steered.ids)
            }
        } catch {
            push.note(error, about: steered.ids.count)
        }
        await dispatch(steered.tickets)
    }

    /// Decides something about a queue, a tenant, a kind or a limit, and returns what was decided before.
    @discardableResult
    package func control(_ control: QueueControl) async throws -> QueueControl? {
        let before = try await database.transaction { try await QueueControlLedger.set(control, on: $0) }
        await tell(control)
        return before
    }

    /// Tells Redis of a decision, after its commit; it is told all of them again every few seconds.
    package func tell(_ control: QueueControl) async {
        do {
            try await dispatcher.apply(control)
        } catch {
            push.note(error, about: 1)
        }
    }

    // MARK: Batches

    /// Stops a batch: nothing of it is begun any more when this returns. What was waiting is cancelled piece by piece.
    /// `nil` when it has ended, or there is none.
    package func cancel(batch id: BatchID) async throws -> Batch? {
        let batch = try await database.transaction { try await BatchLedger.beginCancelling(id, on: $0) }
        guard let batch else { return nil }
        await tell(cancelled: id)
        return try await batches.find(id) ?? batch
    }

    /// Tells Redis that a batch is cancelled, after the commit, and cancels what Redis has of it.
    package func tell(cancelled batch: BatchID) async {
        do {
            try await dispatcher.cancel(batch: batch)
        } catch {
            push.note(error, about: 1)
        }
        do {
            await tell(try await batches.cancelSome(of: batch))
        } catch {
            // Workers cancel what is left; this piece only comes sooner.
            logger.debug("a cancelled batch is left to the workers", metadata: ["reason": "\(error)"])
        }
    }

    /// Has the dead jobs of a batch done again; says how many they are.
    package func retryFailed(batch id: BatchID) async throws -> Int {
        var filter = JobFilter()
        filter.batchID = id
        filter.states = [.dead]
        return try await perform(.retry, on: filter)
    }

    /// Does it again when it met others in the database; they are done soon.
    private func repeating<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        var tries = 1
        while true {
            do {
                return try await body()
            } catch let error as PostgresError where error.isRetryable && tries < 5 {
                tries += 1
            }
        }
    }
}
