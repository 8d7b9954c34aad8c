package import FoundationEssentials
package import Scoring
package import Tenancy

/// One period of one budget.
package struct BudgetWindowKey: Sendable, Hashable {
    package let budget: BudgetID
    package let firstDay: UTCDay

    package init(budget: BudgetID, firstDay: UTCDay) {
        self.budget = budget
        self.firstDay = firstDay
    }

    /// By the budget alone, of which there are hardly more than two periods at a time.
    package func hash(into hasher: inout Hasher) { budget.hash(into: &hasher) }
}

/// How far a budget is used in its present period.
package struct BudgetStanding: Sendable, Hashable {
    package let budget: Budget
    /// What calls that have ended have cost, and what proxies had taken of which nothing was heard since.
    package let spent: Money
    /// What proxies have taken for calls that run or will come; what of it is not spent comes back.
    package let leased: Money

    package init(budget: Budget, spent: Money, leased: Money) {
        self.budget = budget
        self.spent = spent
        self.leased = leased
    }
}

/// What a proxy asks of the common account for one budget.
package struct LeaseRequest: Sendable, Hashable {
    package let key: BudgetWindowKey
    /// What it gives back of its lease.
    package let returned: Money
    /// What it needs at least; less is of no use.
    package let minimum: Money
    /// What it would like to have beside what it has; nothing renews the lease only.
    package let wish: Money

    package init(key: BudgetWindowKey, returned: Money, minimum: Money, wish: Money) {
        self.key = key
        self.returned = returned
        self.minimum = minimum
        self.wish = wish
    }
}

/// What a proxy has of a budget, and how that budget stands.
package struct BudgetLease: Sendable, Hashable {
    package let key: BudgetWindowKey
    /// What it may spend that it has not reported as spent.
    package let amount: Money
    /// What has been reported as spent, by whomever, and what others had taken of which nothing was heard since.
    package let spent: Money
    /// What other proxies have taken.
    package let elsewhere: Money
    /// What is left for anybody.
    package let left: Money

    package init(key: BudgetWindowKey, amount: Money, spent: Money, elsewhere: Money, left: Money) {
        self.key = key
        self.amount = amount
        self.spent = spent
        self.elsewhere = elsewhere
        self.left = left
    }
}

/// What calls that ended at about the same time have cost.
package struct SpendingBatch: Sendable {
    /// Made by whoever adds it, so that it is added once.
    package let id: UUID
    package let scopes: [(scope: SpendingScope, sum: SpendingSum)]
    /// What of it is taken from leases.
    package let leased: [(key: BudgetWindowKey, cost: Money)]

    package init(
        id: UUID, scopes: [(scope: SpendingScope, sum: SpendingSum)], leased: [(key: BudgetWindowKey, cost: Money)]
    ) {
        self.id = id
        self.scopes = scopes
        self.leased = leased
    }
}

/// Whose spending, on which day.
package struct SpendingScope: Sendable, Hashable {
    package let organization: OrganizationID
    /// The organisation itself, a project or an API key.
    package let id: UUID
    package let day: UTCDay

    package init(organization: OrganizationID, id: UUID, day: UTCDay) {
        self.organization = organization
        self.id = id
        self.day = day
    }
}

/// What a number of calls came to.
package struct SpendingSum: Sendable, Hashable {
    package var cost: Money
    package var calls: Int
    package var promptTokens: Int
    package var completionTokens: Int

    package init(cost: Money = .zero, calls: Int = 0, promptTokens: Int = 0, completionTokens: Int = 0) {
        self.cost = cost
        self.calls = calls
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
    }

    package static func += (left: inout SpendingSum, right: SpendingSum) {
        left.cost = left.cost + right.cost
        left.calls += right.calls
        left.promptTokens += right.promptTokens
        left.completionTokens += right.completionTokens
    }
}
