package import EventLoop
internal import FoundationEssentials
internal import JSON
package import Postgres
package import Queueing

/// What is done for the jobs of one kind. One value serves all of them, many at a time.
package protocol JobWork: Sendable {
    /// The jobs that it is for.
    var kind: JobKind { get }
    /// How long a job waits after a failure.
    var retryRule: RetryRule { get }

    /// Does the job, on a loop. What it has to store it returns: the effect is applied in the transaction that ends the
    /// job, and only when this lease still may.
    ///
    /// Its task is cancelled when the deadline passes, the job is cancelled, the lease is lost or the worker has to stop;
    /// it must then return soon, however it does.
    /// - Throws: `JobFailure`, or `JobFailed` when something is to be stored when the job is given up; anything else is
    ///   a failure of class `internal`.
    func perform(_ job: LeasedJob) async throws -> JobEffect
}

extension JobWork {
    package var retryRule: RetryRule { RetryRule() }
}

/// A job that this worker has a lease of.
package struct LeasedJob: Sendable {
    /// The job as it was claimed; its lease is this one.
    package let job: Job
    /// When the attempt has to be over.
    package let deadline: Deadline
    /// Where this attempt stands in its trace, for the calls that it makes.
    package let traceParent: String?

    package init(job: Job, deadline: Deadline, traceParent: String? = nil) {
        self.job = job
        self.deadline = deadline
        self.traceParent = traceParent ?? job.traceParent
    }

    /// Counts the attempts that count, this one included, from 1.
    package var attempt: Int { job.failures + 1 }
    /// Whether a failure of this attempt is the end of the job.
    package var isLastAttempt: Bool { attempt >= job.maxAttempts }

    /// What it is to do, as its payload says.
    /// - Throws: `JobFailure` as of `notUnderstood` when that is nothing that this release can read.
    package func order<Order: Decodable>(_: Order.Type) throws(JobFailure) -> Order {
        do {
            return try JSONCodec.decode(Order.self, from: job.payload)
        } catch {
            throw notUnderstood("this release cannot read what jobs of kind \(job.kind) are to do")
        }
    }

    /// Why it is left to others: while an installation is brought to another release, its workers are of both. That costs no
    /// attempt, and ends after a day.
    package func notUnderstood(_ what: String) -> JobFailure {
        let age = (job.startedAt ?? job.createdAt).timeIntervalSince(job.createdAt)
        guard age < Self.longestWait else { return JobFailure(.invalid, "\(what), nor has another for a day") }
        return JobFailure(.rateLimited, "\(what); another may", retryAfter: .seconds(30))
    }

    /// How long it may wait for a worker that understands it, in seconds.
    private static let longestWait = 86_400.0
}

/// What a job has to store when it has succeeded, beside the news that it has.
package struct JobEffect: Sendable {
    /// Runs in the transaction that ends the job. It may run again when that has to be repeated.
    package var apply: (@Sendable (PostgresConnection) async throws -> Void)?
    /// What the job has cost, in billionths of a dollar.
    package var cost: Int64
    /// Jobs that are accepted in the same transaction.
    package var followUps: [NewJob]
    /// Runs once the transaction is committed: for those who watch. It may be lost with the process.
    package var afterCommit: (@Sendable () async -> Void)?

    package init(
        cost: Int64 = 0, followUps: [NewJob] = [], afterCommit: (@Sendable () async -> Void)? = nil,
        apply: (@Sendable (PostgresConnection) async throws -> Void)? = nil
    ) {
        self.apply = apply
        self.cost = cost
        self.followUps = followUps
        self.afterCommit = afterCommit
    }

    /// Nothing but the news that the job is done.
    package static let none = JobEffect()
}

/// A failure with something to store should it be the job's end.
package struct JobFailed: Error, Sendable, CustomStringConvertible {
    package let failure: JobFailure
    /// Applied in the transaction that makes the job dead; not when it is tried again.
    package let effect: JobEffect

    package init(_ failure: JobFailure, effect: JobEffect) {
        self.failure = failure
        self.effect = effect
    }

    package var description: String { failure.description }
}
