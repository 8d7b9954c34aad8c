package import FoundationEssentials

/// A set of jobs that somebody asked for at once, `GET /internal/batches/ID`, and as a row of `GET /internal/batches`.
package struct OperatorBatch: Codable, Sendable, Hashable {
    /// Where batches are.
    package static let path = "/internal/batches"

    package let id: UUID
    package let organization: OperatorNamed
    package let project: OperatorNamed
    package let owner: OperatorPerson?
    /// Such as `judge`.
    package let kind: String
    package let name: String
    package let state: State
    /// `total` is the sum of `waiting`, `finished`, `dead` and `cancelled`; `running` of those that wait run just now.
    package let total: Int
    package let waiting: Int
    package let running: Int
    package let finished: Int
    package let dead: Int
    package let cancelled: Int
    /// How many of its jobs have been made so far.
    package let expanded: Int
    /// What it has cost so far, and what it was expected to cost in all; `nil` where a price is not known.
    package let costNanodollars: Int64
    package let estimatedCostNanodollars: Int64?
    package let tags: [String]
    package let createdAt: Date
    package let startedAt: Date?
    package let endedAt: Date?
    /// When it will have ended.
    package let forecast: OperatorForecast

    package init(
        id: UUID, organization: OperatorNamed, project: OperatorNamed, owner: OperatorPerson?, kind: String,
        name: String, state: State, total: Int, waiting: Int, running: Int, finished: Int, dead: Int, cancelled: Int,
        expanded: Int, costNanodollars: Int64, estimatedCostNanodollars: Int64?, tags: [String], createdAt: Date,
        startedAt: Date?, endedAt: Date?, forecast: OperatorForecast
    ) {
        self.id = id
        self.organization = organization
        self.project = project
        self.owner = owner
        self.kind = kind
        self.name = name
        self.state = state
        self.total = total
        self.waiting = waiting
        self.running = running
        self.finished = finished
        self.dead = dead
        self.cancelled = cancelled
        self.expanded = expanded
        self.costNanodollars = costNanodollars
        self.estimatedCostNanodollars = estimatedCostNanodollars
        self.tags = tags
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.forecast = forecast
    }

    /// Where a batch stands.
    package enum State: String, Codable, Sendable, Hashable, CaseIterable {
        /// Its jobs are being made.
        case expanding
        case open
        case cancelling
        case ended
    }
}

/// A page of batches, the newest first: `cursor`, `page_size`, `state` and `queue` select.
package struct OperatorBatchPage: Codable, Sendable, Hashable {
    package let results: [OperatorBatch]
    package let next: String?

    package init(results: [OperatorBatch], next: String?) {
        self.results = results
        self.next = next
    }
}

extension OperatorRequest where Reply == OperatorBatchPage {
    /// A page of batches of these states, of all without; of at most `limit`, up to 100.
    package static func batches(
        _ states: [OperatorBatch.State] = [], cursor: String? = nil, limit: Int
    ) -> Self {
        var parameters = states.map { Parameter("state", $0.rawValue) }
        parameters.append(Parameter("page_size", "\(limit)"))
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, OperatorBatch.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorBatch {
    /// One batch.
    package static func batch(_ id: UUID) -> Self {
        Self(.get, "\(OperatorBatch.path)/\(id.uuidString.lowercased())")
    }

    /// Ends a batch: what waits and runs is cancelled, what is done stays.
    package static func cancelBatch(_ id: UUID) -> Self {
        Self(.post, "\(OperatorBatch.path)/\(id.uuidString.lowercased())/cancel")
    }

    /// Begins again what a batch has given up.
    package static func retryBatch(_ id: UUID) -> Self {
        Self(.post, "\(OperatorBatch.path)/\(id.uuidString.lowercased())/retry")
    }
}

/// What is to be executed on the items of a dataset, `POST /internal/datasets/ID/batches`: evaluators, or a judge.
package struct OperatorBatchDraft: Codable, Sendable, Hashable {
    /// The evaluators' identifiers or exact names.
    package let evaluators: [String]
    /// The judge's identifier or exact name.
    package let judge: String?
    /// The numbers of the first and the last item, counted from 1; from the beginning or to the end without.
    package let first: Int?
    package let last: Int?
    package let tags: [String]

    package init(evaluators: [String] = [], judge: String? = nil, first: Int? = nil, last: Int? = nil, tags: [String]) {
        self.evaluators = evaluators
        self.judge = judge
        self.first = first
        self.last = last
        self.tags = tags
    }
}

/// A batch that was accepted.
package struct OperatorStartedBatch: Codable, Sendable, Hashable {
    package let id: UUID
    package let name: String
    package let total: Int

    package init(id: UUID, name: String, total: Int) {
        self.id = id
        self.name = name
        self.total = total
    }
}

extension OperatorRequest where Reply == OperatorStartedBatch {
    /// Executes evaluators or a judge on the items of a dataset, in the background.
    package static func startBatch(over dataset: UUID, _ draft: OperatorBatchDraft) -> Self {
        Self(.post, datasetPath(dataset) + "/batches", body: draft)
    }
}
