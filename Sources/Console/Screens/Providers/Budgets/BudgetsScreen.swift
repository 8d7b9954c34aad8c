package import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// How much may be spent on calls of models, and how much is.
package struct BudgetsScreen: HeldListScreen {
    /// What keys and menus can make it do.
    package enum Command: Sendable, Hashable {
        case nextSection, previousSection
        case add, edit
        case remove, removeAgreed(id: UUID, revision: Int, name: String)
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.tab), .character("]")], .nextSection, hint: "spending…", "Go on to spending and providers"),
        Binding([Key(.tab, .shift), .character("[")], .previousSection, "Go to the list before"),
        Binding([.character("N")], .add, hint: "new", "Add a budget", .action, needs: .budgetUpdate),
        Binding(
            [.character("E")], .edit, hint: "edit", "Change its amounts and what happens at the limit", .action,
            needs: .budgetUpdate),
        Binding([.character("K")], .remove, "Lift the budget", .action, needs: .budgetUpdate),
    ]

    package var held = HeldList(
        of: "budgets", OperatorRequest<OperatorBudgetList>.budgets, freshness: .seconds(5),
        Listing(BudgetColumns.all, sorting: Sorting(column: "used", isDescending: true), facts: BudgetQuery.facts),
        BudgetQuery.vocabulary, rows: { $0.results })
    private var scopes = Awaited<OperatorSpending>()
    private var removing = Awaited<OperatorNothing>()
    private var removed = ""
    private var days = SpendingDays()
    private var size = Size(columns: 80, rows: 20)

    package init() {}

    package var title: String { ProviderSection.budgets.title }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .nextSection, .previousSection, .add, .removeAgreed: true
        case .edit, .remove: held.selected != nil
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if held.appear(&context) {
            scopes.forget()
            removing.forget()
        }
        follow(&context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        days.receive(answer, &context)
        if held.receive(answer, &context) {
            resize(size)
            follow(&context)
        }
        if let result = scopes.take(answer) {
            switch result {
            case .success(let spending): context.push(BudgetForm.adding(spending.scopes.map(\.scope)))
            case .failure(let failure): context.say("Nothing was done: \(failure.message)", .bad)
            }
        }
        if let result = removing.take(answer) {
            switch result {
            case .success:
                context.say("The budget of \(removed) is lifted", .good)
                held.load(&context)
            case .failure(let failure): context.say("Not lifted: \(failure.message)", .bad)
            }
        }
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        held.hear(event, [.budget], &context)
    }

    private mutating func follow(_ context: inout ScreenContext) {
        if context.isSeen, listRows < size.rows { days.follow(held.selected?.scope, &context) }
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextSection: context.step(from: .budgets, by: 1)
        case .previousSection: context.step(from: .budgets, by: -1)
        case .add: scopes.ask(.spending, &context)
        case .edit: if let budget = held.selected { context.push(BudgetForm.changing(budget)) }
        case .remove: confirmRemoval(&context)
        case .removeAgreed(let id, let revision, let name):
            removed = name
            removing.ask(.deleteBudget(id, revision: revision), &context)
        }
    }

    private func confirmRemoval(_ context: inout ScreenContext) {
        guard let budget = held.selected else { return }
        let spent = Formats.cost(nanodollars: budget.spent)
        let limit = Formats.cost(nanodollars: budget.limit)
        context.present(
            Confirmation(
                "Lift the budget of \(budget.scope.name)",
                effects: [
                    "\(spent) of \(limit) \(budget.period.words) are spent.",
                    budget.enforcement == .hard
                        ? "Nothing refuses its calls any more, unless another budget concerns it."
                        : "Nobody is told any more.",
                    "What was spent stays counted: a new budget begins with it.",
                ], typing: budget.scope.name, at: context.now,
                Command.removeAgreed(id: budget.id, revision: budget.revision, name: budget.scope.name)))
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) {
        held.move(move)
        follow(&context)
    }

    package mutating func resize(_ size: Size) {
        self.size = size
        held.resize(visibleRows: listRows - 1)
    }

    private var listRows: Int { SpendingDays.listRows(size, count: held.list.shown.count) }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let rows = SpendingDays.listRows(area.size, count: held.list.shown.count)
        let hint = scope.may(.budgetUpdate) ? "Spending is not bounded. N adds a budget." : "Spending is not bounded."
        held.draw(into: &frame, area.top(rows), hint: hint, scope)
        guard let budget = held.selected, rows < area.rows.count else { return }
        days.draw(of: budget.scope, into: &frame, area.below(rows), scope)
    }

    package func address(_ scope: Scope) -> [Segment] { ProviderSection.budgets.segments(scope) + held.address(scope) }

    package func status(_ scope: Scope) -> Segment? {
        if scopes.isWaiting { return Segment("Reading whose spending can be bounded", .accent) }
        if removing.isWaiting { return Segment("Lifting the budget", .accent) }
        guard let budget = held.selected, budget.standing != .ok else { return nil }
        let left = Formats.cost(nanodollars: budget.remaining)
        return Segment(
            "\(budget.scope.name): \(budget.state.word), \(left) left \(budget.period.words)", budget.state.ink)
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        held.selected.map { BudgetExplanation.of($0, scope) }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let budget = held.selected else { return [] }
        return [Copy("i", "identifier", budget.id.lowercase), Copy("n", "name", budget.scope.name)]
    }
}
