package import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// Calibration runs: how far evaluators agree with people.
package struct CalibrationsScreen: ListScreen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case open, examples, compare, new, cancel, cancelAgreed(UUID)
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the run"),
        Binding([.character("s")], .examples, hint: "examples", "Show its examples, the greatest disagreement first"),
        Binding([.character("c")], .compare, hint: "compare", "Show the runs of its group side by side"),
        Binding(
            [.character("N")], .new, "Start a run: go to the datasets, where C starts one", .action,
            needs: .calibrationCreate),
        Binding(
            [.character("K")], .cancel, hint: "cancel", "Stop the run: what is not evaluated yet will not be", .action,
            needs: .calibrationCreate),
    ]

    private static let pageRows = 100
    private static let interval = Duration.seconds(2)
    private static let columns: [Column<OperatorCalibration>] = [
        Column("subject", "EVALUATOR", .flexible(minimum: 18), text: { run, _ in run.label }),
        Column("source", "LABELS OF", .flexible(minimum: 10), rank: 2, text: { run, _ in run.source }),
        Column("state", "STATE", .fixed(7), ink: { run, _ in run.ink }, text: { run, _ in run.word }),
        Column(
            "examples", "N", .fixed(8), isNumber: true,
            text: { run, _ in
                run.isOver ? Formats.count(run.completed) : "\(Formats.count(run.completed))/\(run.examples)"
            }),
        Column("mae", "MAE", .fixed(7), isNumber: true, rank: 1, text: { run, _ in run.figure("mae")?.number ?? "-" }),
        Column(
            "bias", "BIAS", .fixed(7), isNumber: true, rank: 3, text: { run, _ in run.figure("bias")?.number ?? "-" }),
        Column(
            "spearman", "SPEARM", .fixed(7), isNumber: true, rank: 1,
            text: { run, _ in run.figure("spearman")?.number ?? "-" }),
        Column(
            "kappa", "KAPPA", .fixed(7), isNumber: true, rank: 4,
            text: { run, _ in run.figure("quadratic_kappa")?.number ?? "-" }),
        Column(
            "alpha", "ALPHA", .fixed(7), isNumber: true, rank: 5,
            text: { run, _ in run.figure("krippendorff_alpha")?.number ?? "-" }),
        Column(
            "ordinal_alpha", "ORDINAL", .fixed(7), isNumber: true, rank: 7,
            text: { run, _ in run.figure("krippendorff_alpha_ordinal")?.number ?? "-" }),
        Column(
            "nominal_alpha", "NOMINAL", .fixed(7), isNumber: true, rank: 8,
            text: { run, _ in run.figure("krippendorff_alpha_nominal")?.number ?? "-" }),
        Column(
            "group", "GROUP", .fixed(14), rank: 6, ink: { _, _ in .quiet },
            text: { run, _ in run.comparisonGroup ?? "" }),
        Column(
            "created", "MADE", .fixed(7), isNumber: true, rank: 2, ink: { _, _ in .quiet },
            text: { run, scope in ItemFigures.age(run.createdAt, scope) }),
    ]

    package private(set) var list = PagedList(Self.source(nil)) { .init(rows: $0.results, next: $0.next) }
    private var group = ""
    private var cancelling = Awaited<OperatorCalibration>()

    package init() {}

    private static func source(_ group: String?) -> PagedList<OperatorCalibrationPage, OperatorCalibration>.Source {
        .init(
            page: { .calibrations(group: group, cursor: $0, limit: pageRows) },
            rows: { _, cursor in .calibrations(group: group, cursor: cursor, limit: pageRows) })
    }

    package var title: String { "Calibration" }
    package var isSettled: Bool { list.isSettled }
    package var failure: ServerFailure? { list.loadedAt == nil ? list.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open, .examples: list.selected != nil
        case .compare: list.selected?.comparisonGroup != nil
        case .cancel: list.selected.map { !$0.isOver } ?? false
        case .new, .cancelAgreed: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if list.isSettled { list.renew(&context) } else { list.load(&context) }
    }
    package mutating func refresh(_ context: inout ScreenContext) { list.renew(&context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if let result = cancelling.take(answer) {
            switch result {
            case .success: context.say("The run is being stopped", .good)
            case .failure(let failure): context.say("Nothing was done: \(failure.message)", .bad)
            }
            refresh(&context)
        }
        _ = list.receive(answer, &context)
    }

    package mutating func tick(_ context: inout ScreenContext) {
        guard let loadedAt = list.loadedAt, context.now - loadedAt >= Self.interval else { return }
        if list.rows.contains(where: { !$0.isOver }) { list.renew(&context) }
    }
    package func wake(after now: Duration) -> Duration? {
        list.rows.contains { !$0.isOver } ? now + .seconds(1) : nil
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        if command == .new {
            context.go(.datasets)
            return context.say("Open a labelled dataset; there C compares an evaluator with the labels")
        }
        guard let run = list.selected else { return }
        switch command {
        case .new: break
        case .open: context.push(CalibrationScreen(run))
        case .examples: context.push(CalibrationItemsScreen(run))
        case .compare: if let group = run.comparisonGroup { context.push(CalibrationComparisonScreen(group)) }
        case .cancel:
            context.present(CalibrationScreen.question(of: run, at: context.now, Command.cancelAgreed(run.id)))
        case .cancelAgreed(let id): cancelling.ask(.cancelCalibration(id), &context)
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { list.move(move, &context) }
    package mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    // MARK: Filter

    package var query: String { group }
    package var vocabulary: [QueryField] { [] }
    package func problem(of query: String) -> String? { nil }
    /// The filter is the whole name of a group.
    package mutating func apply(query: String, _ context: inout ScreenContext) {
        group = query
        list.select(Self.source(query.isEmpty ? nil : query), &context)
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(Self.columns, sorting: nil, into: &frame, area, scope)
        guard list.rows.isEmpty else { return }
        EmptyList(
            subject: "calibration runs", isRead: list.loadedAt != nil, failure: list.failure,
            failingSince: list.failingSince, query: group, hint: "In a labelled dataset, C starts one."
        ).draw(into: &frame, area.below(1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        [
            group.isEmpty ? Segment("all, the newest first") : Segment("group \(group)", .strong),
            .held(
                shown: list.rows.count, of: list.rows.count, isCut: !list.isWhole, loadedAt: list.loadedAt,
                failingSince: list.failingSince, scope),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if cancelling.isWaiting { return Segment("Telling the server", .accent) }
        if let failure = list.failure { return Segment("Not read: \(failure.message)", .bad) }
        return list.selected.map { Segment($0.error.isEmpty ? $0.sum : $0.error, $0.error.isEmpty ? .quiet : .caution) }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        list.selected.map { CalibrationScreen.explanation(of: $0) }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        list.selected.map { [Copy("i", "identifier", $0.id.lowercase)] } ?? []
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard list.loadedAt != nil else { return nil }
        return Sheet(
            titles: Self.columns.map(\.title),
            rows: list.rows.map { row in Self.columns.map { $0.text(row, scope) } }, json: Sheet.json(list.rows))
    }
}
