internal import EventLoop
internal import FoundationEssentials
internal import Queueing
internal import Tenancy

/// The leases that a worker holds, and how far each is.
struct Slots {
    /// Why a job is told to stop.
    enum StopReason: Sendable, Hashable {
        case cancelled
        case timedOut
        /// Somebody else may have it by now.
        case leaseLost
        /// The worker stops.
        case released
    }

    struct Entry {
        let lease: Lease
        /// In which Redis has the lease now; the database keeps that in which it was taken.
        var epoch: Int64
        let began: Moment
        /// Known when it is claimed.
        var job: Job?
        /// When it has to be over.
        var deadline = Moment.never
        /// Ends by itself; cancelled by whoever has a reason, awaited by the drain.
        var task: Task<Void, Never>?
        var stopReason: StopReason?
        /// Its work is done, and what came of it waits to be stored.
        var isEnding = false
    }

    let capacity: Int
    let backlog: Int
    private(set) var entries: [LeaseName: Entry] = [:]
    private(set) var ending = 0
    /// Jobs that are done now.
    private(set) var running = 0
    /// Claimed jobs that a place is to be free for in a moment, in their order.
    private var shelf: [LeaseName] = []
    /// How long jobs took lately.
    private var usualTime = Duration.seconds(1)

    /// Jobs are taken in advance only as far as they are begun within this time.
    private static let advance = Duration.milliseconds(20)
    private static let mostInAdvance = 200

    init(capacity: Int, backlog: Int) {
        self.capacity = capacity
        self.backlog = backlog
    }

    var isEmpty: Bool { entries.isEmpty }
    /// How many more are wanted: as many as there are places, and of jobs that take next to no time some more, so that
    /// their places need not wait for Redis.
    var room: Int {
        let passes = Self.advance / max(usualTime, .microseconds(50))
        let inAdvance = min(Self.mostInAdvance, Int(passes * Double(capacity)))
        let most = max(capacity, inAdvance)
        return max(0, min(most - (entries.count - ending), most + backlog - entries.count))
    }

    /// Takes at most so many leases, and returns those that it took and those that were too many. Those that were there
    /// already are neither: a server that forgot them may give them out again.
    @discardableResult
    mutating func take(
        _ leases: [Lease], atMost count: Int = .max, epoch: Int64, at now: Moment
    ) -> (taken: [Lease], excess: [Lease]) {
        let new = leases.filter { entries[$0.name] == nil }
        let taken = Array(new.prefix(count))
        for lease in taken { entries[lease.name] = Entry(lease: lease, epoch: epoch, began: now) }
        return (taken, Array(new.dropFirst(taken.count)))
    }

    enum Start {
        case started
        /// It waits for a place: `nextShelved` brings it.
        case shelved
        /// It has been told to stop before.
        case refused
    }

    /// Begins a job, when there is a place for it.
    mutating func start(_ name: LeaseName, _ job: Job, _ deadline: Deadline, _ task: () -> Task<Void, Never>) -> Start {
        guard var entry = entries[name], entry.stopReason == nil else { return .refused }
        entry.job = job
        guard running < capacity else {
            entries[name] = entry
            shelf.append(name)
            return .shelved
        }
        running += 1
        entry.deadline = deadline.moment
        entry.task = task()
        entries[name] = entry
        return .started
    }

    /// The job whose turn it is when a place is free; the caller starts it.
    mutating func nextShelved() -> Entry? {
        while running < capacity, !shelf.isEmpty {
            if let entry = entries[shelf.removeFirst()], !entry.isEnding { return entry }
        }
        return nil
    }

    /// All jobs that wait for a place: they will get none.
    mutating func clearShelf() -> [Entry] {
        defer { shelf = [] }
        return shelf.compactMap { entries[$0] }
    }

    /// Notes that the work of a job is done, and says whether and why it was told to stop.
    mutating func end(_ name: LeaseName, after time: Duration) -> StopReason? {
        guard let entry = entries[name], !entry.isEnding else { return nil }
        if entry.task != nil {
            running -= 1
            usualTime = usualTime * 0.8 + time * 0.2
        }
        entries[name]?.isEnding = true
        entries[name]?.task = nil
        ending += 1
        return entry.stopReason
    }

    @discardableResult
    mutating func remove(_ name: LeaseName) -> Entry? {
        guard let entry = entries.removeValue(forKey: name) else { return nil }
        if entry.isEnding { ending -= 1 }
        return entry
    }

    /// Tells jobs to stop, each for the first reason that came up; returns their tasks, which are to be cancelled.
    mutating func stop(_ reason: StopReason, where isMeant: (Entry) -> Bool) -> [Task<Void, Never>] {
        var tasks: [Task<Void, Never>] = []
        for (name, entry) in entries where entry.stopReason == nil && !entry.isEnding && isMeant(entry) {
            entries[name]?.stopReason = reason
            if let task = entry.task { tasks.append(task) }
        }
        return tasks
    }

    /// Leases to renew: not those of jobs that should have been over for `slack` and do not stop. They are others' to do
    /// then.
    func renewable(at now: Moment, slack: Duration, where isMeant: (Entry) -> Bool) -> [Lease] {
        entries.values.filter { isMeant($0) && !isStuck($0, at: now, slack: slack) }.map(\.lease)
    }

    /// Notes that Redis has leases in another epoch now.
    mutating func carryOver(_ names: Set<LeaseName>, to epoch: Int64) {
        for name in names { entries[name]?.epoch = epoch }
    }

    /// How many jobs should have been over for `slack` and do not stop.
    func stuck(at now: Moment, slack: Duration) -> Int {
        entries.values.count { isStuck($0, at: now, slack: slack) }
    }

    private func isStuck(_ entry: Entry, at now: Moment, slack: Duration) -> Bool {
        !entry.isEnding && entry.deadline != .never && entry.deadline + slack < now
    }

    /// What is done now, for those who look.
    func report() -> [WorkerReport.Slot] {
        entries.values.compactMap { entry in
            guard let job = entry.job, entry.task != nil, let since = job.startedAt else { return nil }
            return WorkerReport.Slot(
                job: job.id.uuid, kind: job.kind.rawValue, queue: job.queue.rawValue,
                organization: job.organizationID?.uuid,
                batch: job.batch?.batchID.uuid, attempt: entry.lease.attempt,
                timeoutSeconds: Int(job.timeout.components.seconds), since: since)
        }
    }
}
