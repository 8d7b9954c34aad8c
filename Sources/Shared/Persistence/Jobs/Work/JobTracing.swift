package import Observability
internal import Queueing
internal import Tenancy

/// Attempts of jobs as parts of the traces that caused them.
package struct JobTracing: Sendable {
    private let spans: SpanRecorder
    private let identifiers: TraceIdentifiers

    package init(_ spans: SpanRecorder, _ identifiers: TraceIdentifiers) {
        self.spans = spans
        self.identifiers = identifiers
    }

    /// Nothing is recorded; traces go on all the same.
    package static var off: JobTracing { JobTracing(.off, TraceIdentifiers()) }

    /// An attempt's place in the trace of whoever made the job, or at the beginning of one of its own.
    func trace(of job: Job) -> TraceContext {
        job.traceParent.flatMap { TraceContext(traceparent: $0) }?.child(identifiers) ?? spans.root(identifiers)
    }

    /// Records an attempt that is over.
    func record(_ trace: TraceContext, _ job: LeasedJob, _ outcome: JobEnding.Outcome, took duration: Duration) {
        spans.record(
            trace, "job \(job.job.kind.rawValue)", .consumer, took: duration, failure: Self.failure(outcome),
            [
                .init("scorable.job.id", job.job.id.description), .init("scorable.job.kind", job.job.kind.rawValue),
                .init("scorable.queue", job.job.queue.rawValue), .init("scorable.job.attempt", job.attempt),
            ])
    }

    private static func failure(_ outcome: JobEnding.Outcome) -> String? {
        switch outcome {
        case .finished: nil
        case .failed(let failure, _): failure.errorClass.rawValue
        case .released: "released"
        case .cancelled: "cancelled"
        }
    }
}
