internal import EventLoop
internal import FoundationEssentials
package import Logging
package import Stores

/// The chores of an installation, each done again and again.
package struct Upkeep: Sendable {
    private let chores: [Chore]
    private let logger: Logger

    /// One chore: how often it is done, and what it does.
    struct Chore: Sendable {
        let name: String
        let interval: Duration
        /// Does it, and says how much there was to do.
        let body: @Sendable () async throws -> Int
    }

    /// How long sums by minute, sums by hour and notices are kept. Minutes are shown of the last two days.
    private static let minutesKept: TimeInterval = 3 * 86_400
    private static let hoursKept: TimeInterval = 400 * 86_400
    private static let noticesKept: TimeInterval = 30 * 86_400
    /// How many sums are deleted at once.
    private static let piece = 20_000

    /// `monthsAhead` says for how many months to come the execution logs have a place.
    package init(
        partitions: PartitionStore, sessions: SessionStore, sums: ExecutionSumStore, notices: NoticeStore,
        monthsAhead: Int, logger: Logger
    ) {
        self.logger = logger
        chores = [
            Chore(name: "execution log partitions", interval: .seconds(3600)) {
                try await partitions.ensure(monthsAhead: monthsAhead)
            },
            Chore(name: "expired sessions", interval: .seconds(300)) {
                try await sessions.deleteExpired(at: Date())
            },
            Chore(name: "old sums by minute", interval: .seconds(300)) {
                try await sums.deleteMinutes(
                    before: Date().addingTimeInterval(-Self.minutesKept), limit: Self.piece)
            },
            Chore(name: "old sums by hour", interval: .seconds(3600)) {
                try await sums.deleteHours(before: Date().addingTimeInterval(-Self.hoursKept), limit: Self.piece)
            },
            Chore(name: "old notices", interval: .seconds(3600)) {
                try await notices.delete(before: Date().addingTimeInterval(-Self.noticesKept))
            },
        ]
    }

    /// Does every chore at once and then at its interval, until cancelled. A chore that fails is tried again soon; it
    /// never keeps the others from being done.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for chore in chores {
                group.addTask { try await repeatedly(chore) }
            }
            try await group.waitForAll()
        }
    }

    private func repeatedly(_ chore: Chore) async throws {
        guard let loop = Loop.current else { preconditionFailure("chores are done on a loop") }
        while true {
            var pause = chore.interval
            do {
                let count = try await chore.body()
                if count > 0 {
                    logger.info("chore done", metadata: ["chore": .string(chore.name), "count": "\(count)"])
                }
            } catch {
                try Task.checkCancellation()
                logger.warning("chore failed", metadata: ["chore": .string(chore.name), "reason": "\(error)"])
                pause = min(pause, .seconds(15))
            }
            // A tenth more or less, so that replicas do not all come at the same moment.
            try await loop.sleep(for: pause * Double.random(in: 0.9...1.1))
        }
    }
}
