package import FoundationEssentials

/// One job with its life, `GET /internal/jobs/ID`.
package struct OperatorJobDetail: Codable, Sendable, Hashable {
    package let job: OperatorJobRow
    /// Why it waits, what it does or how it ended, in one sentence, such as "About 120 jobs are before it in evaluations;
    /// provider openai is rate limited for 12 s."
    package let explanation: String
    /// About how many jobs are before it; `nil` when it does not wait or nobody knows.
    package let position: Int?
    /// What happened to it, in the order of time; the last ones may be in the future.
    package let timeline: [Moment]
    /// Whether the oldest attempts are left out of the timeline.
    package let timelineIsCut: Bool
    /// What it needs a place of, such as `provider:openai`.
    package let limits: [String]
    /// How long one attempt may take.
    package let timeoutSeconds: Int
    package let uniqueKey: String?
    /// W3C trace context of whoever asked for it.
    package let traceParent: String?
    /// What it is about.
    package let payload: [Fact]
    /// Whether some of that was left out, because the viewer's role must not see prompts and answers.
    package let isContentHidden: Bool
    package let batchName: String?
    /// The logs of the executions that it came to.
    package let executionLogIDs: [UUID]
    package let scheduleName: String?
    /// What the viewer may do to it now.
    package let actions: [OperatorJobAction]

    package init(
        job: OperatorJobRow, explanation: String, position: Int?, timeline: [Moment], timelineIsCut: Bool,
        limits: [String], timeoutSeconds: Int, uniqueKey: String?, traceParent: String?, payload: [Fact],
        isContentHidden: Bool, batchName: String?, executionLogIDs: [UUID] = [], scheduleName: String?,
        actions: [OperatorJobAction]
    ) {
        self.job = job
        self.explanation = explanation
        self.position = position
        self.timeline = timeline
        self.timelineIsCut = timelineIsCut
        self.limits = limits
        self.timeoutSeconds = timeoutSeconds
        self.uniqueKey = uniqueKey
        self.traceParent = traceParent
        self.payload = payload
        self.isContentHidden = isContentHidden
        self.batchName = batchName
        self.executionLogIDs = executionLogIDs
        self.scheduleName = scheduleName
        self.actions = actions
    }

    /// A fact about what a job is about.
    package struct Fact: Codable, Sendable, Hashable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Something that happened to a job, or will.
    package struct Moment: Codable, Sendable, Hashable {
        package let at: Date
        package let kind: Kind
        /// Which attempt, from 1; `nil` of what is about none.
        package let attempt: Int?
        package let worker: String?
        package let errorClass: String?
        /// What happened, in one sentence without prompt, answer or key.
        package let summary: String
        /// How long the attempt took that ended here.
        package let seconds: Double?

        package init(
            at: Date, kind: Kind, attempt: Int? = nil, worker: String? = nil, errorClass: String? = nil,
            summary: String, seconds: Double? = nil
        ) {
            self.at = at
            self.kind = kind
            self.attempt = attempt
            self.worker = worker
            self.errorClass = errorClass
            self.summary = summary
            self.seconds = seconds
        }
    }

    /// What can happen to a job.
    package enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        case accepted
        /// It was handed to those who run jobs.
        case dispatched
        case started
        /// An attempt failed; it is tried again.
        case failed
        /// It was not its turn, which costs no attempt.
        case deferred
        /// Its worker is gone.
        case lost
        /// Its worker was stopped and handed it back.
        case released
        case timedOut = "timed_out"
        case finished
        /// It was given up.
        case dead
        case cancelled
        /// An operator did something to it.
        case changed
        /// In the future: when it may run.
        case due
    }
}

extension OperatorRequest where Reply == OperatorJobDetail {
    /// One job with its life.
    package static func job(_ id: UUID) -> Self {
        Self(.get, "\(OperatorJobPage.path)/\(id.uuidString.lowercased())")
    }
}
