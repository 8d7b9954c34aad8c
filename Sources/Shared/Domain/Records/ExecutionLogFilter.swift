package import FoundationEssentials
package import Queueing
package import Scoring
package import Tenancy

/// Which logs a list shows; everything given must hold.
package struct ExecutionLogFilter: Sendable, Hashable {
    package var projectID: ProjectID?
    /// Where the logs lie that may be seen.
    package var reach = ProjectReach.organization
    package var type: ExecutionType?
    package var executedItemID: UUID?
    /// That judge's executions and their parts.
    package var judgeID: JudgeID?
    package var parentID: ExecutionLogID?
    /// The executions of a batch and their parts.
    package var batchID: BatchID?
    /// Every one of these.
    package var tags: [String] = []
    /// The executed item's identifier, or a part of its name in any case.
    package var search: String?
    /// The model that answered.
    package var model: String?
    package var ownerEmail: String?
    package var sessionID: String?
    package var userID: String?
    package var hasSessionID: Bool?
    /// Bounds are inclusive; a log without a score is outside of any.
    package var minimumScore: Double?
    package var maximumScore: Double?
    /// Bounds are inclusive; a log without a cost is outside of any.
    package var minimumCost: Money?
    package var maximumCost: Money?
    /// Bounds are inclusive.
    package var from: Date?
    package var to: Date?
    /// Only the newest matching log of each executed item.
    package var newestPerItem = false

    package init() {}
}

/// The long fields that a list may bring along.
package struct ExecutionLogIncludes: OptionSet, Sendable, Hashable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let llmOutput = ExecutionLogIncludes(rawValue: 1)
    package static let variables = ExecutionLogIncludes(rawValue: 2)
    package static let evaluationContext = ExecutionLogIncludes(rawValue: 4)
}
