package import FoundationEssentials
package import Scoring
package import Tenancy

package typealias BudgetID = EntityID<Budget>

/// How much may be spent on calls of models, by whom, in what time.
package struct Budget: Sendable, Hashable {
    package let id: BudgetID
    package let organizationID: OrganizationID
    package let scope: BudgetScope
    package let period: BudgetPeriod
    package let limit: Money
    /// What is spent when somebody should be told; `nil` for nobody.
    package let warnAt: Money?
    package let enforcement: BudgetEnforcement
    package let createdAt: Date

    package init(
        id: BudgetID, organizationID: OrganizationID, scope: BudgetScope, period: BudgetPeriod, limit: Money,
        warnAt: Money? = nil, enforcement: BudgetEnforcement = .hard, createdAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.scope = scope
        self.period = period
        self.limit = limit
        self.warnAt = warnAt
        self.enforcement = enforcement
        self.createdAt = createdAt
    }

    /// Names every limit that an administrator's values break.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            if limit < .zero { findings.add("limit", "A budget is not negative.") }
            if let warnAt, warnAt < .zero || limit < warnAt {
                findings.add("warn_at", "Ensure this value is between 0 and the limit.")
            }
        }
    }
}

/// Whose spending a budget bounds.
package enum BudgetScope: Sendable, Hashable {
    case organization
    case project(ProjectID)
    case apiKey(APIKeyID)

    /// Whether the spending of `payer` counts.
    package func covers(_ payer: Payer) -> Bool {
        switch self {
        case .organization: true
        case .project(let id): payer.project == id
        case .apiKey(let id): payer.apiKey == id
        }
    }
}

/// What happens at a budget's limit.
package enum BudgetEnforcement: String, Sendable, Hashable, CaseIterable {
    /// Calls are refused.
    case hard
    /// People are told.
    case soft
}

/// On whom a call is booked.
package struct Payer: Sendable, Hashable {
    package let organization: OrganizationID
    package let project: ProjectID?
    package let apiKey: APIKeyID?

    package init(organization: OrganizationID, project: ProjectID? = nil, apiKey: APIKeyID? = nil) {
        self.organization = organization
        self.project = project
        self.apiKey = apiKey
    }

    /// By the narrowest alone, which mostly tells it from all others: every call looks it up.
    package func hash(into hasher: inout Hasher) {
        if let apiKey {
            apiKey.hash(into: &hasher)
        } else if let project {
            project.hash(into: &hasher)
        } else {
            organization.hash(into: &hasher)
        }
    }
}
