internal import EventLoop
internal import FoundationEssentials
package import Jobs
package import Logging
package import Observability
internal import Queueing
package import Redis
package import Tenancy
internal import WireAPI

/// Tells those who watch how queues move, and keeps their gauges: once a second, whatever happens in them, and half as
/// often while nothing does.
package struct QueuePulse: Sendable {
    private let queue: JobQueue
    private let snapshots: QueueSnapshots
    private let gauges: QueueGauges
    private let events: EventPublisher
    /// Of all workers one tells the news.
    private let teller: Teller
    private let logger: Logger

    private static let interval = Duration.seconds(1)
    private static let calmInterval = Duration.seconds(2)
    /// After how many looks that saw nothing new queues are called calm.
    private static let calming = 10
    /// Every how many rounds those look who only keep their gauges.
    private static let gauging = 5
    /// Every how many rounds the shares of tenants are looked at.
    private static let sharing = 10

    package init(
        queue: JobQueue, metrics: Metrics, events: EventPublisher, redis: RedisClient,
        identifiers: IdentifierSource, logger: Logger
    ) {
        self.queue = queue
        snapshots = QueueSnapshots(queue)
        gauges = QueueGauges(metrics)
        self.events = events
        teller = Teller("scorable:queue-pulse", termInMilliseconds: 3000, redis: redis, identifiers: identifiers)
        self.logger = logger
    }

    /// Goes on until its task is cancelled.
    package func run() async throws {
        guard let loop = Loop.current else { preconditionFailure("queues are watched on a loop") }
        var changes = QueueChanges()
        var imbalances: [QueueName: Double] = [:]
        var round = 0
        var calmRounds = 0
        while true {
            do {
                let isTeller = try await teller.isThisProcess()
                if isTeller || round.isMultiple(of: Self.gauging) {
                    let snapshot = try await snapshots.ofThisMoment()
                    if round.isMultiple(of: Self.sharing) { imbalances = try await self.imbalances(snapshot) }
                    gauges.show(snapshot, imbalances: imbalances)
                    let news = changes.news(of: snapshot)
                    calmRounds = news == nil ? calmRounds + 1 : 0
                    if let news, isTeller { events.publish(.queuesChanged(news), to: nil) }
                }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                logger.debug("queues could not be looked at", metadata: ["reason": "\(error)"])
            }
            round += 1
            try await loop.sleep(for: calmRounds < Self.calming ? Self.interval : Self.calmInterval)
        }
    }

    /// How unevenly the places of each queue are shared among the tenants that wait there.
    private func imbalances(_ snapshot: QueueSnapshot) async throws -> [QueueName: Double] {
        var imbalances: [QueueName: Double] = [:]
        for standing in snapshot.queues where standing.waiting > 0 {
            let tenants = try await queue.dispatcher.tenants(of: standing.name).filter { $0.waiting > 0 }
            let shares = tenants.map { tenant -> TenantShare in
                let control = tenant.organizationID.flatMap { snapshot.controls[.organization($0)] }
                return TenantShare(running: tenant.running, weight: control?.weight ?? 1)
            }
            imbalances[standing.name] = TenantShare.imbalance(of: shares)
        }
        return imbalances
    }
}
