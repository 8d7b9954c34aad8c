import FoundationEssentials
import WireAPI

/// Making a budget and changing one.
enum BudgetForm {
    private static let whole = "organization"

    /// A budget for one of these.
    static func adding(
        _ scopes: [OperatorSpendingScope], chosen: OperatorSpendingScope? = nil
    ) -> FormScreen<OperatorBudget> {
        let choices = scopes.map { FormField.Choice(value(of: $0), "\($0.kind.word) \($0.name)") }
        let periods: [OperatorBudget.Period] = [.month, .day, .total]
        return FormScreen(
            "Add a budget",
            note:
                "It bounds what calls of models may cost. There is one for each of them and each time; a call must fit into all that concern it.",
            Form(
                [
                    .choice("scope", "Of", hint: "whose spending", choices, value: chosen.map(value)),
                    .choice("period", "Each", periods.map { FormField.Choice($0.rawValue, $0.words) }),
                ] + amounts(nil))
        ) { values throws(FormProblem) in
            guard let scope = scopes.first(where: { value(of: $0) == values["scope"] }) else {
                throw FormProblem("scope", "this is needed")
            }
            return .addBudget(
                try draft(values, scope, OperatorBudget.Period(rawValue: values["period"]) ?? .month, revision: nil))
        } done: { budget, context in
            context.say("\(budget.scope.name) may spend \(words(budget))", .good)
        }
    }

    static func changing(_ budget: OperatorBudget) -> FormScreen<OperatorBudget> {
        FormScreen(
            "Edit the budget of \(budget.scope.name)",
            note: "What was spent before counts: \(Formats.cost(nanodollars: budget.spent)) by now.",
            Form(amounts(budget))
        ) { values throws(FormProblem) in
            .changeBudget(
                budget.id, to: try draft(values, budget.scope, budget.period, revision: budget.revision))
        } done: { budget, context in
            context.say("\(budget.scope.name) may spend \(words(budget))", .good)
        }
    }

    private static func words(_ budget: OperatorBudget) -> String {
        "\(Formats.exactCost(nanodollars: budget.limit)) \(budget.period.words)"
    }

    private static func value(of scope: OperatorSpendingScope) -> String {
        scope.id.map { "\(scope.kind.rawValue):\($0.lowercase)" } ?? whole
    }

    private static func amounts(_ budget: OperatorBudget?) -> [FormField] {
        func dollars(_ amount: Int64?) -> String { amount.map { String(OperatorTariff.amount($0).dropFirst()) } ?? "" }
        return [
            .text(
                "limit", "Limit", hint: "US dollars, such as 100", value: dollars(budget?.limit), isRequired: true),
            .text(
                "warn_at", "Warn at", hint: "US dollars; empty for no warning", value: dollars(budget?.warnAt)),
            .choice(
                "enforcement", "At the limit", hint: "what happens",
                OperatorBudget.Enforcement.allCases.map { FormField.Choice($0.rawValue, BudgetColumns.atLimit($0)) },
                value: budget?.enforcement.rawValue),
        ]
    }

    private static func draft(
        _ values: FormValues, _ scope: OperatorSpendingScope, _ period: OperatorBudget.Period, revision: Int?
    ) throws(FormProblem) -> OperatorBudgetDraft {
        let limit = try values.money("limit") ?? 0
        let warnAt = try values.money("warn_at")
        if let warnAt, warnAt > limit { throw FormProblem("warn_at", "is not above the limit") }
        return OperatorBudgetDraft(
            scope: scope.kind, scopeID: scope.id, period: period, limit: limit, warnAt: warnAt,
            enforcement: OperatorBudget.Enforcement(rawValue: values["enforcement"]) ?? .hard, revision: revision)
    }
}
