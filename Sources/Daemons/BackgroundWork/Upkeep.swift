package import FoundationEssentials
internal import JSON
package import Jobs
package import Logging
package import Operations
package import Queueing
package import Stores
package import Tenancy

/// The chores of an installation, each done again and again: what is too old goes, and what is to come gets its place.
package struct Upkeep: JobWork {
    private let chores: [Chore]
    private let logger: Logger

    /// One chore: when it is done, and what it does.
    struct Chore: Sendable {
        let name: String
        /// As schedules have it.
        let rule: String
        /// Does it, and says how much there was to do.
        let body: @Sendable () async throws -> Int
    }

    /// How long sums by minute, sums by hour and notices are kept. Minutes are shown of the last two days.
    private static let minutesKept: TimeInterval = 3 * 86_400
    private static let hoursKept: TimeInterval = 400 * 86_400
    private static let noticesKept: TimeInterval = 30 * 86_400
    /// How deployments did is shown of the last month.
    private static let spansKept: TimeInterval = 32 * 86_400
    /// How long it can be seen what webhooks were told of, and sent again.
    private static let eventsKept: TimeInterval = 30 * 86_400
    /// No upload takes as long as this.
    private static let uploadsKept: TimeInterval = 3600
    /// How many datasets of uploads are deleted at once.
    private static let uploads = 20
    /// As long as the answers of idempotent calls are promised.
    private static let callsKept: TimeInterval = 24 * 3600
    /// How many sums are deleted at once.
    private static let piece = 20_000

    /// `monthsAhead` says for how many months to come the execution logs have a place.
    package init(
        partitions: PartitionStore, sessions: SessionStore, sums: ExecutionSumStore, notices: NoticeStore,
        spans: DeploymentSpanStore, datasets: DatasetStore, events: WebhookEventStore, deliveries: WebhookDeliveryStore,
        calls: IdempotentCallStore,
        exports: SweepExports, calibrations: SweepCalibrations, files: SweepFiles, storage: StorageUpkeep,
        temporaryUsers: SweepTemporaryUsers,
        traces: TraceStore, retention: RetentionRun, singleSignOn: SweepSingleSignOn, metadata: RefreshMetadata,
        monthsAhead: Int, logger: Logger
    ) {
        self.logger = logger
        chores = [
            Chore(name: "execution log partitions", rule: "@every 1h") {
                try await partitions.ensure(monthsAhead: monthsAhead)
            },
            Chore(name: "trace partitions", rule: "@every 1h") {
                try await traces.ensurePartitions(monthsAhead: monthsAhead)
            },
            Chore(name: "what is past its time", rule: "@every 1h") { try await retention.run()?.total ?? 0 },
            Chore(name: "calibration runs that were given up", rule: "@every 1m") { try await calibrations.end() },
            Chore(name: "expired sessions", rule: "@every 5m") {
                try await sessions.deleteExpired(at: Date())
            },
            Chore(name: "old sums by minute", rule: "@every 5m") {
                try await sums.deleteMinutes(
                    before: Date().addingTimeInterval(-Self.minutesKept), limit: Self.piece)
            },
            Chore(name: "old sums by hour", rule: "@every 1h") {
                try await sums.deleteHours(before: Date().addingTimeInterval(-Self.hoursKept), limit: Self.piece)
            },
            Chore(name: "old spans of deployments", rule: "@every 15m") {
                try await spans.delete(before: Date().addingTimeInterval(-Self.spansKept), limit: Self.piece)
            },
            Chore(name: "datasets whose file was not read to its end", rule: "@every 15m") {
                try await datasets.deleteIncomplete(
                    before: Date().addingTimeInterval(-Self.uploadsKept), limit: Self.uploads)
            },
            Chore(name: "files that nobody uses", rule: "@every 15m") { try await files.sweep(at: Date()) },
            Chore(name: "files that are not in the object storage", rule: "@every 6h") {
                try await storage.run(at: Date())
            },
            Chore(name: "old exports", rule: "@every 5m") { try await exports.sweep(at: Date()) },
            Chore(name: "temporary users", rule: "@every 5m") { try await temporaryUsers.sweep(at: Date()) },
            Chore(name: "old invitations to judges", rule: "@every 1h") {
                try await temporaryUsers.sweepInvitations(at: Date())
            },
            Chore(name: "old notices", rule: "@every 1h") {
                try await notices.delete(before: Date().addingTimeInterval(-Self.noticesKept))
            },
            Chore(name: "news of dead jobs", rule: "@every 1m") { try await events.announceDeadJobs() },
            Chore(name: "deliveries without a job", rule: "@every 5m") {
                try await deliveries.endOrphans(limit: Self.piece)
            },
            Chore(name: "metadata of identity providers", rule: "@every 1h") { try await metadata.all() },
            Chore(name: "sign-ins that are over", rule: "@every 5m") { try await singleSignOn.sweep(at: Date()) },
            Chore(name: "old idempotent calls", rule: "@every 15m") {
                try await calls.delete(before: Date().addingTimeInterval(-Self.callsKept), limit: Self.piece)
            },
            Chore(name: "old webhook events", rule: "@every 15m") {
                try await events.delete(before: Date().addingTimeInterval(-Self.eventsKept), limit: Self.piece)
            },
        ]
    }

    /// When each is done. A pause of an operator outlives a restart.
    package func schedules(_ identifiers: IdentifierSource, now: Date) throws -> [Schedule] {
        try chores.map { chore in
            Schedule(
                id: identifiers.next(), name: chore.name, kind: kind, queue: .maintenance,
                payload: JSONCodec.encode(Order(chore: chore.name)), rule: try ScheduleRule(chore.rule),
                nextRunAt: now, updatedAt: now)
        }
    }

    package var kind: JobKind { JobKind("upkeep") }

    /// What the job says.
    private struct Order: Codable {
        let chore: String
    }

    package func perform(_ job: LeasedJob) async throws -> JobEffect {
        let name = try job.order(Order.self).chore
        guard let chore = chores.first(where: { $0.name == name }) else {
            throw job.notUnderstood("this release knows no chore of this name")
        }
        let count = try await chore.body()
        if count > 0 { logger.info("chore done", metadata: ["chore": .string(name), "count": "\(count)"]) }
        return .none
    }
}
