package import Terminal
package import WireAPI

/// One version of an evaluator or a judge, as its document.
package struct VersionScreen: Screen {
    /// What keys can make it do.
    package enum Command: Sendable, Hashable { case compare }

    package static let bindings: [Binding<Command>] = [
        Binding([.character("d")], .compare, hint: "diff", "Show what it changed")
    ]

    private let item: OperatorItemReference
    private let version: OperatorVersion
    private let before: OperatorVersion?
    private var document = Loadable<OperatorDocument>()
    private var reader = Reader()
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode

    /// A version, and the one before it where there is one.
    package init(_ item: OperatorItemReference, _ version: OperatorVersion, before: OperatorVersion?) {
        self.item = item
        self.version = version
        self.before = before
    }

    package var title: String { "v\(version.number)" }
    package var isSettled: Bool { document.isSettled }
    package var failure: ServerFailure? { document.value == nil ? document.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool { before != nil }

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        // A version never changes: what was read is still true.
        if document.value == nil { refresh(&context) }
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        document.load(.document(item.kind, item.id, version: version.id), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if document.receive(answer, &context) { layOut() }
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        if let before { context.push(DiffScreen(item, from: before, to: version)) }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        self.size = size
        reader.resize(rows: size.rows)
        layOut()
    }

    private mutating func layOut() {
        guard let text = document.value?.text else { return }
        var lines = Document(width: min(112, size.columns - 2), charset: charset, isUnfolded: true)
        for line in TextDiff.lines(of: DocumentText.withoutComments(text)) {
            let indent = min(line.prefix { $0 == " " }.count, lines.width / 2)
            lines.body(String(line.dropFirst(indent)), indent: indent)
        }
        reader.show(lines)
    }

    package func address(_ scope: Scope) -> [Segment] {
        let note = version.changeNote.isEmpty ? "" : "  \(version.changeNote)"
        return [
            Segment("\(Formats.dayAndMinute(version.createdAt)) UTC by \(version.author.fullName)\(note)"),
            Segment(reader.position),
        ]
    }

    package func copies(_ scope: Scope) -> [Copy] {
        var copies = [Copy("i", "identifier of the version", version.id.lowercase)]
        if let text = document.value?.text { copies.append(Copy("t", "document", DocumentText.withoutComments(text))) }
        return copies
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        if reader.document == nil {
            let text = failure?.message ?? "Reading version \(version.number)"
            frame.put(text, area.rows.lowerBound, 1, Style(failure == nil ? .quiet : .bad))
        }
        reader.draw(into: &frame, Area(rows: area.rows, columns: 1..<max(2, area.columns.upperBound - 1)))
    }
}

/// Documents of the server as people read them here.
enum DocumentText {
    /// The document without the comments on top, which say how to edit it.
    static func withoutComments(_ text: String) -> String {
        var rest = text[...]
        while rest.hasPrefix("#") {
            guard let end = rest.firstIndex(where: \.isNewline) else { return "" }
            rest = rest[rest.index(after: end)...]
        }
        return String(rest)
    }

    /// What makes one version different from another: without the comments and its number, which always are.
    static func compared(_ text: String) -> String {
        withoutComments(text).split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("version:") }.joined(separator: "\n")
    }
}
