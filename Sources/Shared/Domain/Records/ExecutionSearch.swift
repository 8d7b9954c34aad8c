package import FoundationEssentials
package import Queueing
package import Scoring
package import Tenancy

/// Which executions an operator looks for; everything given must hold.
package struct ExecutionSearch: Sendable, Hashable {
    package var projectID: ProjectID?
    /// Where whoever looks may see executions.
    package var reach = ProjectReach.organization
    /// A part of the project's name, in any case.
    package var projectNamePart: String?
    /// One of these; none for all.
    package var types: [ExecutionType] = []
    /// Exactly this evaluator or judge.
    package var itemID: UUID?
    /// That judge's executions and their parts.
    package var judgeID: JudgeID?
    /// Whether executions that are part of a judge's are left out.
    package var leavesOutParts = false
    /// Parts of the executed item's name, in any case; every one of these.
    package var nameParts: [String] = []
    /// Parts of names that are left out, in any case.
    package var excludedNameParts: [String] = []
    /// Every one of these.
    package var tags: [String] = []
    /// None of these.
    package var excludedTags: [String] = []
    /// Exactly this batch.
    package var batchID: BatchID?
    package var sessionID: String?
    package var userID: String?
    /// A part of the name of the model that answered, in any case.
    package var modelPart: String?
    /// Whether there is a reason why it failed, or there is none.
    package var failed: Bool?
    /// What failed for one of these; none for any.
    package var failureCodes: [EvaluationFailure.Code] = []
    /// Bounds are inclusive; a log without a score, latency or cost is outside of any of them.
    package var minimumScore: Double?
    package var maximumScore: Double?
    package var minimumLatency: Duration?
    package var maximumLatency: Duration?
    package var minimumCost: Money?
    package var maximumCost: Money?
    /// Bounds of the time of creation, inclusive.
    package var from: Date?
    package var to: Date?

    package init() {}

    /// The same, of what lies within `reach`.
    package func within(_ reach: ProjectReach) -> ExecutionSearch {
        var search = self
        search.reach = reach
        return search
    }
}

/// What executions are ranked by.
package enum ExecutionRank: Sendable, Hashable {
    case highestScore
    case lowestScore
    case slowest
    case fastest
    case mostExpensive
    case cheapest
}

/// Some of the executions that a search finds, in the order of time.
package struct FoundExecutions: Sendable {
    package let items: [ExecutionLogSummary]
    /// Where to go on; `nil` at the end.
    package let next: Keyset?
    /// Set when few of the logs that were looked at match, so that the search stopped early: how far it has come.
    package let searchedThrough: Date?

    package init(items: [ExecutionLogSummary], next: Keyset?, searchedThrough: Date?) {
        self.items = items
        self.next = next
        self.searchedThrough = searchedThrough
    }
}

/// The first of those executions that were ranked: the newest that a search finds, and not all of them.
package struct RankedExecutions: Sendable {
    package let items: [ExecutionLogSummary]
    /// How many were ranked.
    package let count: Int
    /// When the oldest of them was; `nil` without any.
    package let from: Date?
    /// Whether older ones may match that were not ranked.
    package let isCut: Bool

    package init(items: [ExecutionLogSummary], count: Int, from: Date?, isCut: Bool) {
        self.items = items
        self.count = count
        self.from = from
        self.isCut = isCut
    }
}
