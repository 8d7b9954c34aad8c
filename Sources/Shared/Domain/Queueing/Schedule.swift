package import FoundationEssentials
package import Tenancy

package typealias ScheduleID = EntityID<Schedule>

/// What is done about moments of a schedule that passed while nobody looked.
package enum CatchUp: String, Sendable, Hashable, CaseIterable {
    /// Nothing: only a moment that is not older than a minute counts.
    case none
    /// One run for all of them.
    case one
    /// A run for each, but for no more than the last hundred.
    case all
}

/// Work that is done again and again.
package struct Schedule: Sendable, Hashable {
    package let id: ScheduleID
    package let name: String
    /// `nil` for the installation's own.
    package let organizationID: OrganizationID?
    package let kind: JobKind
    package let queue: QueueName
    /// A JSON object: the payload of each of its jobs.
    package let payload: [UInt8]
    package let maxAttempts: Int
    /// How long one attempt of its jobs may take.
    package let timeout: Duration
    package let rule: ScheduleRule
    package let catchUp: CatchUp
    package let isPaused: Bool
    package let nextRunAt: Date
    package let lastRunAt: Date?
    package let lastJobID: JobID?
    package let updatedAt: Date

    package init(
        id: ScheduleID, name: String, organizationID: OrganizationID? = nil, kind: JobKind, queue: QueueName,
        payload: [UInt8] = Array("{}".utf8), maxAttempts: Int = 3, timeout: Duration = .seconds(3600),
        rule: ScheduleRule, catchUp: CatchUp = .one, isPaused: Bool = false,
        nextRunAt: Date, lastRunAt: Date? = nil, lastJobID: JobID? = nil, updatedAt: Date
    ) {
        self.id = id
        self.name = name
        self.organizationID = organizationID
        self.kind = kind
        self.queue = queue
        self.payload = payload
        self.maxAttempts = maxAttempts
        self.timeout = timeout
        self.rule = rule
        self.catchUp = catchUp
        self.isPaused = isPaused
        self.nextRunAt = nextRunAt
        self.lastRunAt = lastRunAt
        self.lastJobID = lastJobID
        self.updatedAt = updatedAt
    }

    /// What is due at a moment.
    package struct Due: Sendable, Hashable {
        /// The moments for each of which a job is made, the oldest first.
        package let moments: [Date]
        /// When to look again.
        package let next: Date

        package init(moments: [Date], next: Date) {
            self.moments = moments
            self.next = next
        }
    }

    private static let mostRuns = 100
    private static let currency: TimeInterval = 60

    /// What is due now, by the rule for missed moments.
    package func due(at now: Date) -> Due {
        guard nextRunAt <= now else { return Due(moments: [], next: nextRunAt) }
        let next = rule.next(after: now)
        switch catchUp {
        case .none:
            let last = rule.last(notAfter: now, notBefore: nextRunAt)
            return Due(moments: now.timeIntervalSince(last) <= Self.currency ? [last] : [], next: next)
        case .one:
            return Due(moments: [rule.last(notAfter: now, notBefore: nextRunAt)], next: next)
        case .all:
            var moments = [nextRunAt]
            var moment = rule.next(after: nextRunAt)
            while moment <= now {
                moments.append(moment)
                if moments.count > Self.mostRuns { moments.removeFirst() }
                moment = rule.next(after: moment)
            }
            return Due(moments: moments, next: next)
        }
    }

    /// The job that is done for a moment. While one of them waits or runs no other is made, unless every moment counts.
    package func job(for moment: Date, id: JobID) -> NewJob {
        let key =
            catchUp == .all ? "schedule:\(self.id):\(Int(moment.timeIntervalSince1970))" : "schedule:\(self.id)"
        return NewJob(
            id: id, kind: kind, queue: queue, organizationID: organizationID, payload: payload,
            maxAttempts: maxAttempts, timeout: timeout, uniqueKey: key, scheduleID: self.id)
    }
}
