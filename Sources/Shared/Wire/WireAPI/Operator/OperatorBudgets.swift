package import FoundationEssentials

/// How much may be spent on calls of models, and how much is: an element of `GET /internal/budgets`. Amounts are
/// nano-dollars, days and months those of UTC.
package struct OperatorBudget: Codable, Sendable, Hashable {
    /// Where budgets are; one is at `path/ID`.
    package static let path = "/internal/budgets"

    package let id: UUID
    package let scope: OperatorSpendingScope
    package let period: Period
    package let limit: Int64
    /// What is spent when somebody is told; `nil` for nobody.
    package let warnAt: Int64?
    package let enforcement: Enforcement
    /// What a change has to name, so that nobody changes what somebody else has changed meanwhile.
    package let revision: Int
    package let createdAt: Date
    /// In the present period: what calls that have ended have cost, with what proxies had set aside that died, and what
    /// proxies have set aside for calls that run or will come. What of that is not spent comes back.
    package let spent: Int64
    package let leased: Int64
    /// What can still be set aside; not below zero.
    package let remaining: Int64
    /// When the period begins anew; `nil` for never.
    package let resetsAt: Date?
    package let standing: Standing

    package init(
        id: UUID, scope: OperatorSpendingScope, period: Period, limit: Int64, warnAt: Int64?, enforcement: Enforcement,
        revision: Int, createdAt: Date, spent: Int64, leased: Int64, remaining: Int64, resetsAt: Date?,
        standing: Standing
    ) {
        self.id = id
        self.scope = scope
        self.period = period
        self.limit = limit
        self.warnAt = warnAt
        self.enforcement = enforcement
        self.revision = revision
        self.createdAt = createdAt
        self.spent = spent
        self.leased = leased
        self.remaining = remaining
        self.resetsAt = resetsAt
        self.standing = standing
    }

    /// After what time it begins anew.
    package enum Period: String, Codable, Sendable, Hashable, CaseIterable {
        case total
        case day
        case month
    }

    /// What happens at the limit.
    package enum Enforcement: String, Codable, Sendable, Hashable, CaseIterable {
        /// Calls are refused.
        case hard
        /// People are told.
        case soft
    }

    /// How it stands.
    package enum Standing: String, Codable, Sendable, Hashable, CaseIterable {
        case ok
        /// The warning's amount is spent.
        case warned
        /// The limit is spent.
        case exhausted
    }
}

/// Whose spending is meant.
package struct OperatorSpendingScope: Codable, Sendable, Hashable {
    package let kind: Kind
    /// The project's or the key's; `nil` for all of the organisation.
    package let id: UUID?
    /// What people call it.
    package let name: String

    package init(kind: Kind, id: UUID?, name: String) {
        self.kind = kind
        self.id = id
        self.name = name
    }

    /// What kind of spender it is.
    package enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        case organization
        case project
        case apiKey = "api_key"
    }
}

/// Every budget of the organisation, the widest first.
package struct OperatorBudgetList: Codable, Sendable, Hashable {
    package let results: [OperatorBudget]

    package init(results: [OperatorBudget]) { self.results = results }
}

/// What a budget is to be: `POST /internal/budgets`, and `PUT /internal/budgets/ID` with the `revision` that the change
/// began from; the scope and the period of one that is there stay.
package struct OperatorBudgetDraft: Codable, Sendable, Hashable {
    package let scope: OperatorSpendingScope.Kind
    /// The project's or the key's.
    package let scopeID: UUID?
    package let period: OperatorBudget.Period
    package let limit: Int64
    package let warnAt: Int64?
    package let enforcement: OperatorBudget.Enforcement
    package let revision: Int?

    package init(
        scope: OperatorSpendingScope.Kind, scopeID: UUID? = nil, period: OperatorBudget.Period, limit: Int64,
        warnAt: Int64? = nil, enforcement: OperatorBudget.Enforcement = .hard, revision: Int? = nil
    ) {
        self.scope = scope
        self.scopeID = scopeID
        self.period = period
        self.limit = limit
        self.warnAt = warnAt
        self.enforcement = enforcement
        self.revision = revision
    }
}

/// Where the organisation's money goes, `GET /internal/spending`: all that a budget can be made for.
package struct OperatorSpending: Codable, Sendable, Hashable {
    package static let path = "/internal/spending"

    /// The organisation, then its projects, then its API keys, each the dearest of the month first.
    package let scopes: [Scope]

    package init(scopes: [Scope]) { self.scopes = scopes }

    /// One spender with what it spent lately.
    package struct Scope: Codable, Sendable, Hashable {
        package let scope: OperatorSpendingScope
        package let today: OperatorSpendingSum
        package let month: OperatorSpendingSum

        package init(scope: OperatorSpendingScope, today: OperatorSpendingSum, month: OperatorSpendingSum) {
            self.scope = scope
            self.today = today
            self.month = month
        }
    }
}

/// What calls came to.
package struct OperatorSpendingSum: Codable, Sendable, Hashable {
    package let cost: Int64
    package let calls: Int
    package let promptTokens: Int
    package let completionTokens: Int

    package init(cost: Int64, calls: Int, promptTokens: Int, completionTokens: Int) {
        self.cost = cost
        self.calls = calls
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
    }
}

/// What was spent day by day, `GET /internal/spending/days`: without gaps, the oldest first, today last.
package struct OperatorSpendingDays: Codable, Sendable, Hashable {
    package let days: [Day]

    package init(days: [Day]) { self.days = days }

    /// One day of UTC.
    package struct Day: Codable, Sendable, Hashable {
        /// Its first moment.
        package let start: Date
        package let sum: OperatorSpendingSum

        package init(start: Date, sum: OperatorSpendingSum) {
            self.start = start
            self.sum = sum
        }
    }
}

extension OperatorRequest where Reply == OperatorBudgetList {
    /// Every budget.
    package static var budgets: Self { Self(.get, OperatorBudget.path) }
}

extension OperatorRequest where Reply == OperatorBudget {
    /// One budget.
    package static func budget(_ id: UUID) -> Self {
        Self(.get, "\(OperatorBudget.path)/\(id.uuidString.lowercased())")
    }

    /// Adds a budget. There is one for each scope and period.
    package static func addBudget(_ draft: OperatorBudgetDraft) -> Self {
        Self(.post, OperatorBudget.path, body: draft)
    }

    /// Changes a budget's amounts and what happens at the limit. What was spent before counts.
    package static func changeBudget(_ id: UUID, to draft: OperatorBudgetDraft) -> Self {
        Self(.put, "\(OperatorBudget.path)/\(id.uuidString.lowercased())", body: draft)
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Lifts a budget.
    package static func deleteBudget(_ id: UUID, revision: Int) -> Self {
        Self(
            .delete, "\(OperatorBudget.path)/\(id.uuidString.lowercased())", [Parameter("revision", "\(revision)")])
    }
}

extension OperatorRequest where Reply == OperatorSpending {
    /// Where the money goes.
    package static var spending: Self { Self(.get, OperatorSpending.path) }
}

extension OperatorRequest where Reply == OperatorSpendingDays {
    /// What a scope spent in the last `days`, up to 400: a project or a key by its identifier, without it all.
    package static func spendingDays(of scope: UUID? = nil, days: Int = 31) -> Self {
        var parameters = [Parameter("days", "\(days)")]
        if let scope { parameters.append(Parameter("scope_id", scope.uuidString.lowercased())) }
        return Self(.get, OperatorSpending.path + "/days", parameters)
    }
}
