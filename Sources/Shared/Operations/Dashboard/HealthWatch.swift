internal import EventLoop
package import FoundationEssentials
package import Logging
package import Redis
internal import Records
internal import Synchronization

/// How a part of the installation is.
package struct PartHealth: Sendable, Hashable {
    package let name: String
    package let instance: String?
    package var state = State.unknown
    /// Why it is not well.
    package var reason: String?
    /// Since when it is in this state, as far as this process has seen.
    package var since: Date?
    package var checkedAt: Date?
    /// How long its answer took.
    package var answerTime: Duration?
    /// What it said last; `nil` while it does not answer.
    package var reading: HealthReading?

    /// How well it is.
    package enum State: String, Sendable, Hashable {
        case up
        /// It answers, and says itself that something is wrong.
        case degraded
        /// It does not answer.
        case down
        /// It has not been asked yet.
        case unknown
    }

    init(_ target: HealthTarget) {
        name = target.name
        instance = target.instance
    }

    /// Takes in what came of asking.
    mutating func take(_ answer: Result<HealthReading, any Error>, after time: Duration, at moment: Date) {
        let before = state
        switch answer {
        case .success(let found):
            reading = found
            reason = found.complaint
            state = found.complaint == nil ? .up : .degraded
            answerTime = time
        case .failure(let error):
            reading = nil
            reason = error is DeadlineExceeded ? "It did not answer in time." : "\(error)"
            state = .down
            answerTime = nil
        }
        if state != before { since = moment }
        checkedAt = moment
    }
}

/// Asks the parts of the installation again and again how they are, so that nobody who wants to know waits for one that
/// does not answer.
package final class HealthWatch: Sendable {
    private let targets: [HealthTarget]
    private let news: HealthNews
    private let interval: Duration
    private let parts: Mutex<[PartHealth]>

    /// How long each may take in all.
    private static let patience = Duration.seconds(4)

    /// Asks each of the targets every `interval`.
    package init(
        _ targets: [HealthTarget], every interval: Duration = .seconds(5), notices: Notices, redis: RedisClient,
        logger: Logger
    ) {
        self.targets = targets
        self.interval = interval
        news = HealthNews(notices: notices, redis: redis, logger: logger)
        parts = Mutex(targets.map(PartHealth.init))
    }

    /// How the parts are, in the order of the targets.
    package var health: [PartHealth] { parts.withLock { $0 } }

    /// Asks until its task is cancelled.
    package func run() async throws {
        guard let loop = Loop.current else { preconditionFailure("health is watched on a loop") }
        while true {
            await withTaskGroup(of: Void.self) { group in
                for index in targets.indices { group.addTask { await self.ask(index) } }
            }
            try Task.checkCancellation()
            await news.tell(health)
            try await loop.sleep(for: interval)
        }
    }

    private func ask(_ index: Int) async {
        let began = ContinuousClock.now
        let answer: Result<HealthReading, any Error>
        do {
            answer = .success(try await withDeadline(.after(Self.patience), targets[index].probe))
        } catch {
            answer = .failure(error)
        }
        guard !Task.isCancelled else { return }
        let time = began.duration(to: .now)
        parts.withLock { $0[index].take(answer, after: time, at: Date()) }
    }
}
