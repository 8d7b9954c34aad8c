import FoundationEssentials
package import Terminal
import WireAPI

/// One trace that is open: its spans over time, what is known of the one under the cursor, and how it was evaluated.
package struct TraceScreen: Screen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case fold, foldAll, nextError, textDown, textUp, unfold, leave
        /// The execution that evaluated it.
        case openExecution
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter), .character("+")], .fold, hint: "fold", "Fold away what the span contains, or show it"),
        Binding([.character("=")], .foldAll, "Fold away everything below the roots, or show all"),
        Binding([.character("n")], .nextError, hint: "next error", "Go to the next span with an error"),
        Binding([.character("]")], .textDown, hint: "scroll text", "Scroll the span's text on"),
        Binding([.character("[")], .textUp, "Scroll the span's text back"),
        Binding([.character("f")], .unfold, hint: "full text", "Show long values in full, or fold them"),
        Binding([.character("o")], .openExecution, hint: "evaluation", "Open the execution that evaluated it"),
        Binding([Key(.left), .character("h")], .leave, "Go back to where it was opened"),
    ]

    /// A trace may get more spans.
    private static let interval = Duration.seconds(5)

    package let id: String
    private var row: OperatorTraceRow?
    private(set) var content = Loadable<OperatorTraceDetail>()
    private(set) var list = WholeWaterfall()
    private(set) var reader = Reader()
    private var shownSpan: OperatorSpan?
    private var isUnfolded = false
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode

    /// A trace of which only the identifier is known.
    package init(id: String) { self.id = id }

    init(_ row: OperatorTraceRow) {
        self.init(id: row.id)
        self.row = row
    }

    /// What a list row would tell of it.
    var trace: OperatorTraceRow? { content.value?.trace ?? row }
    package var title: String { trace?.label ?? "Trace" }
    package var isSettled: Bool { content.isSettled }
    package var failure: ServerFailure? { content.value == nil ? content.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .openExecution: execution != nil
        case .nextError: content.value?.spans.contains(where: \.hasError) ?? false
        case .unfold: isUnfolded || reader.document?.isFolded == true
        case .fold, .foldAll, .textDown, .textUp, .leave: true
        }
    }

    /// The execution of the span under the cursor; else the first that evaluated the trace.
    private var execution: UUID? {
        list.selected?.span.evaluation?.executionID
            ?? content.value?.outcomes.lazy.compactMap(\.executionID).first
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        content.loadIfOlder(than: Self.interval, .trace(id), &context)
        layOut()
    }
    package mutating func refresh(_ context: inout ScreenContext) { content.load(.trace(id), &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard content.receive(answer, &context) else { return }
        list.set(content.value?.spans ?? [])
        layOut()
    }

    package mutating func tick(_ context: inout ScreenContext) {
        if isOpen { content.renew(after: Self.interval, .trace(id), &context) }
    }
    package func wake(after now: Duration) -> Duration? {
        isOpen ? content.wake(renewingAfter: Self.interval, now) : nil
    }

    /// Whether something about it is still to be decided.
    private var isOpen: Bool {
        content.value?.outcomes.contains { ["settling", "queued"].contains($0.state) } ?? (content.failure != nil)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .fold: list.fold()
        case .foldAll: list.foldAll()
        case .nextError: list.goToNextError()
        case .textDown: reader.move(.pageDown)
        case .textUp: reader.move(.pageUp)
        case .unfold: isUnfolded.toggle()
        case .leave: context.pop()
        case .openExecution:
            if let execution { context.push(ExecutionScreen(id: execution, name: "Evaluation", row: nil)) }
        }
        layOut()
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) {
        list.move(move)
        layOut()
    }

    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: row - area.rows.lowerBound - TraceDivision(size: area.size).outcomeRows - 1)
        layOut()
    }

    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    private mutating func layOut() {
        let division = TraceDivision(size: size)
        list.resize(visibleRows: division.listRows)
        reader.resize(rows: division.textRows)
        guard let span = list.selected?.span else { return reader.show(nil) }
        if span.id != shownSpan?.id { reader.move(.start) }
        shownSpan = span
        reader.show(
            SpanDocument.document(span, width: division.textWidth, charset: charset, isUnfolded: isUnfolded))
    }

    // MARK: What it tells

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        TraceView(self, scope).draw(into: &frame, area)
    }

    package func address(_ scope: Scope) -> [Segment] {
        guard let trace else { return [content.age(scope)] }
        var segments = [
            Segment(trace.spanCount == 1 ? "1 span" : "\(Formats.count(trace.spanCount)) spans"),
            Segment(trace.duration, .strong),
        ]
        if trace.errorCount > 0 {
            segments.append(Segment("\(scope.marks.failure) \(Formats.count(trace.errorCount))", .bad))
        }
        return segments + [Segment(Formats.full(trace.startedAt)), content.age(scope)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure = content.failure { return Segment("Not current: \(failure.message)", .bad) }
        if content.value?.isCut == true { return Segment("Only the first spans are shown.", .caution) }
        return reader.position.isEmpty ? nil : Segment("text \(reader.position)")
    }

    package func explanation(_ scope: Scope) -> Explanation? { trace.map { $0.explanation(scope) } }

    package func copies(_ scope: Scope) -> [Copy] {
        var copies = [Copy("i", "identifier of the trace", id)]
        if let span = list.selected?.span {
            copies.append(Copy("s", "identifier of the span", span.id))
            copies.append(Copy("n", "name of the span", span.name))
        }
        return copies
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let content = content.value else { return nil }
        let columns = WaterfallColumns.all(barWidth: 24)
        return Sheet(
            titles: columns.map { $0.title.isEmpty ? "STATE" : $0.title },
            rows: list.rows.map { row in columns.map { $0.text(row, scope) } }, json: Sheet.json(content))
    }
}
