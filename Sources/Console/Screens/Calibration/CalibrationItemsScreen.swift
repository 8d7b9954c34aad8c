import FoundationEssentials
package import Terminal
package import WireAPI

/// The examples of a run: where the evaluator and people are furthest apart comes first.
package struct CalibrationItemsScreen: Screen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case open, execution
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Read the example"),
        Binding([.character("s")], .execution, hint: "execution", "Show the execution that gave the score"),
    ]

    private static let pageRows = 100
    private static let columns: [Column<OperatorCalibrationItem>] = [
        Column(
            "disagreement", "APART", .fixed(7), isNumber: true, ink: { item, _ in item.ink },
            text: { item, _ in item.disagreement.map { Formats.score($0) } ?? "-" }),
        Column("people", "PEOPLE", .fixed(7), isNumber: true, text: { item, _ in Formats.score(item.humanValue) }),
        Column("score", "SCORE", .fixed(7), isNumber: true, text: { item, _ in Formats.score(item.score) }),
        Column(
            "request", "ASKED", .flexible(minimum: 12), rank: 2, text: { item, _ in item.request.singleLine }),
        Column("response", "ANSWERED", .flexible(minimum: 14), text: { item, _ in item.response.singleLine }),
        Column(
            "why", "WHY", .flexible(minimum: 20), rank: 3,
            ink: { item, _ in item.status == "failed" ? .bad : .quiet },
            text: { item, _ in item.justification.singleLine }),
    ]

    private let run: OperatorCalibration
    package private(set) var list: PagedList<OperatorCalibrationItemPage, OperatorCalibrationItem>

    /// Of a run.
    package init(_ run: OperatorCalibration) {
        self.run = run
        let id = run.id
        list = PagedList(
            .init(
                page: { .calibrationItems(id, cursor: $0, limit: Self.pageRows) },
                rows: { _, cursor in .calibrationItems(id, cursor: cursor, limit: Self.pageRows) })
        ) { .init(rows: $0.results, next: $0.next) }
    }

    package var title: String { "Examples of \(run.label)" }
    package var isSettled: Bool { list.isSettled }
    package var failure: ServerFailure? { list.loadedAt == nil ? list.failure : nil }
    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open: list.selected != nil
        case .execution: list.selected?.executionID != nil
        }
    }

    package mutating func appear(_ context: inout ScreenContext) {
        if list.isSettled { list.renew(&context) } else { list.load(&context) }
    }
    package mutating func refresh(_ context: inout ScreenContext) { list.renew(&context) }
    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        _ = list.receive(answer, &context)
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        guard let item = list.selected else { return }
        switch command {
        case .open: context.push(CalibrationItemScreen(item))
        case .execution:
            if let id = item.executionID { context.push(ExecutionScreen(id: id, name: "Execution", row: nil)) }
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { list.move(move, &context) }
    package mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(Self.columns, sorting: nil, into: &frame, area, scope)
        guard list.rows.isEmpty else { return }
        EmptyList(
            subject: "examples", isRead: list.loadedAt != nil, failure: list.failure, failingSince: list.failingSince
        ).draw(into: &frame, area.below(1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        [
            Segment("the greatest disagreement first"),
            .held(
                shown: list.rows.count, of: list.rows.count, isCut: !list.isWhole, loadedAt: list.loadedAt,
                failingSince: list.failingSince, scope),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure = list.failure { return Segment("Not read: \(failure.message)", .bad) }
        return list.selected.map { Segment($0.justification.singleLine) }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        list.selected.map { item in
            Explanation("An example", definition: "One labelled item beside the score that the evaluator gave it.")
                .value(item.disagreement.map { "\(Formats.score($0)) apart" } ?? "no score", item.ink)
                .adding("Apart", "The difference between the score and the mean of what people found, from 0 to 1.")
        }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        list.selected.map { [Copy("i", "identifier", $0.id.lowercase), Copy("a", "what was answered", $0.response)] }
            ?? []
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard list.loadedAt != nil else { return nil }
        return Sheet(
            titles: Self.columns.map(\.title),
            rows: list.rows.map { row in Self.columns.map { $0.text(row, scope) } }, json: Sheet.json(list.rows))
    }
}

extension OperatorCalibrationItem {
    var ink: Ink {
        guard let disagreement else { return .quiet }
        return switch disagreement {
        case ..<0.15: .good
        case ..<0.4: .caution
        default: .bad
        }
    }
}

/// One example of a run, to be read.
package struct CalibrationItemScreen: Screen {
    /// What its keys make it do.
    package enum Command: Sendable, Hashable { case nextSection, previousSection, execution }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.tab)], .nextSection, hint: "next part", "Go to the next part of the text"),
        Binding([Key(.tab, .shift)], .previousSection, "Go to the part before"),
        Binding([.character("s")], .execution, hint: "execution", "Show the execution that gave the score"),
    ]

    private let item: OperatorCalibrationItem
    private var reader = Reader()
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode

    package init(_ item: OperatorCalibrationItem) { self.item = item }

    package var title: String { "Example" }
    package func can(_ command: Command, _ scope: Scope) -> Bool {
        command != .execution || item.executionID != nil
    }

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        layOut()
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextSection: reader.nextSection()
        case .previousSection: reader.previousSection()
        case .execution:
            if let id = item.executionID { context.push(ExecutionScreen(id: id, name: "Execution", row: nil)) }
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }
    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    private mutating func layOut() {
        reader.resize(rows: max(1, size.rows))
        var document = Document(width: min(112, max(1, size.columns - 2)), charset: charset)
        document.title("Scores", note: item.status)
        document.line([
            Document.Span("people \(Formats.score(item.humanValue))   evaluator \(Formats.score(item.score))   "),
            Document.Span(item.disagreement.map { "\(Formats.score($0)) apart" } ?? "", item.ink),
        ])
        document.section("Why", item.justification.isEmpty ? nil : item.justification)
        document.section("Asked", item.request.isEmpty ? nil : item.request)
        document.section("Answered", item.response.isEmpty ? nil : item.response)
        reader.show(document)
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        reader.draw(into: &frame, Area(rows: area.rows, columns: 1..<max(2, area.columns.upperBound - 1)))
    }

    package func address(_ scope: Scope) -> [Segment] { [Segment(reader.position)] }
    package func copies(_ scope: Scope) -> [Copy] {
        [Copy("a", "what was answered", item.response), Copy("j", "why", item.justification)]
    }
}
