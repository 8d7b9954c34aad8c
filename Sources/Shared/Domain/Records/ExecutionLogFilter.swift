package import FoundationEssentials
package import Scoring
package import Tenancy

/// Which logs a list shows; everything given must hold.
package struct ExecutionLogFilter: Sendable, Hashable {
    package var projectID: ProjectID?
    package var type: ExecutionType?
    package var executedItemID: UUID?
    /// That judge's executions and their parts.
    package var judgeID: JudgeID?
    package var parentID: ExecutionLogID?
    /// Every one of these.
    package var tags: [String] = []
    /// The executed item's identifier, or a part of its name in any case.
    package var search: String?
    /// Parts of the executed item's name, in any case; every one of these.
    package var nameParts: [String] = []
    /// The model that answered.
    package var model: String?
    /// A part of the name of the model that answered, in any case.
    package var modelPart: String?
    /// A part of the project's name, in any case.
    package var projectNamePart: String?
    /// Whether there is no score, or there is one.
    package var failed: Bool?
    /// Whether executions that are part of a judge's are left out.
    package var leavesOutParts = false
    /// Bounds are inclusive; a log without a call is outside of any.
    package var minimumCallDuration: Duration?
    package var maximumCallDuration: Duration?
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
