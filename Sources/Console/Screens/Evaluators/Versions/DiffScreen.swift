package import Terminal
package import WireAPI

/// What differs between two versions of an evaluator or a judge.
package struct DiffScreen: Screen {
    /// What keys can make it do.
    package enum Command: Sendable, Hashable { case next, previous, unfold }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.tab), .character("]")], .next, hint: "next change", "Go to the next change"),
        Binding([Key(.tab, .shift), .character("[")], .previous, "Go to the change before"),
        Binding([.character("f")], .unfold, hint: "full text", "Show what did not change as well, or fold it"),
    ]

    private let item: OperatorItemReference
    private let old: OperatorVersion
    private let new: OperatorVersion
    private var oldDocument = Loadable<OperatorDocument>()
    private var newDocument = Loadable<OperatorDocument>()
    private var diff: TextDiff?
    private var reader = Reader()
    private var isUnfolded = false
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode

    package init(_ item: OperatorItemReference, from old: OperatorVersion, to new: OperatorVersion) {
        self.item = item
        self.old = old
        self.new = new
    }

    package var title: String { "v\(old.number) to v\(new.number)" }
    package var isSettled: Bool { diff != nil || failure != nil }
    package var failure: ServerFailure? { diff == nil ? oldDocument.failure ?? newDocument.failure : nil }

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        if diff == nil { refresh(&context) }
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        oldDocument.load(.document(item.kind, item.id, version: old.id), &context)
        newDocument.load(.document(item.kind, item.id, version: new.id), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        oldDocument.receive(answer, &context)
        newDocument.receive(answer, &context)
        guard diff == nil, let before = oldDocument.value, let after = newDocument.value else { return }
        diff = TextDiff(from: DocumentText.compared(before.text), to: DocumentText.compared(after.text))
        layOut()
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .next: reader.nextSection()
        case .previous: reader.previousSection()
        case .unfold:
            isUnfolded.toggle()
            layOut()
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        self.size = size
        reader.resize(rows: size.rows)
        layOut()
    }

    private mutating func layOut() {
        guard let diff else { return }
        reader.show(
            DiffDocument(diff, width: size.columns - 2, charset: charset, isUnfolded: isUnfolded).document)
    }

    package func address(_ scope: Scope) -> [Segment] {
        guard let diff else { return [] }
        let counts = diff.counts
        return [
            Segment("+\(counts.added)", .added), Segment("-\(counts.removed)", .removed),
            Segment("\(new.author.fullName), \(Formats.dayAndMinute(new.createdAt)) UTC  \(new.changeNote)"),
            Segment(reader.position),
        ]
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        if diff == nil {
            let text = failure?.message ?? "Reading both versions"
            frame.put(text, area.rows.lowerBound, 1, Style(failure == nil ? .quiet : .bad))
        }
        reader.draw(into: &frame, Area(rows: area.rows, columns: 1..<max(2, area.columns.upperBound - 1)))
    }
}
