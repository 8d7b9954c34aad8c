internal import EventLoop
internal import FoundationEssentials
package import Logging
internal import Observability
internal import Queueing
internal import Tenancy

/// Keeps Redis in step with the database: what every worker does beside working.
///
/// Any number of workers do it. What only one may do at a time is guarded by a lock in the database, which goes to another
/// when its holder dies or stops.
package struct Dispatching: Sendable {
    let queue: JobQueue
    let database: DispatchLedger
    let schedules: ScheduleLedger
    let settings: DispatchingSettings
    let logger: Logger

    /// How many jobs one statement hands to Redis.
    static let piece = 500
    /// How long is waited after failures: the stores may be back at any moment.
    private static let longestPause = Duration.seconds(2)

    package init(
        queue: JobQueue, schedules: ScheduleLedger, settings: DispatchingSettings = DispatchingSettings(),
        logger: Logger
    ) {
        self.queue = queue
        database = DispatchLedger(database: queue.database)
        self.schedules = schedules
        self.settings = settings
        self.logger = logger
    }

    /// One of the things that are done again and again.
    private struct Round: Sendable {
        let name: String
        let interval: Duration
        /// Does some of it, and says whether there is more to do right now.
        let body: @Sendable () async throws -> Bool
    }

    /// Does all of it until cancelled; call it on a loop. What fails is tried again and never keeps the rest from being
    /// done.
    package func run() async throws {
        let reconciler = Reconciler(self)
        let rounds = [
            Round(name: "seeding", interval: settings.epochInterval) { try await seedIfEmpty() },
            Round(name: "jobs", interval: settings.interval) { try await lookAfterJobs() },
            Round(name: "controls", interval: settings.controlInterval) { try await tellControls() },
            Round(name: "queue minutes", interval: settings.minuteInterval) { try await copyMinutes() },
            Round(name: "retention", interval: settings.retentionInterval) { try await forget() },
        ]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in rounds { group.addTask { try await repeatedly(round) } }
            group.addTask { try await reconciler.run() }
            try await group.waitForAll()
        }
    }

    private func repeatedly(_ round: Round) async throws {
        guard let loop = Loop.current else { preconditionFailure("jobs are dispatched on a loop") }
        var failures = 0
        while true {
            var pause = round.interval
            do {
                // A moment for others even when there is much to do.
                if try await round.body() { pause = min(pause, .milliseconds(10)) }
                failures = 0
            } catch {
                try Task.checkCancellation()
                failures += 1
                complain(of: round.name, error, failures)
                pause = max(pause, min(pause * (1 << min(failures, 6)), Self.longestPause))
            }
            // A tenth more or less, so that workers do not all come at the same moment.
            try await loop.sleep(for: pause * Double.random(in: 0.9...1.1))
        }
    }

    /// Says what fails when it begins to, and then rarely: a store that is away would fill the log.
    func complain(of name: String, _ error: any Error, _ failures: Int) {
        guard failures == 1 || failures.isMultiple(of: 60) else { return }
        logger.warning("dispatching failed", metadata: ["part": .string(name), "reason": "\(error)"])
    }

    // MARK: The parts

    /// Does what there is to do for jobs, which is asked in one question: mostly there is nothing.
    private func lookAfterJobs() async throws -> Bool {
        let pending = try await database.pending(olderThan: settings.sweepAge)
        let parts: [(isWanted: Bool, part: () async throws -> Bool)] = [
            (pending.hasSchedules, tick), (pending.hasUnsentJobs, sweep), (pending.hasUnsentBatchJobs, refill),
            (pending.hasCancelledBatches, cancelSome),
        ]
        var isBehind = false
        var trouble: (any Error)?
        for (isWanted, part) in parts where isWanted {
            do {
                isBehind = try await part() || isBehind
            } catch {
                try Task.checkCancellation()
                trouble = error
            }
        }
        if let trouble { throw trouble }
        return isBehind
    }

    /// Tells Redis of jobs that whoever accepted them could not tell it of.
    func sweep() async throws -> Bool {
        let count = try await database.sweep(olderThan: settings.sweepAge, limit: Self.piece, send: send)
        if count > 0 { queue.metrics.sweeps.increment() }
        return count == Self.piece
    }

    /// Gives Redis more jobs of batches.
    func refill() async throws -> Bool {
        let (sent, isBehind) = try await database.refill(window: settings.window, batches: 20, send: send)
        // Whoever has just been given jobs may soon be through with them.
        return sent > 0 || isBehind
    }

    @Sendable private func send(_ tickets: [JobTicket]) async throws {
        try await queue.dispatcher.enqueue(tickets)
        queue.metrics.dispatched.increment(by: UInt64(tickets.count))
    }

    /// Cancels the jobs of batches that are being stopped.
    func cancelSome() async throws -> Bool {
        var isBehind = false
        for batch in try await queue.batches.cancelling() {
            let steered = try await queue.batches.cancelSome(of: batch)
            await queue.tell(steered)
            isBehind = isBehind || steered.next != nil
        }
        return isBehind
    }

    /// Makes the jobs of schedules that have come.
    func tick() async throws -> Bool {
        let (tickets, unreadable) = try await schedules.tick()
        for name in unreadable {
            logger.error("a schedule is paused: its rule cannot be read", metadata: ["schedule": .string(name)])
        }
        await queue.dispatch(tickets)
        queue.metrics.ticks.increment(by: UInt64(tickets.count))
        return false
    }

    /// Tells Redis all that is decided about queues and tenants.
    func tellControls() async throws -> Bool {
        try await queue.dispatcher.apply(try await queue.controls.all())
        return false
    }

    /// How far back figures are copied that nobody copied in time.
    private static let minutesBack: TimeInterval = 600

    /// Copies the figures of the last minutes to the database, where they outlive Redis.
    func copyMinutes() async throws -> Bool {
        _ = try await database.leading(.minutes) { _ in
            let dispatcher = queue.dispatcher
            let now = try await dispatcher.now()
            var minutes = try await dispatcher.minutes(from: now.addingTimeInterval(-Self.minutesBack), to: now)
            let current = Date(timeIntervalSince1970: (now.timeIntervalSince1970 / 60).rounded(.down) * 60)
            for (name, depth) in try await depths() {
                if let index = minutes.firstIndex(where: { $0.queue == name && $0.minute == current }) {
                    minutes[index].depth = depth
                } else {
                    var minute = QueueMinute(queue: name, minute: current)
                    minute.depth = depth
                    minutes.append(minute)
                }
            }
            try await QueueMinuteLedger(database: queue.database).write(minutes)
        }
        return false
    }

    private func depths() async throws -> [QueueName: Int] {
        let standings = try await queue.readings.standings(countingDeadTo: 0)
        let names = Set(QueueName.builtIn).union(standings.map(\.queue)).sorted()
        var depths: [QueueName: Int] = [:]
        for reading in try await queue.dispatcher.queues(names) {
            depths[reading.queue] = reading.waiting + reading.scheduled
        }
        for standing in standings { depths[standing.queue, default: 0] += standing.held + standing.later }
        return depths
    }

    /// Forgets what is old.
    func forget() async throws -> Bool {
        let ledger = JobRetentionLedger(database: queue.database)
        let count = try await ledger.forget(settings.retention, now: try await queue.readings.now())
        return count > 0
    }
}
