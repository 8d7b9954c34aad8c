internal import FoundationEssentials
internal import JSON
internal import Tenancy
package import Terminal
package import WireAPI

/// The list of executions: what happens now, and what happened before.
package struct ExecutionsScreen: ListScreen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case open, compare
        case toggleFailed, toggleHold, togglePreview
        case chooseColumns, toggleColumn(String)
        case chooseTime, since(String?)
        case askForIdentifier, openIdentifier(String)
        case related(ExecutionRelation)
        case action(ExecutionAction)
        case export(ExportBeginning)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the execution"),
            Binding([.character("!")], .toggleFailed, hint: "failed", "Show only what failed, or all again"),
            Binding([.character("t")], .chooseTime, hint: "time", "Choose how far back the list goes"),
            Binding([.character("p")], .togglePreview, "Show or hide the preview of the row under the cursor"),
            Binding([.character("c")], .chooseColumns, "Choose the columns"),
            Binding([.character("F")], .toggleHold, "Hold the list still, or let it go on"),
            Binding(
                [.character("d")], .compare,
                "Compare two: marked ones, or this and the next"),
            Binding([.character("#")], .askForIdentifier, "Go to the execution with an identifier"),
        ]
        + ExecutionRelation.bindings(Command.related)
        + ExecutionAction.bindings(Command.action)
        + ExportBeginning.bindings(Command.export)

    package private(set) var list = ExecutionList()
    /// What the list was opened for, `nil` for the room's own.
    private let place: ExecutionRelation.Place?
    private(set) var preview = ExecutionPreview()
    private(set) var columns = ExecutionColumns()
    private(set) var actions = ExecutionActions(Command.action)
    /// The one to compare the next with.
    private(set) var comparedTo: OperatorExecutionRow?
    /// Whether the person waits for what runs again, and has not turned to something else.
    private var isWaitingForRerun = false
    private var size = Size(columns: 80, rows: 20)

    package init() { place = nil }

    /// The list of what an execution has in common with others; filtered when it appears.
    init(_ place: ExecutionRelation.Place) { self.place = place }

    package var title: String { place?.title ?? Room.executions.title }

    package var isSettled: Bool {
        switch list.pages.load {
        case .loaded, .failed: true
        case .never, .loading: false
        }
    }

    package var failure: ServerFailure? {
        if case .failed(let failure, _) = list.pages.load { failure } else { nil }
    }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open, .compare: list.selected != nil
        case .related(let relation): list.selected.flatMap(relation.place) != nil
        case .action: list.selected != nil
        case .toggleFailed, .toggleHold, .togglePreview, .chooseColumns, .toggleColumn, .chooseTime, .since,
            .askForIdentifier, .openIdentifier, .export:
            true
        }
    }

    // MARK: What comes

    package mutating func appear(_ context: inout ScreenContext) {
        isWaitingForRerun = false
        guard case .never = list.pages.load else { return }
        if let place { apply(query: place.query, &context) } else { list.reload(&context) }
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        do {
            // A span back from now is counted from the present.
            list.reload(try ExecutionQuery.filter(list.filterText, at: Self.time(context)), &context)
        } catch {
            context.say(error.message, .bad)
        }
    }

    /// The server's time; before it has said any, nothing could be read anyway.
    private static func time(_ context: ScreenContext) -> Date { context.scope.date ?? Date(timeIntervalSince1970: 0) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        list.receive(answer, &context)
        preview.receive(answer, &context)
        if !list.isFollowing { showPreview(&context) }
        switch actions.receive(answer, &context) {
        case .ranAgain(let result):
            guard isWaitingForRerun else { return }
            context.push(ExecutionScreen(id: result.executionID, name: "Run again", row: nil))
        case .tagged(let id, let tags): list.tag([id]) { _ in tags }
        case .planned: list.mark(.none, &context)
        case .exporting: context.push(ExportsScreen())
        case nil: break
        }
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        switch event {
        case .executionFinished(let row): list.takeLive(row, &context)
        case .executionsTagged(let tagging): list.tag(Set(tagging.ids), tagging.applied)
        case .serverTime: previewQuietNewest(&context)
        case .catalogueChanged, .queuesChanged, .noticed, .gap: break
        }
        list.thaw(&context)
    }

    /// While the list follows what comes in, the newest is read only once it has stayed the newest for a while.
    private mutating func previewQuietNewest(_ context: inout ScreenContext) {
        guard list.isFollowing, let row = list.selected, let now = context.scope.date else { return }
        if now.timeIntervalSince(row.createdAt) > 1 { showPreview(&context) }
    }

    private mutating func showPreview(_ context: inout ScreenContext) {
        let division = ExecutionsDivision(size: size, isPreviewed: preview.isWanted)
        preview.show(division.hasPreview ? list.selected?.id : nil, &context)
    }

    // MARK: Moving

    package mutating func move(_ move: Move, _ context: inout ScreenContext) {
        isWaitingForRerun = false
        list.move(move, &context)
        if !list.isFollowing { showPreview(&context) }
    }

    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        let place = ExecutionsDivision(size: area.size, isPreviewed: preview.isWanted).list(in: area)
        guard place.rows.dropFirst().contains(row), place.columns.contains(column) else { return }
        let visible = row - place.rows.lowerBound - 1
        guard list.top + visible < list.rows.count else { return }
        list.point(atVisible: visible, &context)
        showPreview(&context)
    }

    package mutating func resize(_ size: Size) {
        self.size = size
        list.resize(bodyRows: ExecutionsDivision(size: size, isPreviewed: preview.isWanted).bodyRows)
    }

    package func wake(after now: Duration) -> Duration? {
        if case .failed = list.pages.load { return now + .seconds(1) }
        return [actions.wake(after: now), list.thawsAt].compactMap { $0 }.min()
    }

    package mutating func tick(_ context: inout ScreenContext) { list.thaw(&context) }

    /// A list that was opened from an execution is left where it came from, not emptied of its filter.
    package mutating func dismiss(_ context: inout ScreenContext) -> Bool {
        if comparedTo != nil {
            comparedTo = nil
            return true
        }
        guard let place, list.marks.isEmpty, list.filterText == place.query else { return false }
        context.pop()
        return true
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        isWaitingForRerun = false
        switch command {
        case .open:
            guard let row = list.selected else { return }
            context.push(ExecutionScreen(row, in: list, known: preview.state(of: row.id)))
        case .compare: compare(&context)
        case .toggleFailed:
            var text = QueryText(list.filterText)
            text.toggle("failed", against: ["ok", "-failed", "-ok"])
            apply(query: text.text, &context)
        case .toggleHold:
            list.toggleHold(&context)
            if list.isHeld { showPreview(&context) }
        case .togglePreview:
            preview.toggle()
            resize(size)
            showPreview(&context)
        case .chooseColumns: context.present(columnMenu())
        case .toggleColumn(let id):
            columns.toggle(id)
            context.present(columnMenu(at: id))
        case .chooseTime: context.present(Self.timeMenu)
        case .since(let value):
            var text = QueryText(list.filterText)
            text.set("since", value)
            apply(query: text.text, &context)
        case .askForIdentifier: context.present(TypedIdentifier.prompt(of: "an execution", Command.openIdentifier))
        case .openIdentifier(let text):
            guard let id = TypedIdentifier.find(in: text) else { return }
            context.push(ExecutionScreen(id: id, name: "Execution", row: nil))
        case .related(let relation):
            guard let place = list.selected.flatMap(relation.place) else { return }
            context.push(ExecutionsScreen(place))
        case .action(let action):
            actions.perform(action, on: list.targets, &context)
            if case .runAgain = action { isWaitingForRerun = true }
        case .export(let beginning): export(beginning, &context)
        }
    }

    private mutating func export(_ beginning: ExportBeginning, _ context: inout ScreenContext) {
        switch beginning {
        case .choose: context.present(Menu("Export", ExportBeginning.items(Command.export)))
        case .begin(let format): actions.plan(ExportBeginning.draft(list.pages.filter, as: format), &context)
        case .list: context.push(ExportsScreen())
        }
    }

    /// Two that are marked, else the one under the cursor with the one that was chosen before. The older stands first.
    private mutating func compare(_ context: inout ScreenContext) {
        var pair = list.marks.isEmpty ? [] : list.targets
        if pair.isEmpty, let row = list.selected {
            guard let other = comparedTo, other.id != row.id else {
                comparedTo = comparedTo == nil ? row : nil
                return
            }
            pair = [other, row]
        }
        guard pair.count == 2 else {
            context.say("Two are compared, \(Formats.count(pair.count)) are marked", .caution)
            return
        }
        comparedTo = nil
        pair.sort { ExecutionPosition($0) < ExecutionPosition($1) }
        context.push(CompareScreen(pair[0].id, pair[1].id))
    }

    // MARK: List

    package var query: String { list.filterText }
    package var vocabulary: [QueryField] { ExecutionQuery.vocabulary }
    package func problem(of query: String) -> String? { ExecutionQuery.problem(of: query) }

    package mutating func apply(query: String, _ context: inout ScreenContext) {
        do {
            list.apply(query, try ExecutionQuery.filter(query, at: Self.time(context)), &context)
        } catch {
            context.say(error.message, .bad)
        }
    }

    package var sortChoices: [SortChoice] { OperatorExecutionOrder.choices }
    package var sorting: Sorting { list.pages.order.sorting }
    package mutating func apply(sorting: Sorting, _ context: inout ScreenContext) {
        list.sort(OperatorExecutionOrder(sorting), &context)
    }

    package var markCount: Int { list.marks.count }
    package mutating func mark(_ change: MarkChange, _ context: inout ScreenContext) {
        list.mark(change, &context)
        if change == .toggle { showPreview(&context) }
    }

    // MARK: Picture

    package func address(_ scope: Scope) -> [Segment] { ExecutionsView(self, scope).address }
    package func status(_ scope: Scope) -> Segment? { ExecutionsView(self, scope).status }
    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        ExecutionsView(self, scope).draw(into: &frame, area)
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        guard let row = list.selected else { return nil }
        if case .read(let detail) = preview.state(of: row.id) {
            return ExecutionExplanation.of(detail, in: list.rows.summary)
        }
        return ExecutionExplanation.of(row, in: list.rows.summary)
    }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let row = list.selected else { return [] }
        if case .read(let detail) = preview.state(of: row.id) { return ExecutionCopies.of(detail) }
        return ExecutionCopies.of(row)
    }

    package func sheet(_ scope: Scope) -> Sheet? { isSettled ? ExecutionSheet.of(list, scope) : nil }
    package func exports(_ scope: Scope) -> [Menu.Item] {
        scope.may(.executionLogRead) ? ExportBeginning.items(Command.export) : []
    }
}
