package import FoundationEssentials
package import Tenancy

/// Which evaluators a list shows; everything given must hold. The built-in ones are always within, also of a project.
package struct EvaluatorFilter: Sendable, Hashable {
    /// How evaluators come to a score, as clients filter by it.
    package enum Method: String, Sendable, Hashable, CaseIterable {
        /// A model judges.
        case managed
        /// Code does.
        case native
    }

    package var method: Method?
    package var projectID: ProjectID?
    /// Whether what other organisations published is shown too; with a project it never is.
    package var includesPublic = false
    package var rootOnly = false
    /// The exact name.
    package var name: String?
    /// The objective's exact intent.
    package var objectiveIntent: String?
    package var ownerEmail: String?
    package var ownerFirstName: String?
    package var ownerLastName: String?
    /// A part of the name or of the intent, in any case.
    package var search: String?

    package init() {}
}

/// Which judges a list shows; everything given must hold.
package struct JudgeFilter: Sendable, Hashable {
    package var projectID: ProjectID?
    /// Whether what other organisations published is shown too; with a project it never is.
    package var includesPublic = false
    /// The exact name.
    package var name: String?
    /// A part of the name or of the intent, in any case.
    package var search: String?
    /// Only judges that ran at this time or later.
    package var executedSince: Date?
    /// Whether something was asked for that no judge is.
    package var matchesNothing = false

    package init() {}
}

/// Which objectives a list shows; everything given must hold.
package struct ObjectiveFilter: Sendable, Hashable {
    package var projectID: ProjectID?
    /// Whether those of public evaluators are shown too; with a project they never are.
    package var includesPublic = false
    /// The exact intent.
    package var intent: String?
    /// A part of the intent, in any case.
    package var search: String?

    package init() {}
}
