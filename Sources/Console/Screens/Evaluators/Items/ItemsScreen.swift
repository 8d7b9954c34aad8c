import Tenancy
package import Terminal
package import WireAPI

/// The evaluators and judges that the organisation can use: its own, and what is built in.
package struct ItemsScreen: ListingScreen {
    package typealias Command = ItemCommand

    package static let bindings: [Binding<ItemCommand>] = [
        Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the evaluator or judge"),
        Binding([.character("s")], .executions, hint: "executions", "Show its executions"),
        Binding(
            [.character("T")], .trial(.open), hint: "try", "Try it on an input", .action, needs: .evaluatorExecute),
        Binding(
            [.character("E")], .act(.edit), hint: "edit", "Edit it as YAML in your editor", .action,
            needs: .evaluatorUpdate),
        Binding(
            [.character("N")], .act(.create), hint: "new", "Make a new evaluator or judge in your editor", .action,
            needs: .evaluatorCreate),
        Binding(
            [.character("D")], .act(.duplicate), "Duplicate it under another name", .action, needs: .evaluatorCreate),
        Binding(
            [.character("K")], .act(.remove), "Delete it, or all that are marked", .action, needs: .evaluatorDelete),
        Binding(
            [.character("I")], .act(.importDocuments), "Import YAML documents from a file or your editor", .action,
            needs: .evaluatorCreate),
    ]

    package var list = Listing(
        ItemColumns.all, sorting: Sorting(column: "updated", isDescending: true), facts: ItemQuery.facts)
    private var catalogue = ItemCatalogue()
    private var actions = ItemActions()
    private var session = SessionWatch()
    private var isMoved = false

    package init() {}

    package var title: String { Room.evaluators.title }
    package var isSettled: Bool { catalogue.isSettled }
    package var failure: ServerFailure? { catalogue.loadedAt == nil ? catalogue.failure : nil }

    package func can(_ command: ItemCommand, _ scope: Scope) -> Bool {
        switch command {
        case .open, .executions: list.selected != nil
        case .trial: list.selected.map { $0.deletedAt == nil && scope.may($0.kind.execution) } ?? false
        case .act(let action): ItemActions.can(action, on: targets(of: action), scope)
        case .nextTab, .previousTab, .openMember, .unfold, .markVersion, .compareVersions, .chooseWindow, .show: false
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        guard session.hasChanged(context.scope) else { return catalogue.loadIfOld(&context) }
        actions = ItemActions()
        catalogue.load(&context)
    }
    package mutating func refresh(_ context: inout ScreenContext) { catalogue.load(&context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if actions.receive(answer, &context) { catalogue.load(&context) }
        let isFirst = catalogue.loadedAt == nil
        guard catalogue.receive(answer, &context) else { return }
        list.set(catalogue.items)
        // While the first rows come in, the cursor is where nobody put it.
        if isFirst, !isMoved { list.move(.start) }
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        catalogue.hear(event, &context)
    }

    // MARK: Commands

    package mutating func perform(_ command: ItemCommand, _ context: inout ScreenContext) {
        switch command {
        case .open: if let item = list.selected { context.push(ItemScreen(item.reference)) }
        case .trial: if let item = list.selected { context.push(ItemScreen(item.reference, tab: .trial)) }
        case .executions:
            if let item = list.selected { context.show(.executions, query: item.reference.executionQuery) }
        case .act(let action):
            actions.perform(action, on: targets(of: action), &context)
        case .nextTab, .previousTab, .openMember, .unfold, .markVersion, .compareVersions, .chooseWindow, .show: break
        }
    }

    /// Editing and copying are about the one under the cursor; marks are for what can be done to many.
    private func targets(of action: ItemAction) -> [OperatorItem] {
        action == .edit || action == .duplicate ? list.selected.map { [$0] } ?? [] : list.targets
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) {
        isMoved = true
        list.move(move)
    }
    package mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    // MARK: Filter, order and marks

    package var vocabulary: [QueryField] { ItemQuery.vocabulary }

    package var markCount: Int { list.marks.count }
    package mutating func mark(_ change: MarkChange, _ context: inout ScreenContext) { list.mark(change) }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(into: &frame, area, scope)
        guard list.shown.isEmpty else { return }
        EmptyList(
            subject: "evaluators and judges", isRead: catalogue.loadedAt != nil, failure: catalogue.failure,
            failingSince: catalogue.failingSince, query: list.queryText,
            hint: ItemActions.can(.create, on: [], scope) ? "N makes the first one." : ""
        ).draw(into: &frame, area.below(1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        let filter = list.queryText.isEmpty ? Segment("all") : Segment("/\(list.queryText)", .strong)
        return [
            filter,
            Segment.held(
                shown: list.shown.count, of: list.rows.count, isCut: catalogue.isCut, loadedAt: catalogue.loadedAt,
                failingSince: catalogue.failingSince, scope),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actions.status { return status }
        guard let item = list.selected else { return nil }
        return item.judgeCount > 0 ? Segment("In \(item.judgeCount) judge\(item.judgeCount == 1 ? "" : "s")") : nil
    }

    package func wake(after now: Duration) -> Duration? {
        catalogue.failure != nil ? now + .seconds(1) : Segment.nextAge(of: catalogue.loadedAt, after: now)
    }

    package func explanation(_ scope: Scope) -> Explanation? { list.selected.map { ItemExplanation.of($0, scope) } }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let item = list.selected else { return [] }
        return [
            Copy("i", "identifier", item.id.lowercase), Copy("n", "name", item.name),
            Copy("v", "identifier of the version", item.version.id.lowercase),
        ]
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard catalogue.loadedAt != nil else { return nil }
        let table = list.table(scope)
        return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(list.shown))
    }

    package func exports(_ scope: Scope) -> [Menu.Item] { ItemActions.exports(list.targets) }
}

extension OperatorItemReference {
    /// The filter of the executions of this item.
    var executionQuery: String { "\(kind.rawValue):\(id.lowercase)" }
}

extension OperatorExecutionRow {
    /// The evaluator or the judge that was executed, `nil` for what is neither.
    var item: OperatorItemReference? {
        guard let kind = OperatorItemKind(rawValue: type), let itemID else { return nil }
        return OperatorItemReference(kind: kind, id: itemID, name: name)
    }
}
