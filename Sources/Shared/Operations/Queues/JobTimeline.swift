internal import FoundationEssentials
internal import Jobs
internal import Queueing
internal import Records
internal import WireAPI

/// What happened to a job, told in the order of time.
struct JobTimeline {
    private var moments: [OperatorJobDetail.Moment] = []

    /// The life of a job: what its row says, the attempts that did not end well, and what operators did to it.
    init(_ job: Job, attempts: [JobAttempt], changes: [AuditEntry], now: Date) {
        moments.append(
            Moment(at: job.createdAt, kind: .accepted, summary: "It was accepted into \(job.queue)."))
        for attempt in attempts { add(attempt) }
        for change in changes { add(change) }
        addLastAttempt(of: job)
        addEnd(of: job, after: attempts)
        if job.state == .waiting, job.runAt > now {
            moments.append(
                Moment(
                    at: job.runAt, kind: .due,
                    summary: job.failures > 0 ? "It is tried again." : "It may begin."))
        }
        // Stable: what happened at the same moment stays in the order in which it was added.
        moments = moments.enumerated().sorted {
            ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
        }.map(\.element)
    }

    /// In the order of time.
    var all: [OperatorJobDetail.Moment] { moments }

    private typealias Moment = OperatorJobDetail.Moment

    private mutating func add(_ attempt: JobAttempt) {
        let number = attempt.lease.attempt
        if let startedAt = attempt.startedAt {
            moments.append(Self.start(at: startedAt, attempt: number, worker: attempt.worker))
        }
        let (kind, summary) = Self.ending(attempt)
        moments.append(
            Moment(
                at: attempt.endedAt, kind: kind, attempt: number, worker: attempt.worker,
                errorClass: attempt.errorClass?.rawValue, summary: summary,
                seconds: attempt.startedAt.map { attempt.endedAt.timeIntervalSince($0) }))
    }

    private mutating func add(_ change: AuditEntry) {
        let what = change.action.replacing("job.", with: "", maxReplacements: 1).replacing(
            "_", with: " ")
        let outcome = change.outcome == .done ? "" : " (\(change.outcome.rawValue))"
        moments.append(
            Moment(
                at: change.createdAt, kind: .changed, summary: "\(change.actor.name): \(what)\(outcome)."))
    }

    /// The attempt that goes on, or that ended well and left no trace but in the row.
    private mutating func addLastAttempt(of job: Job) {
        guard let startedAt = job.startedAt, job.state == .running || job.state == .finished else {
            return
        }
        moments.append(Self.start(at: startedAt, attempt: job.lease.attempt, worker: job.worker))
    }

    private mutating func addEnd(of job: Job, after attempts: [JobAttempt]) {
        guard let endedAt = job.endedAt else { return }
        let error = job.error.map { ": \($0)" } ?? "."
        switch job.state {
        case .waiting, .running: return
        case .finished:
            moments.append(
                Moment(
                    at: endedAt, kind: .finished, attempt: job.lease.attempt, worker: job.worker,
                    summary: "It succeeded.", seconds: job.startedAt.map { endedAt.timeIntervalSince($0) }))
        case .dead:
            moments.append(
                Moment(
                    at: endedAt, kind: .dead, errorClass: job.errorClass?.rawValue,
                    summary: "It was given up\(error)"))
        case .cancelled:
            moments.append(Moment(at: endedAt, kind: .cancelled, summary: "It was cancelled."))
        }
    }

    private static func start(at moment: Date, attempt: Int, worker: String?) -> Moment {
        Moment(
            at: moment, kind: .started, attempt: attempt, worker: worker,
            summary: worker.map { "\($0) began it." } ?? "It began.")
    }

    private static func ending(_ attempt: JobAttempt) -> (
        kind: OperatorJobDetail.Kind, summary: String
    ) {
        let error = attempt.error.map { ": \($0)" } ?? "."
        let next = attempt.nextRunAt.map { " Next at \($0.formatted(.iso8601))." } ?? ""
        return switch attempt.outcome {
        case .failed: (.failed, "The attempt failed\(error)\(next)")
        case .deferred: (.deferred, "It was not its turn\(error)\(next)")
        case .lost: (.lost, "Its worker was not heard of any more.")
        case .released: (.released, "Its worker was stopped and handed it back.")
        case .timedOut: (.timedOut, "The attempt took longer than it may.\(next)")
        case .cancelled: (.cancelled, "The attempt was stopped because the job was cancelled.")
        }
    }
}
