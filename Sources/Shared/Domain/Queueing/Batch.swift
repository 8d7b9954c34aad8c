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
    package let createdAt: Date
    /// When its first job began.
    package let startedAt: Date?
    package let endedAt: Date?

    package init(
        id: BatchID, organizationID: OrganizationID, projectID: ProjectID, ownerID: UserID?, apiKeyID: APIKeyID?,
        kind: JobKind, queue: QueueName, name: String, definition: [UInt8], tags: [String], state: BatchState,
        expanded: Int,
        counts: BatchCounts, cost: Int64, estimatedCost: Int64?, createdAt: Date,
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

extension Batch {
    /// What it will have cost in all, as far as can be told from what is done already: in billionths of a dollar; `nil`
    /// when neither a price was known nor anything is done.
    package var expectedCost: Int64? {
        let worked = counts.finished + counts.dead
        guard worked > 0, counts.open > 0 else { return counts.open == 0 ? cost : estimatedCost }
        // What was expected counts as much as the first ten jobs: one dear job at the start says little.
        let trust = estimatedCost == nil || counts.total == 0 ? 0.0 : 10.0
        let expected = Double(estimatedCost ?? 0) / Double(max(counts.total, 1))
        let each = (Double(cost) + trust * expected) / (Double(worked) + trust)
        return Int64(exactly: (Double(cost) + each * Double(counts.open)).rounded()) ?? estimatedCost
    }
}
