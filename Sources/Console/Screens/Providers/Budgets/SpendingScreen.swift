import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

extension OperatorSpending.Scope: Identifiable {
    package var id: OperatorSpendingScope { scope }
}

/// Where the money goes: the organisation, its projects, its API keys.
package struct SpendingScreen: HeldListScreen {
    /// What keys and menus can make it do.
    package enum Command: Sendable, Hashable {
        case nextSection, previousSection
        case addBudget
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.tab), .character("]")], .nextSection, hint: "providers…", "Go on to providers"),
        Binding([Key(.tab, .shift), .character("[")], .previousSection, "Go to the list before"),
        Binding(
            [.character("N")], .addBudget, hint: "budget", "Add a budget for the one under the cursor", .action,
            needs: .budgetUpdate),
    ]

    package var held = HeldList(
        of: "spending", OperatorRequest<OperatorSpending>.spending, freshness: .seconds(10),
        Listing(
            SpendingColumns.all, sorting: Sorting(column: "", isDescending: false), facts: SpendingQuery.facts),
        SpendingQuery.vocabulary, rows: { $0.scopes })
    private var days = SpendingDays()
    private var size = Size(columns: 80, rows: 20)

    package init() {}

    package var title: String { ProviderSection.spending.title }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .nextSection, .previousSection: true
        case .addBudget: held.selected != nil
        }
    }

    package mutating func appear(_ context: inout ScreenContext) {
        held.appear(&context)
        follow(&context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        days.receive(answer, &context)
        guard held.receive(answer, &context) else { return }
        resize(size)
        follow(&context)
    }

    private mutating func follow(_ context: inout ScreenContext) {
        if context.isSeen, listRows < size.rows { days.follow(held.selected?.scope, &context) }
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextSection: context.step(from: .spending, by: 1)
        case .previousSection: context.step(from: .spending, by: -1)
        case .addBudget:
            guard let scopes = held.value?.scopes.map(\.scope) else { return }
            context.push(BudgetForm.adding(scopes, chosen: held.selected?.scope))
        }
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
        held.draw(into: &frame, area.top(rows), hint: "", scope)
        guard let row = held.selected, rows < area.rows.count else { return }
        days.draw(of: row.scope, into: &frame, area.below(rows), scope)
    }

    package func address(_ scope: Scope) -> [Segment] { ProviderSection.spending.segments(scope) + held.address(scope) }

    package func explanation(_ scope: Scope) -> Explanation? {
        guard let row = held.selected else { return nil }
        return Explanation(
            "Spending of \(row.scope.name)",
            definition: "What calls of models have cost, by the prices that held then; the \(row.scope.kind.word)."
        )
        .value("\(Formats.exactCost(nanodollars: row.month.cost)) this month")
        .adding(
            "Calls",
            "\(Formats.count(row.month.calls)) this month, with \(Formats.count(row.month.promptTokens)) tokens in and \(Formats.count(row.month.completionTokens)) out."
        )
        .window("Today and this month, both of UTC.")
        .source("What the LLM proxies have booked of calls that have ended.")
        .freshness("Read every few seconds while it is seen; booked within seconds.")
    }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let row = held.selected else { return [] }
        let id = row.scope.id.map { [Copy("i", "identifier", $0.lowercase)] } ?? []
        return id + [Copy("n", "name", row.scope.name)]
    }
}

/// The columns of the list of spending.
enum SpendingColumns {
    static let all: [Column<OperatorSpending.Scope>] = [
        Column(
            "name", "WHO", .flexible(minimum: 12), precedes: ascending { $0.scope.name.lowercased() },
            ink: { _, _ in .strong }, text: { row, _ in row.scope.name }),
        Column(
            "kind", "KIND", .fixed(12), rank: 1, precedes: ascending { $0.scope.kind.rawValue },
            ink: { _, _ in .quiet }, text: { row, _ in row.scope.kind.word }),
        Column(
            "today", "TODAY", .fixed(9), isNumber: true, precedes: ascending { $0.today.cost },
            text: { row, _ in Formats.cost(nanodollars: row.today.cost) }),
        Column(
            "month", "MONTH", .fixed(10), isNumber: true, precedes: ascending { $0.month.cost },
            text: { row, _ in Formats.cost(nanodollars: row.month.cost) }),
        Column(
            "calls", "CALLS, MONTH", .fixed(12), isNumber: true, rank: 2, precedes: ascending { $0.month.calls },
            text: { row, _ in Formats.count(row.month.calls) }),
        Column(
            "tokens", "TOKENS IN/OUT", .fixed(13), isNumber: true, rank: 3,
            precedes: ascending { $0.month.promptTokens + $0.month.completionTokens }, ink: { _, _ in .quiet },
            text: { row, _ in
                "\(Formats.compact(Double(row.month.promptTokens)))/\(Formats.compact(Double(row.month.completionTokens)))"
            }),
    ]
}

/// What the filter of spending may ask for.
package enum SpendingQuery {
    package static let vocabulary = [
        QueryField(
            "kind", .choice(OperatorSpendingScope.Kind.allCases.map(\.rawValue)), example: "kind:api_key",
            "By what it is"),
        QueryField("today", .money, example: "today>1", "By the cost of today in US dollars"),
        QueryField("month", .money, example: "month>10", "By the cost of this month in US dollars"),
        QueryField("calls", .number, example: "calls>1000", "By the calls of this month"),
    ]

    static func facts(of row: OperatorSpending.Scope) -> Query.Facts {
        Query.Facts(
            words: [row.scope.name], texts: { $0 == "kind" ? [row.scope.kind.rawValue] : [] },
            number: { field in
                switch field {
                case "today": Double(row.today.cost)
                case "month": Double(row.month.cost)
                case "calls": Double(row.month.calls)
                default: nil
                }
            })
    }
}
