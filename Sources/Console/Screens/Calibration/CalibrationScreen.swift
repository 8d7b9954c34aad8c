package import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// One calibration run: its figures, every score beside what people found, and what yes and no came to.
package struct CalibrationScreen: Screen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case examples, compare, togglePlot, cancel, cancelAgreed
    }

    package static let bindings: [Binding<Command>] = [
        Binding(
            [Key(.enter), .character("s")], .examples, hint: "examples",
            "Show its examples, the greatest disagreement first"),
        Binding([.character("c")], .compare, hint: "compare", "Show the runs of its group side by side"),
        Binding([Key(.tab)], .togglePlot, hint: "plot", "Where there is not room for both: the plot, or the figures"),
        Binding(
            [.character("K")], .cancel, hint: "cancel", "Stop the run: what is not evaluated yet will not be", .action,
            needs: .calibrationCreate),
    ]

    private static let interval = Duration.seconds(2)

    package let id: UUID
    private var row: OperatorCalibration
    private var content = Loadable<OperatorCalibration>()
    private var points = Loadable<OperatorCalibrationPoints>()
    private var cancelling = Awaited<OperatorCalibration>()
    private var reader = Reader()
    private var showsPlot = false
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode

    /// A run of the list.
    package init(_ run: OperatorCalibration) {
        id = run.id
        row = run
    }

    var run: OperatorCalibration { content.value ?? row }
    package var title: String { "Calibration of \(run.label)" }
    package var isSettled: Bool { content.isSettled && points.isSettled }
    package var failure: ServerFailure? { content.value == nil ? content.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .compare: run.comparisonGroup != nil
        case .cancel: !run.isOver
        case .togglePlot: !isWide
        case .examples, .cancelAgreed: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        layOut()
        content.loadIfOlder(than: Self.interval, .calibration(id), &context)
        points.loadIfOlder(than: Self.interval, .calibrationPoints(id), &context)
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        content.load(.calibration(id), &context)
        points.load(.calibrationPoints(id), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if let result = cancelling.take(answer) {
            switch result {
            case .success: context.say("The run is being stopped", .good)
            case .failure(let failure): context.say("Nothing was done: \(failure.message)", .bad)
            }
            refresh(&context)
        }
        let before = run.completed
        content.receive(answer, &context)
        points.receive(answer, &context)
        if run.completed != before { points.load(.calibrationPoints(id), &context) }
        layOut()
    }

    package mutating func tick(_ context: inout ScreenContext) {
        if !run.isOver { content.renew(after: Self.interval, .calibration(id), &context) }
    }
    package func wake(after now: Duration) -> Duration? {
        run.isOver && content.failure == nil ? nil : content.wake(renewingAfter: Self.interval, now)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .examples: context.push(CalibrationItemsScreen(run))
        case .compare: if let group = run.comparisonGroup { context.push(CalibrationComparisonScreen(group)) }
        case .togglePlot: showsPlot.toggle()
        case .cancel: context.present(Self.question(of: run, at: context.now, Command.cancelAgreed))
        case .cancelAgreed: cancelling.ask(.cancelCalibration(id), &context)
        }
    }

    /// Whether a run is really to be stopped.
    static func question(
        of run: OperatorCalibration, at now: Duration, _ agreed: some Sendable & Hashable
    ) -> Confirmation {
        let open = max(0, run.examples - run.completed - run.failed)
        return Confirmation(
            "Stop the calibration of \(run.label)?",
            effects: [
                "\(Formats.count(open)) examples will not be evaluated.",
                "Its figures are then those of the \(Formats.count(run.completed)) that were.",
            ], typing: "\(open)", at: now, agreed)
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }
    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    private var isWide: Bool { size.columns >= 110 }
    private var isPlotAlone: Bool { showsPlot && !isWide }

    private mutating func layOut() {
        reader.resize(rows: max(1, size.rows))
        reader.show(CalibrationDocument(run, width: isWide ? 62 : max(20, size.columns - 2), charset: charset).document)
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let plot = ScatterPlot(
            points: zip(points.value?.people ?? [], points.value?.scores ?? []).map { ($0, $1) },
            horizontal: "people", vertical: "evaluator", threshold: run.threshold)
        if isWide {
            reader.draw(into: &frame, Area(rows: area.rows, columns: 1..<63))
            // As high as it is wide, as far as there is room: a dot is twice as high as it is wide.
            let width = min(area.columns.count - 68, area.rows.count * 2 + 8)
            plot.draw(into: &frame, Area(rows: area.rows, columns: 67..<67 + max(0, width)))
        } else if isPlotAlone {
            plot.draw(into: &frame, Area(rows: area.rows, columns: 1..<max(1, area.columns.upperBound - 1)))
        } else {
            reader.draw(into: &frame, Area(rows: area.rows, columns: 1..<max(2, area.columns.upperBound - 1)))
        }
    }

    package func address(_ scope: Scope) -> [Segment] {
        [
            Segment(run.word, run.ink), Segment(run.source), Segment("\(Formats.count(run.completed)) scored"),
            content.age(scope), Segment(isPlotAlone ? "" : reader.position),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if cancelling.isWaiting { return Segment("Telling the server", .accent) }
        if let failure = content.failure ?? points.failure {
            return Segment("Not current: \(failure.message)", .bad)
        }
        return run.error.isEmpty ? Segment(run.sum) : Segment(run.error, .caution)
    }

    package func explanation(_ scope: Scope) -> Explanation? { Self.explanation(of: run) }

    static func explanation(of run: OperatorCalibration) -> Explanation {
        Explanation(
            "Calibration of \(run.label)",
            definition: "The evaluator's scores beside what people found of the same items, both from 0 to 1."
        )
        .value("\(run.word): \(Formats.percent(run.share)) of the examples have ended", run.ink)
        .adding(
            "People", "The mean of the annotators, each with the newest published label; of one person, that label."
        )
        .adding("Bias", "How much higher the evaluator scores than people do, on average; negative when lower.")
        .adding("MAE, RMSE", "How far a score is from people's on average; RMSE weighs far ones more.")
        .adding("Spearman", "Whether the order is the same: 1 it is, 0 there is none, -1 it is the other way round.")
        .adding("Kappa", "Agreement beyond chance on five steps of the scale; near steps count as nearly right.")
        .adding(
            "Alpha",
            "Krippendorff's: 1 is full agreement, 0 is chance. By how far apart, by order only (ordinal), or only by the "
                + "same of five steps or not (nominal)."
        )
        .adding("Ranges", "95 %, by 2,000 resamples of the examples (BCa).")
        .adding("Examples", run.sum)
    }

    package func copies(_ scope: Scope) -> [Copy] { [Copy("i", "identifier", id.lowercase)] }

    package func sheet(_ scope: Scope) -> Sheet? {
        Sheet(
            titles: ["FIGURE", "VALUE", "95 % FROM", "TO", "WHY NOT"],
            rows: run.figures.map { figure in
                [
                    figure.name, figure.value.map { "\($0)" } ?? "", figure.lower.map { "\($0)" } ?? "",
                    figure.upper.map { "\($0)" } ?? "", figure.value == nil ? figure.reason ?? "" : "",
                ]
            }, json: Sheet.json(run))
    }
}
