internal import FoundationEssentials
internal import Jobs
internal import Queueing
internal import Synchronization
internal import WireAPI

/// How all queues stand at a moment, as far as the database and Redis know.
struct QueueSnapshot: Sendable {
    let takenAt: Date
    /// By name.
    let queues: [Queue]
    let controls: [ControlSubject: QueueControl]
    /// The last hour, the minute that runs among it; of one that is taken every second only the last minutes.
    let minutes: [QueueName: QueueFigures]
    /// What is missing, in one sentence.
    let complaint: String?

    /// One queue.
    struct Queue: Sendable, Hashable {
        let name: QueueName
        let waiting: Int
        let scheduled: Int
        let running: Int
        let dead: Int
        let oldest: Duration?
    }
}

extension QueueSnapshot {
    /// What was found of the queues called `names`.
    fileprivate init(
        _ now: Date, _ names: [QueueName], _ standings: [QueueStanding], _ controls: [QueueControl],
        _ found: [Jobs.QueueReading], _ minutes: [QueueMinute], _ complaint: String?
    ) {
        self.init(
            takenAt: now,
            queues: names.map { name in
                Queue(name, found.first { $0.queue == name }, standings.first { $0.queue == name }, now: now)
            },
            controls: Dictionary(controls.map { ($0.subject, $0) }) { first, _ in first },
            minutes: Dictionary(grouping: minutes, by: \.queue).mapValues(QueueFigures.init), complaint: complaint)
    }
}

extension QueueSnapshot.Queue {
    /// What Redis says, which is `nil` while it is away, and what the database has beside it.
    init(_ name: QueueName, _ reading: Jobs.QueueReading?, _ standing: QueueStanding?, now: Date) {
        self.name = name
        waiting = (reading?.waiting ?? 0) + (standing?.held ?? 0)
        scheduled = (reading?.scheduled ?? 0) + (standing?.later ?? 0)
        running = reading?.running ?? 0
        dead = standing?.dead ?? 0
        let due = standing?.oldestDue.map { Duration.seconds(max(0, now.timeIntervalSince($0))) }
        oldest = [reading?.oldestWait, due].compactMap(\.self).max()
    }
}

/// Takes snapshots, the same for all who ask within a short while: however many look, the stores are asked as if one did.
final class QueueSnapshots: Sendable {
    private let queue: JobQueue
    private let last = Mutex<Taken?>(nil)

    private struct Taken: Sendable {
        let snapshot: QueueSnapshot
        let since: ContinuousClock.Instant
    }

    /// How old a snapshot may be.
    private static let freshness = Duration.milliseconds(1500)
    /// The minute that runs and the one before it.
    private static let justNow: TimeInterval = 60
    /// Minutes that the database may not have yet.
    private static let recent: TimeInterval = 5 * 60

    init(_ queue: JobQueue) { self.queue = queue }

    /// How the queues stand now, or stood a moment ago.
    func current() async throws -> QueueSnapshot {
        if let last = last.withLock({ $0 }), last.since.duration(to: .now) < Self.freshness { return last.snapshot }
        let since = ContinuousClock.now
        let snapshot = try await take(at: try await queue.readings.now())
        last.withLock { $0 = Taken(snapshot: snapshot, since: since) }
        return snapshot
    }

    /// How the queues stand, looked at anew when this one is not among them: it may be younger than the last look.
    func current(with name: QueueName) async throws -> QueueSnapshot {
        let snapshot = try await current()
        if snapshot.queues.contains(where: { $0.name == name }) { return snapshot }
        forget()
        return try await current()
    }

    /// How the queues stand now, for who looks every second: with no more of the past than the last minutes, which Redis
    /// has, and without asking how full it is.
    func ofThisMoment() async throws -> QueueSnapshot {
        let now = try await queue.readings.now()
        let standings = try await queue.readings.standings(countingDeadTo: OperatorQueue.mostDead)
        let controls = try await queue.controls.all()
        var found: [Jobs.QueueReading] = []
        var recent: [QueueMinute] = []
        var complaint: String?
        do throws(DispatchError) {
            found = try await queue.dispatcher.queues()
            recent = try await queue.dispatcher.minutes(from: now.addingTimeInterval(-Self.justNow), to: now)
        } catch {
            complaint = "\(error.complaint): what waits there or runs is not counted."
        }
        return QueueSnapshot(
            now, Set(QueueName.builtIn + standings.map(\.queue) + found.map(\.queue)).sorted(), standings, controls,
            found,
            recent, complaint)
    }

    /// Has the next who asks look anew.
    func forget() { last.withLock { $0 = nil } }

    private func take(at now: Date) async throws -> QueueSnapshot {
        let standings = try await queue.readings.standings(countingDeadTo: OperatorQueue.mostDead)
        let controls = try await queue.controls.all()
        var found: [Jobs.QueueReading] = []
        var recent: [QueueMinute] = []
        var complaint: String?
        do throws(DispatchError) {
            found = try await queue.dispatcher.queues()
            recent = try await queue.dispatcher.minutes(
                from: now.addingTimeInterval(-Self.recent), to: now)
            complaint = try await queue.dispatcher.memory().complaint
        } catch {
            complaint = "\(error.complaint): what waits there or runs is not counted."
        }
        let names = Set(QueueName.builtIn + standings.map(\.queue) + found.map(\.queue)).sorted()
        let hour = now.addingTimeInterval(-3600)
        let minutes = Self.merged(
            try await queue.readings.minutes(of: names, from: hour, to: now), recent)
        return QueueSnapshot(now, names, standings, controls, found, minutes, complaint)
    }

    /// Both, where of the same minute the more recent counts.
    static func merged(_ kept: [QueueMinute], _ recent: [QueueMinute]) -> [QueueMinute] {
        struct Place: Hashable {
            let queue: QueueName
            let minute: Date
        }
        var all: [Place: QueueMinute] = [:]
        for minute in kept { all[Place(queue: minute.queue, minute: minute.minute)] = minute }
        for minute in recent {
            let place = Place(queue: minute.queue, minute: minute.minute)
            var newest = minute
            newest.depth = newest.depth ?? all[place]?.depth
            all[place] = newest
        }
        return Array(all.values)
    }
}

extension DispatchError {
    /// What operators are told of it.
    var complaint: String {
        switch kind {
        case .epochChanged: "Redis has not been filled yet, which a worker does"
        case .full: "Redis is full"
        case .unavailable, .silent, .cancelled, .failed: "Redis cannot be reached"
        }
    }
}

extension MemoryReading {
    /// What operators are told of it; `nil` when there is room.
    var complaint: String? {
        guard isNearlyFull, let limitBytes else { return nil }
        let figures = "\(usedBytes / 1_048_576) of \(limitBytes / 1_048_576) MiB are used"
        return isFull
            ? "Redis is full (\(figures)): accepted jobs wait in the database until it has room; raise its maxmemory."
            : "Redis is nearly full (\(figures)): raise its maxmemory before jobs have to wait for room."
    }
}
