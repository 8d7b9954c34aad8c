package import FoundationEssentials
package import Tenancy

package typealias BatchID = EntityID<Batch>

/// How far a batch is.
package enum BatchState: String, Sendable, Hashable, CaseIterable {
    /// Its jobs are being made; those that are made are being done.
    case expanding
    /// All its jobs are made.
    case open
    /// It is being stopped.
    case cancelling
    /// All its jobs have ended.
    case ended
}

/// Work that is to be accepted as a whole: its jobs are made from the definition, piece by piece.
package struct NewBatch: Sendable, Hashable {
    package let id: BatchID
    package let organizationID: OrganizationID
    package let projectID: ProjectID
    /// Who started it, and with which key.
    package var ownerID: UserID?
    package var apiKeyID: APIKeyID?
    /// Such as `judge`: what makes its jobs knows by it what the definition means.
    package let kind: JobKind
    /// The queue of its jobs.
    package let queue: QueueName
    package var name: String
    /// A JSON object.
    package let definition: [UInt8]
    package var tags: [String]
    /// How many jobs it will have.
    package let total: Int
    /// `nil` where a price is not known.
    package var estimatedCost: Int64?
    /// A second batch of the organisation with the same key is not accepted: the first one is the answer.
    package var idempotencyKey: String?
    package let createdAt: Date

    package init(
        id: BatchID, organizationID: OrganizationID, projectID: ProjectID, ownerID: UserID? = nil,
        apiKeyID: APIKeyID? = nil, kind: JobKind, queue: QueueName = .evaluations, name: String = "",
        definition: [UInt8], tags: [String] = [],
        total: Int, estimatedCost: Int64? = nil, idempotencyKey: String? = nil, createdAt: Date
    ) {
        precondition(total >= 0, "a batch has \(total) jobs")
        self.id = id
        self.organizationID = organizationID
        self.projectID = projectID
        self.ownerID = ownerID
        self.apiKeyID = apiKeyID
        self.kind = kind
        self.queue = queue
        self.name = name
        self.definition = definition
        self.tags = tags
        self.total = total
        self.estimatedCost = estimatedCost
        self.idempotencyKey = idempotencyKey
        self.createdAt = createdAt
    }
}

/// A batch as it is stored.
package struct Batch: Sendable, Hashable {
    package let id: BatchID
    package let organizationID: OrganizationID
    package let projectID: ProjectID
    package let ownerID: UserID?
    package let apiKeyID: APIKeyID?
    package let kind: JobKind
    package let queue: QueueName
    package let name: String
    package let definition: [UInt8]
    package let tags: [String]
    package let state: BatchState
    /// How many of its jobs are made.
    package let expanded: Int
    package let counts: BatchCounts
    /// What it has cost so far, and what it was expected to cost, in billionths of a dollar.
    package let cost: Int64
    package let estimatedCost: Int64?
    package let idempotencyKey: String?
    package let createdAt: Date
    /// When its first job began.
    package let startedAt: Date?
    package let endedAt: Date?

    package init(
        id: BatchID, organizationID: OrganizationID, projectID: ProjectID, ownerID: UserID?, apiKeyID: APIKeyID?,
        kind: JobKind, queue: QueueName, name: String, definition: [UInt8], tags: [String], state: BatchState,
        expanded: Int,
        counts: BatchCounts, cost: Int64, estimatedCost: Int64?, idempotencyKey: String?, createdAt: Date,
        startedAt: Date?, endedAt: Date?
    ) {
        self.id = id
        self.organizationID = organizationID
        self.projectID = projectID
        self.ownerID = ownerID
        self.apiKeyID = apiKeyID
        self.kind = kind
        self.queue = queue
        self.name = name
        self.definition = definition
        self.tags = tags
        self.state = state
        self.expanded = expanded
        self.counts = counts
        self.cost = cost
        self.estimatedCost = estimatedCost
        self.idempotencyKey = idempotencyKey
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}

/// What has become of the jobs of a batch: they always add up.
package struct BatchCounts: Sendable, Hashable {
    package let total: Int
    package let finished: Int
    package let dead: Int
    package let cancelled: Int

    package init(total: Int, finished: Int = 0, dead: Int = 0, cancelled: Int = 0) {
        self.total = total
        self.finished = finished
        self.dead = dead
        self.cancelled = cancelled
    }

    /// Those that have ended, in whichever way.
    package var ended: Int { finished + dead + cancelled }
    /// Those that wait, run or are yet to be made.
    package var open: Int { total - ended }
    /// From 0 to 1; a batch without jobs is done.
    package var progress: Double { total == 0 ? 1 : Double(ended) / Double(total) }
}

/// What a batch will have cost and when it will be done, as far as can be told from what is done already.
package struct BatchForecast: Sendable, Hashable {
    /// `nil` before anything is done, and when all is.
    package let finishesAt: Date?
    /// In billionths of a dollar; `nil` when neither a price was known nor anything is done.
    package let cost: Int64?

    /// `speed` is how many of its jobs end in a second now, where that is known; otherwise it is what it was since the
    /// first one began.
    package init(_ batch: Batch, now: Date, speed: Double? = nil) {
        let counts = batch.counts
        finishesAt = Self.end(of: batch, now: now, speed: speed)
        let worked = counts.finished + counts.dead
        guard worked > 0, counts.open > 0 else {
            cost = counts.open == 0 ? batch.cost : batch.estimatedCost
            return
        }
        // What was expected counts as much as the first ten jobs: one dear job at the start says little.
        let trust = batch.estimatedCost == nil || counts.total == 0 ? 0.0 : 10.0
        let expected = Double(batch.estimatedCost ?? 0) / Double(max(counts.total, 1))
        let each = (Double(batch.cost) + trust * expected) / (Double(worked) + trust)
        cost = Int64(exactly: (Double(batch.cost) + each * Double(counts.open)).rounded()) ?? batch.estimatedCost
    }

    private static func end(of batch: Batch, now: Date, speed: Double?) -> Date? {
        guard batch.counts.open > 0, batch.state != .ended else { return nil }
        var speed = speed ?? 0
        if speed <= 0, let startedAt = batch.startedAt {
            let time = now.timeIntervalSince(startedAt)
            if time > 0 { speed = Double(batch.counts.finished + batch.counts.dead) / time }
        }
        guard speed > 0 else { return nil }
        return now.addingTimeInterval(min(Double(batch.counts.open) / speed, 10 * 366 * 86_400))
    }
}
