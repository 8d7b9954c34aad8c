internal import EventLoop
internal import FoundationEssentials
package import Logging
package import Operations

/// Has traces evaluated once they have been quiet for as long as their filters ask.
///
/// Any number of workers may do it.
package struct TraceSettling: Sendable {
    private let decisions: TraceDecisions
    private let logger: Logger

    /// How often is looked which traces have become quiet.
    private static let interval = Duration.seconds(1)
    /// How often is looked which evaluations ended without a word.
    private static let rounds = 30

    package init(decisions: TraceDecisions, logger: Logger) {
        self.decisions = decisions
        self.logger = logger
    }

    /// Decides until cancelled. A round that fails is tried again.
    package func run() async throws {
        guard let loop = Loop.current else { preconditionFailure("traces are decided about on a loop") }
        var round = 0
        while true {
            var count = 0
            do {
                count = try await decisions.decide(at: Date())
                if round % Self.rounds == 0 { _ = try await decisions.concludeLost() }
            } catch {
                try Task.checkCancellation()
                logger.warning("traces could not be decided about", metadata: ["reason": "\(error)"])
            }
            round += 1
            try await loop.sleep(
                for: count == TraceDecisions.most
                    ? .milliseconds(10) : Self.interval * Double.random(in: 0.9...1.1))
        }
    }
}
