package import Queueing

/// How a lease of a job ended: what a worker reports.
package struct JobEnding: Sendable {
    /// What became of the attempt.
    package enum Outcome: Sendable {
        case finished(JobEffect)
        /// The effect is applied when the job is dead by it, and only then.
        case failed(JobFailure, effect: JobEffect?)
        /// The worker stops: another one is to do it, and nothing is counted.
        case released
        /// The job was cancelled while it ran.
        case cancelled
    }

    /// The job as it was claimed.
    package let job: Job
    package let outcome: Outcome
    /// How long the job waits after a failure.
    package let rule: RetryRule

    package init(of job: Job, _ outcome: Outcome, rule: RetryRule = RetryRule()) {
        self.job = job
        self.outcome = outcome
        self.rule = rule
    }
}

/// What became of a job whose lease ended: what Redis is to be told.
package enum JobVerdict: Sendable, Hashable {
    case finished
    case retry(after: Duration)
    /// It was not its turn, because of the limit when that is known.
    case deferral(of: Duration, limit: JobLimit?)
    case dead
    case cancelled
    case released
    /// Somebody else has the job, or it has ended: nothing was stored.
    case fenced
}

/// What is written for an ending.
struct Settlement: Sendable {
    let job: Job
    let verdict: JobVerdict
    let state: JobState
    /// How long the job waits when it is done again.
    let delay: Duration
    let failure: JobFailure?
    let effect: JobEffect?
    /// What the history of the job says of the attempt; `nil` for one that went well.
    let attempt: String?
    /// Whether it is one of the failures of which a job may have so many.
    let isCounted: Bool
    let rule: RetryRule

    init(_ ending: JobEnding, using random: inout some RandomNumberGenerator) {
        job = ending.job
        rule = ending.rule
        switch ending.outcome {
        case .finished(let effect):
            (verdict, state, delay, failure, self.effect) = (.finished, .finished, .zero, nil, effect)
            (attempt, isCounted) = (nil, false)
        case .released:
            (verdict, state, delay, failure, effect) = (.released, .waiting, .zero, nil, nil)
            (attempt, isCounted) = ("released", false)
        case .cancelled:
            (verdict, state, delay, failure, effect) = (.cancelled, .cancelled, .zero, nil, nil)
            (attempt, isCounted) = ("cancelled", false)
        case .failed(let failure, let effect):
            self.failure = failure
            isCounted = failure.errorClass.costsAttempt
            let ruling = ending.rule.verdict(
                on: failure, failures: job.failures + 1, maxAttempts: job.maxAttempts, using: &random)
            let said = failure.errorClass == .timeout ? "timed_out" : "failed"
            switch ruling {
            case .retry(let wait):
                (verdict, state, delay, self.effect) = (.retry(after: wait), .waiting, wait, nil)
                attempt = said
            case .deferral(let wait):
                (verdict, state, delay, self.effect) = (.deferral(of: wait, limit: failure.limit), .waiting, wait, nil)
                attempt = "deferred"
            case .dead:
                (verdict, state, delay, self.effect) = (.dead, .dead, .zero, effect)
                attempt = said
            }
        }
    }
}
