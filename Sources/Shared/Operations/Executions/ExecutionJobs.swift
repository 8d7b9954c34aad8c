internal import EventLoop
internal import HTTPMessages
internal import Jobs
internal import Logging
internal import Queueing
internal import Scoring

// What executions and the jobs that make them have to do with each other.

extension CallContext {
    /// The circumstances of an execution that a job makes: it is named after the job, and has the job's time.
    init(_ job: LeasedJob, logger: Logger) {
        var headers: HTTPHeaders = ["x-request-id": "\(job.job.id)"]
        headers["traceparent"] = job.traceParent
        self.init(
            requestID: "\(job.job.id)", callerWaits: job.deadline, atMost: job.job.timeout, propagation: headers,
            logger: logger)
    }
}

extension JobFailure {
    /// What a failed execution means for its job. A provider's own words stay in the execution's log.
    init(_ failure: EvaluationFailure, provider: String?) {
        let limit = provider.map(JobLimit.provider)
        switch failure.code {
        case .rateLimited: self.init(.rateLimited, failure.summary, limit: limit)
        case .timeout: self.init(.timeout, failure.summary)
        case .providerError, .unavailable, .cancelled: self.init(.unavailable, failure.summary)
        case .authentication: self.init(.refused, failure.summary)
        case .internal: self.init(.internal, failure.summary)
        case .invalidResponse, .noProvider, .contextLength, .refused, .invalidInput:
            self.init(.invalid, failure.summary)
        }
    }
}
