package import FoundationEssentials
package import Terminal
internal import WireAPI

/// Two executions side by side: what became of scores, latency and cost, and what is different in every text.
package struct CompareScreen: Screen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case next, previous, unfold, openOlder, openNewer
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.tab), .character("]")], .next, hint: "next section", "Go to the next section"),
        Binding([Key(.tab, .shift), .character("[")], .previous, "Go to the section before"),
        Binding([.character("f")], .unfold, hint: "full text", "Show what is alike as well, or fold it"),
        Binding([.character("o")], .openOlder, hint: "older", "Open the older execution"),
        Binding([.character("n")], .openNewer, hint: "newer", "Open the newer execution"),
    ]

    private let old: UUID
    private let new: UUID
    private var oldDetail = Loadable<OperatorExecutionDetail>()
    private var newDetail = Loadable<OperatorExecutionDetail>()
    private(set) var comparison: ExecutionComparison?
    private(set) var reader = Reader()
    private var isFolded = false
    private var isUnfolded = false
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode

    /// Compares an execution with one that is newer.
    package init(_ old: UUID, _ new: UUID) {
        self.old = old
        self.new = new
    }

    package var title: String { "Compare" }
    package var isSettled: Bool { comparison != nil || failure != nil }
    package var failure: ServerFailure? { comparison == nil ? oldDetail.failure ?? newDetail.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .unfold: isUnfolded || isFolded
        case .next, .previous, .openOlder, .openNewer: true
        }
    }

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        if comparison == nil { refresh(&context) }
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        oldDetail.load(.execution(old), &context)
        newDetail.load(.execution(new), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard oldDetail.receive(answer, &context) || newDetail.receive(answer, &context) else { return }
        guard let before = oldDetail.value, let after = newDetail.value else { return }
        comparison = ExecutionComparison(before, after)
        layOut()
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .next: reader.nextSection()
        case .previous: reader.previousSection()
        case .unfold:
            isUnfolded.toggle()
            layOut()
        case .openOlder: open(old, oldDetail.value, &context)
        case .openNewer: open(new, newDetail.value, &context)
        }
    }

    private func open(_ id: UUID, _ detail: OperatorExecutionDetail?, _ context: inout ScreenContext) {
        context.push(ExecutionScreen(id: id, name: detail?.execution.name ?? "Execution", row: detail?.execution))
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        self.size = size
        reader.resize(rows: size.rows)
        layOut()
    }

    private mutating func layOut() {
        guard let comparison else { return }
        let text = CompareDocument(comparison, width: size.columns - 2, charset: charset, isUnfolded: isUnfolded)
        isFolded = text.isFolded
        reader.show(text.document)
    }

    // MARK: What the chrome says

    package func address(_ scope: Scope) -> [Segment] {
        guard let before = oldDetail.value?.execution, let after = newDetail.value?.execution else { return [] }
        return [
            Segment(before.name == after.name ? before.name : "\(before.name), \(after.name)", .strong),
            Segment(
                "\(Formats.dayAndTime(before.createdAt)) \(scope.marks.between) \(Formats.dayAndTime(after.createdAt))"),
            Segment(reader.position),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure { return Segment(failure.message, .bad) }
        guard let comparison else { return Segment("Reading both executions") }
        let count = comparison.differences
        let words = count == 0 ? "Every text is alike" : "\(count) of \(comparison.sections.count) texts are different"
        return Segment(isFolded ? "\(words). f shows what is alike as well." : "\(words).")
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        Explanation(
            "Compare",
            definition: "Two executions, the older one first; each line of their texts with what became of it."
        )
        .adding(
            "Signs",
            "- is only in the older, + only in the newer, ~ is in both and different. Words that differ are set off."
        )
        .adding(
            "Change",
            "The newer minus the older. Green is better: a higher score, less time, less cost. One execution of each says "
                + "little: models answer differently each time.")
    }

    package func copies(_ scope: Scope) -> [Copy] {
        var copies = [Copy("o", "older identifier", old.lowercase), Copy("n", "newer identifier", new.lowercase)]
        if let comparison { copies.append(Copy("d", "differences", Self.text(of: comparison))) }
        return copies
    }

    private static func text(of comparison: ExecutionComparison) -> String {
        var lines = comparison.facts.filter { !$0.isAlike }.map { "~ \($0.label): \($0.old) -> \($0.new) \($0.change)" }
        for section in comparison.sections where !section.diff.isEmpty {
            lines.append("@@ \(section.title)")
            for case .changed(let old, let new) in section.diff.rows {
                if let old { lines.append("- \(old.text)") }
                if let new { lines.append("+ \(new.text)") }
            }
        }
        return lines.joined(separator: "\n")
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let comparison, let before = oldDetail.value, let after = newDetail.value else { return nil }
        return Sheet(
            titles: ["FACT", "OLDER", "NEWER", "CHANGE"],
            rows: comparison.facts.map { [$0.label, $0.old, $0.new, $0.change] }, json: Sheet.json([before, after]))
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        guard comparison == nil else {
            reader.draw(into: &frame, Area(rows: area.rows, columns: 1..<max(2, area.columns.count - 1)))
            return
        }
        let row = area.rows.lowerBound + 1
        guard let failure else {
            frame.put("Reading both executions", row, 1, Style(.quiet))
            return
        }
        frame.put("\(scope.marks.failure) \(failure.message)", row, 1, Style(.bad), width: area.columns.count - 2)
        if failure.isTransient { frame.put("Trying again by itself; r tries now.", row + 1, 3, Style(.quiet)) }
    }
}
