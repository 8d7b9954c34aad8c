package import FoundationEssentials

/// What is done again and again, `GET /internal/schedules`.
package struct OperatorScheduleList: Codable, Sendable, Hashable {
    /// By name.
    package let results: [OperatorSchedule]
    /// By the server's clock.
    package let countedAt: Date

    package init(results: [OperatorSchedule], countedAt: Date) {
        self.results = results
        self.countedAt = countedAt
    }
}

/// Something that is done again and again.
package struct OperatorSchedule: Codable, Sendable, Hashable {
    /// Where schedules are; one is at `path/ID`.
    package static let path = "/internal/schedules"

    package let id: UUID
    package let name: String
    /// `nil` for the installation's own.
    package let organization: OperatorNamed?
    package let kind: String
    package let queue: String
    /// Five fields as cron has them, in UTC, or `@every 90s`.
    package let rule: String
    package let isPaused: Bool
    package let catchUp: CatchUp
    package let nextRunAt: Date
    package let lastRunAt: Date?
    /// The job of the last run, and where it stands; the state is `nil` once the job is forgotten.
    package let lastJobID: UUID?
    package let lastState: OperatorJobState?
    package let updatedAt: Date

    package init(
        id: UUID, name: String, organization: OperatorNamed?, kind: String, queue: String, rule: String, isPaused: Bool,
        catchUp: CatchUp, nextRunAt: Date, lastRunAt: Date?, lastJobID: UUID?, lastState: OperatorJobState?,
        updatedAt: Date
    ) {
        self.id = id
        self.name = name
        self.organization = organization
        self.kind = kind
        self.queue = queue
        self.rule = rule
        self.isPaused = isPaused
        self.catchUp = catchUp
        self.nextRunAt = nextRunAt
        self.lastRunAt = lastRunAt
        self.lastJobID = lastJobID
        self.lastState = lastState
        self.updatedAt = updatedAt
    }

    /// What is done about runs that were missed.
    package enum CatchUp: String, Codable, Sendable, Hashable, CaseIterable {
        case none
        /// One run for all of them.
        case one
        /// A run for each.
        case all
    }
}

/// A job that was made outside of its schedule's times.
package struct OperatorScheduledRun: Codable, Sendable, Hashable {
    package let jobID: UUID

    package init(jobID: UUID) {
        self.jobID = jobID
    }
}

extension OperatorRequest where Reply == OperatorScheduleList {
    /// Every schedule.
    package static var schedules: Self { Self(.get, OperatorSchedule.path) }
}

extension OperatorRequest where Reply == OperatorSchedule {
    /// Lets no more runs begin until it is resumed.
    package static func pauseSchedule(_ id: UUID) -> Self {
        Self(.post, "\(OperatorSchedule.path)/\(id.uuidString.lowercased())/pause")
    }

    /// Goes on with the next time of the rule.
    package static func resumeSchedule(_ id: UUID) -> Self {
        Self(.post, "\(OperatorSchedule.path)/\(id.uuidString.lowercased())/resume")
    }
}

extension OperatorRequest where Reply == OperatorScheduledRun {
    /// Makes a job of it now, whatever its rule; also while it is paused.
    package static func runSchedule(_ id: UUID) -> Self {
        Self(.post, "\(OperatorSchedule.path)/\(id.uuidString.lowercased())/run")
    }
}
