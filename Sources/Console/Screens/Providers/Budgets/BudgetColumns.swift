import FoundationEssentials
import Terminal
import WireAPI

extension OperatorBudget: Identifiable {}

extension OperatorSpendingScope.Kind {
    var word: String {
        switch self {
        case .organization: "organisation"
        case .project: "project"
        case .apiKey: "API key"
        }
    }
}

extension OperatorBudget.Period {
    /// Behind an amount: `$20 a day`.
    var words: String {
        switch self {
        case .total: "in all"
        case .day: "a day"
        case .month: "a month"
        }
    }
}

extension OperatorBudget {
    /// The part of the limit that is spent; `nil` of a limit of nothing.
    var usedShare: Double? { limit > 0 ? Double(spent) / Double(limit) : nil }

    /// How it stands, in a word, and how that looks.
    var state: (word: String, ink: Ink) {
        switch standing {
        case .ok: ("ok", .good)
        case .warned: ("warned", .caution)
        case .exhausted: enforcement == .hard ? ("refusing", .bad) : ("over", .bad)
        }
    }
}

/// The columns of the list of budgets.
enum BudgetColumns {
    static let all: [Column<OperatorBudget>] = [
        Column(
            "scope", "BUDGET OF", .flexible(minimum: 12), precedes: ascending { $0.scope.name.lowercased() },
            ink: { _, _ in .strong }, text: { budget, _ in budget.scope.name }),
        Column(
            "kind", "KIND", .fixed(12), rank: 5, precedes: ascending { $0.scope.kind.rawValue },
            ink: { _, _ in .quiet }, text: { budget, _ in budget.scope.kind.word }),
        Column(
            "standing", "STATE", .fixed(8), precedes: ascending { -($0.usedShare ?? 0) },
            ink: { budget, _ in budget.state.ink }, text: { budget, _ in budget.state.word }),
        Column(
            "used", "USED", .fixed(15), precedes: ascending { $0.usedShare },
            ink: { budget, _ in budget.state.ink },
            text: { budget, scope in budget.usedShare.map { ShareBar.text($0, scope) } ?? "-" }),
        Column(
            "spent", "SPENT", .fixed(9), isNumber: true, rank: 1, precedes: ascending { $0.spent },
            text: { budget, _ in Formats.cost(nanodollars: budget.spent) }),
        Column(
            "limit", "LIMIT", .fixed(9), isNumber: true, precedes: ascending { $0.limit },
            text: { budget, _ in Formats.cost(nanodollars: budget.limit) }),
        Column(
            "period", "EACH", .fixed(7), precedes: ascending { $0.period.rawValue }, ink: { _, _ in .quiet },
            text: { budget, _ in budget.period.words }),
        Column(
            "leased", "SET ASIDE", .fixed(9), isNumber: true, rank: 4, precedes: ascending { $0.leased },
            ink: { _, _ in .quiet }, text: { budget, _ in Formats.cost(nanodollars: budget.leased) }),
        Column(
            "remaining", "LEFT", .fixed(9), isNumber: true, rank: 3, precedes: ascending { $0.remaining },
            text: { budget, _ in Formats.cost(nanodollars: budget.remaining) }),
        Column(
            "resets", "ANEW IN", .fixed(8), isNumber: true, rank: 2, precedes: ascending { $0.resetsAt },
            ink: { _, _ in .quiet }, text: { budget, scope in resets(budget, scope) }),
        Column(
            "warn", "WARNS AT", .fixed(9), isNumber: true, rank: 6, precedes: ascending { $0.warnAt },
            ink: { _, _ in .quiet }, text: { budget, _ in Formats.cost(nanodollars: budget.warnAt) }),
        Column(
            "enforcement", "AT THE LIMIT", .fixed(13), rank: 7, precedes: ascending { $0.enforcement.rawValue },
            ink: { _, _ in .quiet }, text: { budget, _ in atLimit(budget.enforcement) }),
    ]

    private static func resets(_ budget: OperatorBudget, _ scope: Scope) -> String {
        guard let date = budget.resetsAt else { return "never" }
        guard let now = scope.date else { return Formats.day(date) }
        return Formats.span(seconds: Int(max(0, date.timeIntervalSince(now))))
    }

    static func atLimit(_ enforcement: OperatorBudget.Enforcement) -> String {
        switch enforcement {
        case .hard: "refuses calls"
        case .soft: "tells people"
        }
    }
}

/// What the filter of budgets may ask for.
package enum BudgetQuery {
    package static let vocabulary = [
        QueryField(
            "kind", .choice(OperatorSpendingScope.Kind.allCases.map(\.rawValue)), example: "kind:project",
            "By whose spending it bounds"),
        QueryField(
            "each", .choice(OperatorBudget.Period.allCases.map(\.rawValue)), example: "each:month",
            "By the time after which it begins anew"),
        QueryField("warned", .flag, example: "warned", "Of which the warning's amount is spent"),
        QueryField("exhausted", .flag, example: "exhausted", "Of which the limit is spent"),
        QueryField("hard", .flag, example: "hard", "That refuse calls at the limit"),
        QueryField("used", .number, example: "used>80", "By the percentage of the limit that is spent"),
        QueryField("limit", .money, example: "limit>100", "By the limit in US dollars"),
        QueryField("left", .money, example: "left<5", "By what can still be spent, in US dollars"),
    ]

    static func facts(of budget: OperatorBudget) -> Query.Facts {
        Query.Facts(
            words: [budget.scope.name],
            texts: { field in
                switch field {
                case "kind": [budget.scope.kind.rawValue]
                case "each": [budget.period.rawValue]
                case "warned": budget.standing == .warned ? ["yes"] : []
                case "exhausted": budget.standing == .exhausted ? ["yes"] : []
                case "hard": budget.enforcement == .hard ? ["yes"] : []
                default: []
                }
            },
            number: { field in
                switch field {
                case "used": budget.usedShare.map { $0 * 100 }
                case "limit": Double(budget.limit)
                case "left": Double(budget.remaining)
                default: nil
                }
            })
    }
}

/// What the numbers of a budget mean.
enum BudgetExplanation {
    static func of(_ budget: OperatorBudget, _ scope: Scope) -> Explanation {
        let limit = Formats.exactCost(nanodollars: budget.limit)
        var text = Explanation(
            "Budget of \(budget.scope.name)",
            definition: "How much may be spent on calls of models, \(limit) \(budget.period.words), by the "
                + "\(budget.scope.kind.word)."
        ).value(
            "\(budget.state.word): \(budget.usedShare.map(Formats.percent) ?? "-") of the limit is spent",
            budget.state.ink)
        text = text.adding(
            "Spent",
            "\(Formats.exactCost(nanodollars: budget.spent)): what the calls that have ended have cost, and what LLM proxies had set aside that were killed: nobody knows what became of their calls."
        )
        text = text.adding(
            "Set aside",
            "\(Formats.exactCost(nanodollars: budget.leased)): held by the LLM proxies for calls that run or will come. Before a call its worst case is set aside; what it does not cost comes back."
        )
        text = text.adding(
            "Left", "\(Formats.exactCost(nanodollars: budget.remaining)): what can still be set aside.")
        text = text.adding("At the limit", atLimit(budget))
        if let warnAt = budget.warnAt {
            text = text.adding("Warning", "At \(Formats.exactCost(nanodollars: warnAt)) people are told.")
        }
        text = text.window(
            budget.resetsAt.map { "It begins anew at \(Formats.dayAndMinute($0)) UTC." } ?? "It never begins anew.")
        return text.source("The store, which every proxy asks for its part.").freshness(
            "Read every few seconds while it is seen; the proxies tell what they spend within seconds.")
    }

    private static func atLimit(_ budget: OperatorBudget) -> String {
        switch budget.enforcement {
        case .hard: "Calls are refused: what they could cost at worst is never set aside beyond the limit."
        case .soft: "People are told; calls go on."
        }
    }
}
