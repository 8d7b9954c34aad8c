package import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// One execution that is open: its facts, and everything that was said beside or below them.
package struct ExecutionScreen: Screen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case nextTarget, previousTarget, openTarget
        case nextSection, previousSection, unfold, toggleJSON
        /// The neighbours in the list that it was opened from.
        case next, previous, leave
        case compare
        /// The evaluator or the judge that was executed.
        case openItem
        /// The trace that it evaluated.
        case openTrace
        case askForIdentifier, openIdentifier(String)
        case related(ExecutionRelation)
        case action(ExecutionAction)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding(
                [Key(.tab)], .nextTarget, hint: "next link", "Go to the next line that opens one, else section"
            ),
            Binding(
                [Key(.tab, .shift)], .previousTarget, "Go to the line before that opens one, else section"),
            Binding([Key(.enter)], .openTarget, hint: "open", "Open the execution of the line"),
            Binding([.character("]")], .nextSection, "Go to the next section"),
            Binding([.character("[")], .previousSection, "Go to the section before"),
            Binding([.character("n")], .next, hint: "next", "Open the next execution of the list"),
            Binding([.character("p")], .previous, hint: "previous", "Open the previous execution of the list"),
            Binding([Key(.left), .character("h")], .leave, "Go back to where it was opened"),
            Binding([.character("f")], .unfold, hint: "full text", "Show long texts in full, or fold them"),
            Binding([.character("v")], .toggleJSON, hint: "JSON", "Show everything as JSON, or as text again"),
            Binding(
                [.character("d")], .compare, hint: "compare",
                "Compare with the line's, its origin or an earlier one"),
            Binding([.character("o")], .openItem, "Open the evaluator or judge that was executed"),
            Binding([.character("t")], .openTrace, "Open the trace that was evaluated"),
            Binding([.character("#")], .askForIdentifier, "Go to the execution with an identifier"),
        ]
        + ExecutionRelation.bindings(Command.related)
        + ExecutionAction.bindings(Command.action)

    package private(set) var id: UUID
    /// Its name, as far as it is known from where it was opened.
    private var name: String
    /// The row that it was opened from.
    private var row: OperatorExecutionRow?
    /// The list that it was opened from, with the cursor on this one.
    private var siblings: ExecutionList?
    /// What the list had read of it already.
    private var known: OperatorExecutionDetail?
    private(set) var content = Loadable<OperatorExecutionDetail>()
    private var related = Loadable<OperatorExecutionRelated>()
    private var labels = Loadable<OperatorLabels>()
    private var scales = Loadable<OperatorScales>()
    private var trace = Awaited<OperatorTraceOfExecution>()
    private(set) var reader = LinkedReader<ExecutionDocument.Target>()
    private var layout = Presentation()
    private var actions = ExecutionActions(Command.action)

    /// How it is to be laid out.
    private struct Presentation: Sendable {
        var size = Size(columns: 80, rows: 20)
        var charset = Charset.unicode
        var isUnfolded = false
        var isJSON = false
    }

    /// An execution that stands alone.
    package init(id: UUID, name: String, row: OperatorExecutionRow?) {
        self.id = id
        self.name = name
        self.row = row
    }

    /// An execution of a list, of which it is known what is next and previous.
    init(_ row: OperatorExecutionRow, in list: ExecutionList, known: ExecutionPreview.State) {
        self.init(id: row.id, name: row.name, row: row)
        siblings = list
        if case .read(let detail) = known { self.known = detail }
    }

    package var title: String { detail?.execution.name ?? name }
    package var isSettled: Bool { content.isSettled || known != nil }
    package var failure: ServerFailure? { detail == nil ? content.failure : nil }

    /// Everything that is known of it.
    var detail: OperatorExecutionDetail? { content.value ?? known }
    /// What a list row would tell of it.
    var execution: OperatorExecutionRow? { detail?.execution ?? row }
    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .openTarget: reader.target != nil
        case .unfold: layout.isUnfolded || reader.document?.isFolded == true
        case .next: siblings.map { ($0.cursorIndex ?? 0) + 1 < $0.rows.count } ?? false
        case .previous: siblings.map { ($0.cursorIndex ?? 0) > 0 } ?? false
        case .compare: counterpart != nil
        case .openItem: execution?.item != nil
        case .related(let relation): execution.flatMap(relation.place) != nil
        case .action(.runAgain): detail?.mayRunAgain ?? false
        case .action(.tag): detail?.mayTag ?? false
        case .nextTarget, .previousTarget, .nextSection, .previousSection, .leave, .toggleJSON, .askForIdentifier,
            .openIdentifier, .openTrace, .action:
            true
        }
    }

    // MARK: What comes

    package mutating func appear(_ context: inout ScreenContext) {
        layout.charset = context.scope.charset
        if detail == nil {
            if !content.isLoading { content.load(.execution(id), &context) }
        } else {
            layOut()
            askForRelated(&context)
            // They may have changed while another screen was seen, which gives some.
            askForLabels(&context)
        }
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        content.load(.execution(id), &context)
        if related.isSettled { related.load(.relatedExecutions(of: id), &context) }
        if labels.isSettled { askForLabels(&context) }
    }

    /// Only when the execution itself is there: what belongs to it is not needed sooner.
    private mutating func askForRelated(_ context: inout ScreenContext) {
        if !related.isSettled, !related.isLoading { related.load(.relatedExecutions(of: id), &context) }
    }

    private mutating func askForLabels(_ context: inout ScreenContext) {
        if context.scope.may(.annotationRead) { labels.load(.labels(ofExecution: id), &context) }
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        siblings?.receive(answer, &context)
        if content.receive(answer, &context) {
            layOut()
            if content.value != nil {
                askForRelated(&context)
                if !labels.isSettled { askForLabels(&context) }
            }
        }
        if labels.receive(answer, &context) {
            // Labels name their scales by identifiers.
            if labels.value?.results.isEmpty == false, context.scope.may(.scoreConfigRead) {
                scales.loadIfOlder(than: .seconds(60), .scales(), &context)
            }
            layOut()
        }
        if scales.receive(answer, &context) { layOut() }
        if related.receive(answer, &context) { layOut() }
        switch trace.take(answer) {
        case .success(let trace): context.push(TraceScreen(id: trace.traceID))
        case .failure(let failure): context.say("No trace is opened: \(failure.message)", .bad)
        case nil: break
        }
        switch actions.receive(answer, &context) {
        case .ranAgain(let result): context.push(ExecutionScreen(id: result.executionID, name: title, row: nil))
        case .tagged: content.load(.execution(id), &context)
        case .planned, .exporting, nil: break
        }
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        if case .executionsTagged(let tagging) = event, tagging.ids.contains(id) {
            content.load(.execution(id), &context)
        }
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextTarget: reader.focusNext()
        case .previousTarget: reader.focusPrevious()
        case .openTarget:
            guard let target = reader.target else { return }
            context.push(ExecutionScreen(id: target.id, name: target.name, row: target.row))
        case .nextSection: reader.nextSection()
        case .previousSection: reader.previousSection()
        case .unfold:
            layout.isUnfolded.toggle()
            layOut()
        case .toggleJSON:
            layout.isJSON.toggle()
            reader.move(.start)
            layOut()
        case .next: step(.down, &context)
        case .previous: step(.up, &context)
        case .leave: context.pop()
        case .compare: compare(&context)
        case .openItem: if let item = execution?.item { context.push(ItemScreen(item)) }
        case .openTrace: trace.ask(.trace(ofExecution: id), &context)
        case .askForIdentifier: context.present(TypedIdentifier.prompt(of: "an execution", Command.openIdentifier))
        case .openIdentifier(let text):
            guard let id = TypedIdentifier.find(in: text) else { return }
            context.push(ExecutionScreen(id: id, name: "Execution", row: nil))
        case .related(let relation):
            guard let place = execution.flatMap(relation.place) else { return }
            context.push(ExecutionsScreen(place))
        case .action(let action): actions.perform(action, on: execution.map { [$0] } ?? [], &context)
        }
    }

    /// Opens the neighbour in the list, in this place.
    private mutating func step(_ move: Move, _ context: inout ScreenContext) {
        siblings?.move(move, &context)
        guard let row = siblings?.selected, row.id != id else { return }
        (id, name, self.row, known) = (row.id, row.name, row, nil)
        content = Loadable()
        related = Loadable()
        labels = Loadable()
        reader.clear()
        content.load(.execution(id), &context)
    }

    /// What it is compared with: the line in focus, else what it was run again from, else the same before.
    private var counterpart: (id: UUID, row: OperatorExecutionRow?)? {
        if let target = reader.target { return (target.id, target.row) }
        if let origin = detail?.originID { return (origin, nil) }
        let before = related.value?.groups.first { $0.relation == .previous || $0.relation == .origin }
        return before?.executions.first.map { ($0.id, $0) }
    }

    private func compare(_ context: inout ScreenContext) {
        guard let other = counterpart else { return }
        let isOtherNewer =
            if let row = other.row, let execution { ExecutionPosition(execution) < ExecutionPosition(row) } else {
                false
            }
        let pair = isOtherNewer ? (id, other.id) : (other.id, id)
        context.push(CompareScreen(pair.0, pair.1))
    }

    private var knownScales: [OperatorScale] { scales.value?.results ?? [] }

    // MARK: Layout

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        layout.size = size
        reader.resize(rows: DocumentDivision(size: size).rows)
        layOut()
    }

    private mutating func layOut() {
        guard let detail else { return }
        let width = DocumentDivision(size: layout.size).textWidth
        if layout.isJSON {
            reader.show(
                ExecutionText.document(detail, related.value, labels.value, width: width, charset: layout.charset))
        } else {
            let known = ExecutionDocument.Labels(given: labels.value?.results ?? [], scales: knownScales)
            let text = ExecutionDocument(
                detail, related, known, width: width, charset: layout.charset, isUnfolded: layout.isUnfolded)
            reader.show(text.document, text.targets.map { .init(line: $0.line, target: $0) })
        }
    }

    // MARK: What the chrome says

    package func address(_ scope: Scope) -> [Segment] {
        var segments = [Segment(execution?.type ?? "execution")]
        if let execution { segments.append(Segment(Formats.dayAndTime(execution.createdAt))) }
        if let siblings, let index = siblings.cursorIndex {
            segments.append(Segment("\(Formats.count(index + 1)) of \(Formats.count(siblings.rows.count)) held"))
        }
        if layout.isJSON { segments.append(Segment("JSON", .accent)) }
        segments.append(Segment(reader.position))
        return segments
    }

    package func status(_ scope: Scope) -> Segment? {
        if let segment = actions.status(at: scope.now) { return segment }
        if let failure = content.failure {
            return Segment(detail == nil ? failure.message : "Not read anew: \(failure.message)", .bad)
        }
        if let failure = labels.failure { return Segment("Labels not read: \(failure.message)", .bad) }
        return reader.document?.isFolded == true ? Segment("Long texts are folded: f shows them in full.") : nil
    }

    package func wake(after now: Duration) -> Duration? { actions.wake(after: now) }

    package func explanation(_ scope: Scope) -> Explanation? {
        if let detail {
            return ExecutionExplanation.of(detail, in: siblings?.rows.summary).adding(
                labels.value?.results ?? [], on: knownScales)
        }
        return execution.map { ExecutionExplanation.of($0, in: siblings?.rows.summary) }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        if let detail { return ExecutionCopies.of(detail) }
        return execution.map(ExecutionCopies.of) ?? [Copy("i", "identifier", id.lowercase)]
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let detail else { return nil }
        let facts = ExecutionFact.of(detail).map { [$0.label, $0.value] }
        return Sheet(titles: ["FACT", "VALUE"], rows: facts, json: Sheet.json(detail))
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        ExecutionView(self, scope).draw(into: &frame, area)
    }
}
