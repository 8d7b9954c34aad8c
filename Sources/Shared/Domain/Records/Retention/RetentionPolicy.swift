package import FoundationEssentials
package import Tenancy

/// What is kept for a while. Datasets, labels and calibrations are not among it: they stay until somebody deletes them.
package enum RetentionClass: String, Sendable, Hashable, CaseIterable {
    case executionLogs = "execution_logs"
    case traces
    case files
    case exports
    /// With their jobs and items.
    case batches
}

/// Whose data: a project's, or an organisation's that belong to none.
package struct RetentionScope: Sendable, Hashable {
    package let organizationID: OrganizationID
    package let projectID: ProjectID?

    package init(_ organization: OrganizationID, _ project: ProjectID?) {
        organizationID = organization
        projectID = project
    }
}

/// How long one class is kept: of a project, or of all of an organisation's projects that have no rule of their own.
package struct RetentionRule: Sendable, Hashable {
    package let scope: RetentionScope
    package let kind: RetentionClass
    /// `nil` for ever.
    package let days: Int?

    /// How long one may say.
    package static let allowedDays = 1...36_500

    package init(_ scope: RetentionScope, _ kind: RetentionClass, days: Int?) {
        self.scope = scope
        self.kind = kind
        self.days = days
    }
}

/// The rules of all organisations, and what holds where none says anything.
package struct RetentionPolicy: Sendable {
    private let rules: [Key: RetentionRule]
    private let standard: [RetentionClass: Int]

    private static let day: TimeInterval = 86_400

    private struct Key: Hashable {
        let scope: RetentionScope
        let kind: RetentionClass
    }

    /// Where a number of days comes from.
    package enum Source: String, Sendable, Hashable {
        case project
        case organization
        /// The settings of the installation.
        case installation
    }

    /// `standard` has the days of classes that the settings do not keep for ever.
    package init(_ rules: [RetentionRule], standard: [RetentionClass: Int]) {
        self.rules = Dictionary(rules.map { (Key(scope: $0.scope, kind: $0.kind), $0) }) { $1 }
        self.standard = standard
    }

    /// For how many days it is kept, `nil` for ever, and who says so: the project goes before the organisation, and that
    /// before the settings.
    package func days(of kind: RetentionClass, in scope: RetentionScope) -> (days: Int?, source: Source) {
        if scope.projectID != nil, let rule = rules[Key(scope: scope, kind: kind)] { return (rule.days, .project) }
        let whole = RetentionScope(scope.organizationID, nil)
        if let rule = rules[Key(scope: whole, kind: kind)] { return (rule.days, .organization) }
        return (standard[kind], .installation)
    }

    /// What was recorded before this moment goes; `nil` where nothing does.
    package func cutoff(of kind: RetentionClass, in scope: RetentionScope, at now: Date) -> Date? {
        days(of: kind, in: scope).days.map { now.addingTimeInterval(-Double($0) * Self.day) }
    }
}
