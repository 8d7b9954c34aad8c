internal import EventLoop
internal import FoundationEssentials
package import Logging
package import Operations
package import Stores

/// Sums executions up by minute and hour, so that the dashboard need not count them.
///
/// Any number of workers may do it: in each round one does and the others pass. What was missed while none ran is made
/// up for in rounds of a second or so.
package struct SummingUp: Sendable {
    private let store: ExecutionSumStore
    private let spikes: FailureSpikes
    private let logger: Logger

    /// How often is looked whether a minute has ended.
    private static let interval = Duration.seconds(5)
    /// How much time is summed up in a round: as much as takes about so long.
    private static let shortest: TimeInterval = 60
    private static let longest: TimeInterval = 86_400
    private static let aim = Duration.milliseconds(500)
    /// What is summed up later than this after it happened is no news.
    private static let currency: TimeInterval = 300

    package init(store: ExecutionSumStore, spikes: FailureSpikes, logger: Logger) {
        self.store = store
        self.spikes = spikes
        self.logger = logger
    }

    /// Sums up until cancelled. A round that fails is tried again.
    package func run() async throws {
        guard let loop = Loop.current else { preconditionFailure("executions are summed up on a loop") }
        var span = Self.shortest * 10
        var looked: Date?
        while true {
            var isBehind = false
            do {
                let began = ContinuousClock.now
                let now = Date()
                let round = try await store.sumUp(now: now, atMost: span)
                isBehind = round.isBehind
                let time = began.duration(to: .now)
                if isBehind { span = min(max(time < Self.aim ? span * 2 : span / 2, Self.shortest), Self.longest) }
                if let through = round.through, through != looked,
                    now.timeIntervalSince(through) < Self.currency
                {
                    looked = through
                    _ = try await spikes.look(through: through)
                }
            } catch {
                try Task.checkCancellation()
                logger.warning("executions could not be summed up", metadata: ["reason": "\(error)"])
                span = Self.shortest
            }
            // A moment for others even when much is to be made up for.
            try await loop.sleep(
                for: isBehind ? .milliseconds(50) : Self.interval * Double.random(in: 0.9...1.1))
        }
    }
}
