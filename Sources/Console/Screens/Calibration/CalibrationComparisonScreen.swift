import FoundationEssentials
package import Terminal
internal import WireAPI

/// The runs of a group side by side: a row a figure, a column a run, the best of each row marked; below, by how much each run
/// differs from one of them, and whether chance alone makes as large a difference.
package struct CalibrationComparisonScreen: Screen {
    /// What its keys make it do.
    package enum Command: Sendable, Hashable { case nextBaseline }

    package static let bindings: [Binding<Command>] = [
        Binding([.character("b")], .nextBaseline, hint: "baseline", "Take the next completed run as the baseline")
    ]

    /// The most runs that are compared: more do not fit beside each other.
    private static let most = 8
    private static let widestTitle = 30
    private static let columnWidth = 16
    private static let headRows = 3

    private let group: String
    private var content = Loadable<OperatorCalibrationPage>()
    private var comparison = Loadable<OperatorCalibrationComparison>()
    private var wantedBaseline: UUID?
    private var top = 0
    private var size = Size(columns: 80, rows: 20)

    /// Of a group.
    package init(_ group: String) { self.group = group }

    package var title: String { "Group \(group)" }
    package var isSettled: Bool { content.isSettled && (comparison.isSettled || completed.count < 2) }
    package var failure: ServerFailure? { content.value == nil ? content.failure : nil }

    private var request: OperatorRequest<OperatorCalibrationPage> { .calibrations(group: group, limit: Self.most) }
    /// The oldest first, so that a new try comes at the right.
    private var runs: [OperatorCalibration] { (content.value?.results ?? []).reversed() }
    private var completed: [OperatorCalibration] { runs.filter { $0.status == .completed } }
    /// What the others are compared with: what was chosen, else the oldest of those that are shown.
    private var baseline: OperatorCalibration? {
        completed.first { $0.id == wantedBaseline } ?? completed.first
    }
    /// What is known of the differences from it.
    private var differences: OperatorCalibrationComparison? {
        comparison.value.flatMap { $0.baseline == baseline?.id ? $0 : nil }
    }
    private var rows: CalibrationComparisonRows { CalibrationComparisonRows(runs, differences) }

    package func can(_ command: Command, _ scope: Scope) -> Bool { completed.count > 1 }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        content.loadIfOlder(than: .seconds(2), request, &context)
    }
    package mutating func refresh(_ context: inout ScreenContext) { content.load(request, &context) }
    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if content.receive(answer, &context), content.failure == nil { compare(&context) }
        comparison.receive(answer, &context)
    }

    private mutating func compare(_ context: inout ScreenContext) {
        guard let baseline, completed.count > 1 else { return }
        comparison.load(.calibrationComparison(of: group, baseline: baseline.id), &context)
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        let completed = completed
        guard let index = completed.firstIndex(where: { $0.id == baseline?.id }) else { return }
        wantedBaseline = completed[(index + 1) % completed.count].id
        compare(&context)
    }

    package mutating func resize(_ size: Size) { self.size = size }
    package mutating func move(_ move: Move, _ context: inout ScreenContext) {
        top = scroll.top(after: move, from: firstRow)
    }

    private var scroll: TextScroll { TextScroll(lines: rows.all.count, rows: max(1, size.rows - Self.headRows)) }
    /// The first row that is seen: while the differences are not known there may be fewer than where it stood.
    private var firstRow: Int { scroll.clamped(top) }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        guard content.value != nil, !runs.isEmpty else {
            EmptyList(
                subject: "runs of this group", isRead: content.value != nil, failure: content.failure,
                failingSince: content.failingSince
            ).draw(into: &frame, area, scope)
            return
        }
        let shown = shown(columns: area.columns.count)
        for (index, run) in shown.enumerated() { drawHead(of: run, index, into: &frame, area, scope) }
        for (row, line) in zip(area.below(Self.headRows).rows, rows.all.dropFirst(firstRow)) {
            frame.put(
                line.title, row, area.columns.lowerBound + 1, Style(line.ink), width: titleWidth(area.columns.count))
            for (index, run) in shown.enumerated() {
                guard let cell = line.cells[run.id] else { continue }
                frame.put(cell.text, row, endingAt: end(of: index, area), Style(cell.ink))
            }
        }
    }

    /// The newest runs that there is room for, and the baseline in any case.
    private func shown(columns: Int) -> [OperatorCalibration] {
        let room = max(1, (columns - titleWidth(columns) - 2) / Self.columnWidth)
        let newest = runs.suffix(room)
        guard room > 1, let baseline, !newest.contains(where: { $0.id == baseline.id }) else { return Array(newest) }
        return [baseline] + newest.dropFirst()
    }

    private func drawHead(
        of run: OperatorCalibration, _ index: Int, into frame: inout Frame, _ area: Area, _ scope: Scope
    ) {
        let lines = [
            (run.label, Ink.strong), (ItemFigures.age(run.createdAt, scope) + " ago", .quiet),
            ("\(run.word) n=\(Formats.count(run.completed))", run.ink),
        ]
        for (row, line) in zip(area.top(Self.headRows).rows, lines) {
            let text = TextLines(line.0, width: Self.columnWidth - 2, charset: frame.charset, limit: 1).lines.first
            frame.put(text.map { String($0) } ?? "", row, endingAt: end(of: index, area), Style(line.1))
        }
    }

    private func titleWidth(_ columns: Int) -> Int {
        min(Self.widestTitle, max(8, columns - Self.columnWidth - 2))
    }

    private func end(of index: Int, _ area: Area) -> Int {
        area.columns.lowerBound + 1 + titleWidth(area.columns.count) + (index + 1) * Self.columnWidth
    }

    // MARK: What it tells

    package func address(_ scope: Scope) -> [Segment] {
        let scroll = scroll
        let first = scroll.clamped(top)
        let last = min(scroll.lines, first + scroll.rows)
        let part = scroll.lines > scroll.rows ? "\(first + 1)-\(last) of \(scroll.lines)" : ""
        let (some, all) = (shown(columns: size.columns).count, runs.count)
        let count = (some < all ? "\(some) of " : "") + "\(Formats.count(all)) runs"
        return [Segment(some > 1 ? "\(count), the oldest first" : count), content.age(scope), Segment(part)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure = content.failure { return Segment("Not read: \(failure.message)", .bad) }
        if let failure = comparison.failure { return Segment("Differences not read: \(failure.message)", .bad) }
        if comparison.isLoading, differences == nil { return Segment("The differences are being computed", .accent) }
        let best = "* is the best of a row"
        return Segment(differences == nil ? best : "\(best). What differs is told below, on what both have scored")
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        CalibrationComparisonExplanation.of(runs, baseline: baseline, differences, missing: missing, scope)
    }

    /// Why no differences are known.
    private var missing: String {
        let isComparable = completed.count > 1
        if isComparable, let failure = comparison.failure { return "They were not read: \(failure.message)" }
        return isComparable && comparison.isLoading
            ? "They are being computed." : "They need two completed runs."
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard content.value != nil else { return nil }
        return Sheet(
            titles: ["FIGURE"] + runs.map(\.label),
            rows: rows.all.filter { !$0.title.isEmpty }.map { row in
                [row.title.trimmingBlanks] + runs.map { row.cells[$0.id]?.text ?? "" }
            }, json: differences.map { Sheet.json($0) } ?? Sheet.json(runs))
    }
}
