import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// One item of a dataset: what was asked and answered, what people found, and how it was before.
package struct DatasetItemScreen: Screen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case nextSection, previousSection, older, newer, edit
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.tab)], .nextSection, hint: "next part", "Go to the next part of the text"),
        Binding([Key(.tab, .shift)], .previousSection, "Go to the part before"),
        Binding([.character("[")], .older, hint: "older", "Show the version before"),
        Binding([.character("]")], .newer, hint: "newer", "Show the version after"),
        Binding(
            [.character("E")], .edit, hint: "edit", "Edit the answer in your editor: that makes a new version", .action,
            needs: .datasetUpdate),
    ]

    private var row: OperatorDatasetItem
    private var versions = Loadable<OperatorDatasetItemPage>()
    /// 0 is the latest version.
    private var place = 0
    private var reader = Reader()
    private var revising = Awaited<OperatorDatasetItem>()
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode

    /// An item of the list.
    package init(_ item: OperatorDatasetItem) { row = item }

    /// The version that is shown.
    var item: OperatorDatasetItem {
        guard let known = versions.value?.results, known.indices.contains(place) else { return row }
        return known[place]
    }
    private var versionCount: Int { versions.value?.results.count ?? 1 }

    package var title: String { "Item \(row.number)" }
    package var isSettled: Bool { versions.isSettled }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .older: place + 1 < versionCount
        case .newer: place > 0
        case .edit: item.isLatest && !item.isArchived
        case .nextSection, .previousSection: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        layOut()
        versions.loadIfOlder(than: .seconds(30), .datasetItemVersions(row), &context)
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        versions.load(.datasetItemVersions(row), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if let result = revising.take(answer) {
            switch result {
            case .success(let item):
                row = item
                place = 0
                context.say("A new version is there", .good)
                refresh(&context)
            case .failure(let failure): context.say("Not saved: \(failure.message)", .bad)
            }
        }
        if versions.receive(answer, &context) { place = min(place, max(0, versionCount - 1)) }
        layOut()
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextSection: reader.nextSection()
        case .previousSection: reader.previousSection()
        case .older: place += 1
        case .newer: place -= 1
        case .edit: context.edit(item.response, suffix: "txt")
        }
        layOut()
    }

    package mutating func edited(_ text: String?, _ context: inout ScreenContext) {
        guard let text, text != item.response else { return context.say("Nothing was changed") }
        revising.ask(
            .reviseDatasetItem(item, OperatorDatasetItemChange(response: text, changeNote: "Edited in the console")),
            &context)
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    private mutating func layOut() {
        let division = DocumentDivision(size: size)
        reader.resize(rows: division.rows)
        reader.show(Self.document(of: item, width: division.textWidth, charset: charset))
    }

    static func document(of item: OperatorDatasetItem, width: Int, charset: Charset) -> Document {
        var document = Document(width: width, charset: charset)
        document.section("Asked", item.request.isEmpty ? nil : item.request)
        document.section("Conversation", item.conversation.isEmpty ? nil : item.conversation)
        document.section("Answered", item.response.isEmpty ? nil : item.response)
        document.section("Expected", item.expectedOutput.isEmpty ? nil : item.expectedOutput)
        for (number, text) in item.contexts.enumerated() { document.section("Context \(number + 1)", text) }
        for (name, value) in item.variables.sorted(by: { $0.key < $1.key }) { document.section(name, value) }
        document.add(item.labels)
        return document
    }

    // MARK: What it tells

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let item = item
        let facts = FactList(facts: [
            NamedFact("state", item.isArchived ? "archived" : item.isLatest ? "latest version" : "older version"),
            NamedFact("version", "\(versionCount - place) of \(versionCount)"),
            NamedFact("made", Formats.full(item.createdAt)),
            NamedFact("note", item.changeNote.isEmpty ? "-" : item.changeNote), .divider,
            NamedFact("label", item.labelWords), .divider, NamedFact("item", item.externalID.lowercase, .quiet),
            NamedFact("version id", item.id.lowercase, .quiet),
        ])
        let compact = ["version \(versionCount - place) of \(versionCount)", "label \(item.labelWords)"]
            .joined(separator: " \(scope.marks.separator) ")
        FactsPane(facts, compact: compact).draw(into: &frame, area) { reader.draw(into: &$0, $1) }
    }

    package func address(_ scope: Scope) -> [Segment] {
        [Segment("version \(versionCount - place) of \(versionCount)", .strong), Segment(reader.position)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if revising.isWaiting { return Segment("Telling the server", .accent) }
        return versions.failure.map { Segment("Versions not read: \($0.message)", .bad) }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        [
            Copy("i", "identifier", item.externalID.lowercase), Copy("a", "what was answered", item.response),
            Copy("r", "what was asked", item.request),
        ]
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        Sheet(
            titles: ["VERSION", "SINCE", "NOTE"],
            rows: (versions.value?.results ?? [row]).map {
                [$0.id.lowercase, Formats.full($0.createdAt), $0.changeNote]
            }, json: Sheet.json(versions.value?.results ?? [row]))
    }
}
