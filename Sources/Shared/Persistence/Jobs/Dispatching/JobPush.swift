internal import EventLoop
internal import FoundationEssentials
internal import Logging
internal import Observability
internal import Queueing
internal import Synchronization

/// Tells Redis of jobs, as well as can be done at the moment.
final class JobPush: Sendable {
    private let dispatcher: JobDispatcher
    private let metrics: DispatchMetrics
    private let logger: Logger
    /// Until when Redis is not even asked.
    private let rest = Mutex<Moment?>(nil)

    /// How long nobody waits for a Redis that did not answer: whoever accepts a job has the sweep tell it anyway.
    private static let pause = Duration.seconds(1)

    init(dispatcher: JobDispatcher, metrics: DispatchMetrics, logger: Logger) {
        self.dispatcher = dispatcher
        self.metrics = metrics
        self.logger = logger
    }

    /// Never fails: what was accepted is in the database, and the sweep brings what is missing here.
    func send(_ tickets: [JobTicket]) async {
        let near = Date().addingTimeInterval(JobQueue.horizon)
        let due = tickets.filter { $0.runAt <= near }
        guard !due.isEmpty else { return }
        guard !isResting else { return metrics.untold.increment(by: UInt64(due.count)) }
        do {
            try await dispatcher.enqueue(due)
            metrics.dispatched.increment(by: UInt64(due.count))
        } catch {
            note(error, about: due.count)
        }
    }

    private var isResting: Bool {
        rest.withLock { rest in
            guard let until = rest, Moment.now < until else { return false }
            return true
        }
    }

    /// What Redis was not told is seen, but is no fault of whoever wanted it told.
    func note(_ error: DispatchError, about count: Int) {
        metrics.untold.increment(by: UInt64(count))
        rest.withLock { $0 = Moment.now + Self.pause }
        logger.warning(
            "Redis could not be told of jobs; it is told later", metadata: ["jobs": "\(count)", "reason": "\(error)"])
    }
}
