import FoundationEssentials
package import Terminal
internal import WireAPI

/// The runs of a group side by side: a row a figure, a column a run, the best of each row strong.
package struct CalibrationComparisonScreen: Screen {
    /// It has no commands: it is only looked at.
    package enum Command: Sendable, Hashable {}

    package static let bindings: [Binding<Command>] = []

    /// The most runs that are compared: more do not fit beside each other.
    private static let most = 8
    private static let titleWidth = 30
    private static let columnWidth = 16

    private let group: String
    private var content = Loadable<OperatorCalibrationPage>()
    private var top = 0
    private var size = Size(columns: 80, rows: 20)

    /// Of a group.
    package init(_ group: String) { self.group = group }

    package var title: String { "Group \(group)" }
    package var isSettled: Bool { content.isSettled }
    package var failure: ServerFailure? { content.value == nil ? content.failure : nil }

    private var request: OperatorRequest<OperatorCalibrationPage> { .calibrations(group: group, limit: Self.most) }
    /// The oldest first, so that a new try comes at the right.
    private var runs: [OperatorCalibration] { (content.value?.results ?? []).reversed() }
    private var names: [String] { runs.first { !$0.figures.isEmpty }?.figures.map(\.name) ?? [] }

    package mutating func appear(_ context: inout ScreenContext) {
        content.loadIfOlder(than: .seconds(2), request, &context)
    }
    package mutating func refresh(_ context: inout ScreenContext) { content.load(request, &context) }
    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        content.receive(answer, &context)
    }
    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {}
    package mutating func resize(_ size: Size) { self.size = size }
    package mutating func move(_ move: Move, _ context: inout ScreenContext) {
        let last = max(0, names.count + 3 - size.rows)
        switch move {
        case .up: top = max(0, top - 1)
        case .down: top = min(last, top + 1)
        case .pageUp, .start: top = 0
        case .pageDown, .end: top = last
        }
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        guard content.value != nil, !runs.isEmpty else {
            EmptyList(
                subject: "runs of this group", isRead: content.value != nil, failure: content.failure,
                failingSince: content.failingSince
            ).draw(into: &frame, area, scope)
            return
        }
        let room = max(1, (area.columns.count - Self.titleWidth - 2) / Self.columnWidth)
        let shown = Array(runs.suffix(room))
        drawHeads(shown, into: &frame, area, scope)
        for (offset, name) in names.dropFirst(top).enumerated()
        where area.rows.lowerBound + 3 + offset < area.rows.upperBound {
            draw(name, shown, area.rows.lowerBound + 3 + offset, into: &frame, area)
        }
    }

    private func drawHeads(
        _ shown: [OperatorCalibration], into frame: inout Frame, _ area: Area, _ scope: Scope
    ) {
        for (index, run) in shown.enumerated() {
            let end = Self.end(of: index, area)
            let lines = [
                (run.label, Ink.strong), (ItemFigures.age(run.createdAt, scope) + " ago", .quiet),
                ("\(run.word) n=\(Formats.count(run.completed))", run.ink),
            ]
            for (offset, line) in lines.enumerated() where area.rows.lowerBound + offset < area.rows.upperBound {
                let text = TextLines(line.0, width: Self.columnWidth - 2, charset: frame.charset, limit: 1).lines.first
                frame.put(text.map { String($0) } ?? "", area.rows.lowerBound + offset, endingAt: end, Style(line.1))
            }
        }
    }

    private func draw(
        _ name: String, _ shown: [OperatorCalibration], _ row: Int, into frame: inout Frame, _ area: Area
    ) {
        let figures = shown.map { $0.figure(name) }
        let title = figures.compactMap { $0?.title }.first ?? name
        frame.put(title, row, area.columns.lowerBound + 1, Style(.quiet), width: Self.titleWidth)
        let best = Self.best(of: figures)
        for (index, figure) in figures.enumerated() {
            let isBest = index == best
            let mark = isBest ? "* " : ""
            frame.put(
                mark + (figure?.number ?? "-"), row, endingAt: Self.end(of: index, area),
                Style(isBest ? .good : .plain))
        }
    }

    /// The run that is best by a figure; none where fewer than two have it.
    private static func best(of figures: [OperatorCalibration.Figure?]) -> Int? {
        let known = figures.enumerated().compactMap { index, figure in
            figure.flatMap { figure in figure.value.map { (index, figure.isError ? -abs($0) : $0) } }
        }
        guard known.count > 1 else { return nil }
        return known.max { $0.1 < $1.1 }?.0
    }

    private static func end(of index: Int, _ area: Area) -> Int {
        area.columns.lowerBound + 1 + titleWidth + (index + 1) * columnWidth
    }

    package func address(_ scope: Scope) -> [Segment] {
        [Segment("\(Formats.count(runs.count)) runs, the oldest first"), content.age(scope)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure = content.failure { return Segment("Not read: \(failure.message)", .bad) }
        return Segment("* is the best of a row; runs that saw different examples are hard to compare")
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard content.value != nil else { return nil }
        return Sheet(
            titles: ["FIGURE"] + runs.map(\.label),
            rows: names.map { name in [name] + runs.map { $0.figure(name)?.number ?? "" } }, json: Sheet.json(runs))
    }
}
