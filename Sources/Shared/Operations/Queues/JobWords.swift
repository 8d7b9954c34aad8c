internal import FoundationEssentials
internal import Jobs
internal import Queueing

/// What surrounds a job that waits.
struct JobCircumstances: Sendable, Hashable {
    /// How many jobs are before it.
    var ahead: Ahead?
    /// Why it does not begin although it could.
    var obstacles: [JobReading.Obstacle] = []
    /// For how long nothing of a subject is begun, because whoever is called wants it so.
    var blocked: [ControlSubject: Duration] = [:]
    /// How many workers take jobs of its queue; `nil` when that was not asked.
    var workers: Int?
    /// It is not among those yet that workers choose from.
    var isHeld = false
    /// Redis, which knows, cannot be reached.
    var isUnknown = false

    /// How many jobs are before another.
    enum Ahead: Sendable, Hashable {
        /// Of its tenant.
        case inLine(Int)
        /// Of its tenant, and they were not all counted.
        case moreThan(Int)
        /// In its queue, which tenants take in turn.
        case inQueue(Int)

        var count: Int {
            switch self {
            case .inLine(let count), .moreThan(let count), .inQueue(let count): count
            }
        }
    }
}

/// How a job stands, in words.
enum JobWords {
    /// Why it waits, what it does or how it ended.
    static func explanation(of job: Job, _ circumstances: JobCircumstances, now: Date) -> String {
        switch job.state {
        case .waiting: job.runAt > now ? scheduled(job, now) : waiting(job, circumstances)
        case .running: running(job, now)
        case .finished: "It succeeded\(span(of: job)) on attempt \(job.lease.attempt)."
        case .dead: dead(job)
        case .cancelled: "It was cancelled\(job.lease.attempt == 0 ? " before it began" : "")."
        }
    }

    private static func scheduled(_ job: Job, _ now: Date) -> String {
        let wait = SpanWords.text(job.runAt.timeIntervalSince(now))
        if job.errorClass == .rateLimited {
            return
                "It met a limit and is tried again in \(wait), which costs no attempt: \(job.error ?? "")"
        }
        guard job.failures > 0 else { return "It is to run in \(wait)." }
        return
            "It failed \(times(job.failures)); the next of \(job.maxAttempts) attempts begins in \(wait)."
    }

    private static func waiting(_ job: Job, _ circumstances: JobCircumstances) -> String {
        guard !circumstances.isUnknown else {
            return "It could run now. Redis, which says why it waits, is away."
        }
        var reasons = circumstances.ahead.map { [place($0, in: job.queue)] } ?? []
        if circumstances.isHeld {
            reasons.append(
                job.batch == nil
                    ? "it is about to be handed out" : "its batch is handed out a few hundred at a time")
        }
        reasons += circumstances.obstacles.map { obstacle($0, circumstances.blocked) }
        if circumstances.workers == 0 {
            reasons.append("no worker takes jobs of \(job.queue) at the moment")
        }
        return reasons.isEmpty ? "It could run now." : "\(reasons.joined(separator: "; "))."
    }

    private static func place(_ ahead: JobCircumstances.Ahead, in queue: QueueName) -> String {
        switch ahead {
        case .inLine(0): "It is the next of its tenant in \(queue)"
        case .inQueue(0): "No older job waits in \(queue)"
        case .inLine(let count): "About \(jobs(count)) before it in its tenant's line of \(queue)"
        case .moreThan(let count): "More than \(jobs(count)) before it in its tenant's line of \(queue)"
        case .inQueue(let count) where count >= JobReadings.mostAhead: "At least \(jobs(count)) before it in \(queue)"
        case .inQueue(let count): "About \(jobs(count)) before it in \(queue)"
        }
    }

    private static func jobs(_ count: Int) -> String { count == 1 ? "1 job is" : "\(count) jobs are" }

    private static func obstacle(
        _ obstacle: JobReading.Obstacle, _ blocked: [ControlSubject: Duration]
    ) -> String {
        switch obstacle {
        case .paused(let subject): "\(name(of: subject)) is paused"
        case .full(let subject): "\(name(of: subject)) runs as many as it may"
        case .paced(let subject): "\(name(of: subject)) has started as many as it may in this minute"
        case .blocked(let subject):
            "\(name(of: subject)) is rate limited\(blocked[subject].map { " for \(SpanWords.text($0 / .seconds(1)))" } ?? "")"
        }
    }

    /// Such as `provider openai`.
    static func name(of subject: ControlSubject) -> String {
        switch subject {
        case .queue(let name): "queue \(name)"
        case .organization: "its organisation"
        case .project: "its project"
        case .kind(let kind): "kind \(kind)"
        case .limit(let limit):
            limit.text.replacing(":", with: " ", maxReplacements: 1)
        }
    }

    private static func running(_ job: Job, _ now: Date) -> String {
        let since =
            job.startedAt.map { "has run for \(SpanWords.text(now.timeIntervalSince($0)))" } ?? "runs"
        let worker = job.worker.map { " on \($0)" } ?? ""
        let end = job.isCancelRequested ? "; it is being cancelled" : ""
        return
            "It \(since)\(worker), of at most \(SpanWords.text(job.timeout / .seconds(1))), on attempt "
            + "\(job.lease.attempt)\(end)."
    }

    private static func dead(_ job: Job) -> String {
        let reason = job.error.map { ": \($0)" } ?? "."
        if job.errorClass == .poison {
            return "It was given up because its workers died of it\(reason)"
        }
        let attempts = job.failures == 1 ? "one failed attempt" : "\(job.failures) failed attempts"
        return "It was given up after \(attempts)\(reason)"
    }

    private static func span(of job: Job) -> String {
        guard let startedAt = job.startedAt, let endedAt = job.endedAt else { return "" }
        return " after \(SpanWords.text(endedAt.timeIntervalSince(startedAt)))"
    }

    private static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }
}
