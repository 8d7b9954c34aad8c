package import FoundationEssentials
package import Scoring
package import Spending

/// Why a call was not let through: what it may cost is not there.
package struct BudgetRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is in the way.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case exhausted
        /// Whether there is enough left cannot be found out now.
        case unavailable
        /// The caller has left.
        case cancelled
    }

    package let kind: Kind
    /// The budget that is used up.
    package let standing: BudgetStanding?
    /// What the call may cost at most.
    package let worstCase: Money
    /// When the budget begins anew; `nil` for never.
    package let resetsAt: Date?

    init(_ kind: Kind, worstCase: Money, standing: BudgetStanding? = nil, resetsAt: Date? = nil) {
        self.kind = kind
        self.worstCase = worstCase
        self.standing = standing
        self.resetsAt = resetsAt
    }

    /// Whether nothing is in the way but what is set aside for calls that run: some of that will come back.
    package var isPassing: Bool {
        kind == .exhausted && (standing.map { $0.spent + worstCase <= $0.budget.limit } ?? false)
    }

    package var description: String { sentence() }

    /// Why, for the caller: it knows its key by the name `key`, where it has one here.
    func sentence(key: String? = nil) -> String {
        switch kind {
        case .unavailable: "budgets cannot be looked up now"
        case .cancelled: "the caller left while its budget was looked up"
        case .exhausted:
            standing.map { Self.sentence($0, worstCase, resetsAt, key) } ?? "the budget is used up"
        }
    }

    private static func sentence(
        _ standing: BudgetStanding, _ worstCase: Money, _ resetsAt: Date?, _ key: String?
    ) -> String {
        let budget = standing.budget
        let whose =
            switch budget.scope {
            case .organization: "the organisation"
            case .project(let id): "project \(id)"
            case .apiKey(let id): key.map { "API key \($0)" } ?? "API key \(id)"
            }
        let period =
            switch budget.period {
            case .total: ""
            case .day: " a day"
            case .month: " a month"
            }
        let held = standing.leased > .zero ? " and \(standing.leased.text) set aside for calls that run" : ""
        let reset = resetsAt.map { "; it begins anew at \($0.formatted(.iso8601))" } ?? ""
        return "the budget of \(whose), \(budget.limit.text)\(period), has \(standing.spent.text) spent\(held); "
            + "this call may cost up to \(worstCase.text)\(reset)"
    }
}

/// A budget of which more is used than somebody wanted to be told of.
package struct BudgetWarning: Sendable, Hashable {
    /// How much is used.
    package enum Level: String, Sendable, Hashable, CaseIterable, Comparable {
        /// What the budget says it wants to be told at.
        case nearlyUsed = "nearly_used"
        /// All of it; only a soft budget lets calls through then.
        case used

        package static func < (left: Level, right: Level) -> Bool { left == .nearlyUsed && right == .used }
    }

    package let budget: BudgetID
    package let level: Level
}

extension Money {
    /// Dollars with as many digits behind the point as there are, at least two.
    var text: String {
        let magnitude = nanoDollars.magnitude
        var fraction = String(magnitude % 1_000_000_000)
        fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
        while fraction.count > 2, fraction.last == "0" { fraction.removeLast() }
        return "\(nanoDollars < 0 ? "-" : "")$\(magnitude / 1_000_000_000).\(fraction)"
    }
}
