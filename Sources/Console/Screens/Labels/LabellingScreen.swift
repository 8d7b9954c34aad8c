import FoundationEssentials
package import Terminal
package import WireAPI

/// Labelling: one item after the other, a single key for each answer, the next item at once.
///
/// Answers are sent as they are given, and the next item is there already: items come some at a time. What could not be
/// stored is said, and its item comes again.
package struct LabellingScreen: Screen {
    /// What menus and questions make it do; its keys are those of the answers.
    package enum Command: Sendable, Hashable {
        case rationale(String)
    }

    package static var bindings: [Binding<Command>] { [] }

    /// So many items are asked for at once, and more when so few are left.
    private static let ahead = 10
    private static let few = 4

    /// A label that was given here.
    private struct Given: Sendable {
        let item: OperatorDatasetItem
        let words: String
        var label: OperatorLabel?
    }

    private let dataset: OperatorDataset
    private let scale: OperatorScale
    private let keys: LabelKeys
    private var waiting: [OperatorDatasetItem] = []
    private var given: [Given] = []
    private var reading = Awaited<OperatorLabelling>()
    private var storing = Awaited<OperatorLabel>()
    private var undoing = Awaited<OperatorNothing>()
    private var total = 0
    private var done = 0
    private var skipped = 0
    private var isRead = false
    private var isAtEnd = false
    private var rationale = ""
    private var furthest: Int?
    package private(set) var failure: ServerFailure?
    private var reader = Reader()
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode

    package init(_ dataset: OperatorDataset, _ scale: OperatorScale) {
        self.dataset = dataset
        self.scale = scale
        keys = LabelKeys(scale)
    }

    package var title: String { "Label \(dataset.label)" }
    package var isSettled: Bool { isRead || failure != nil }
    private var item: OperatorDatasetItem? { waiting.first }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        layOut()
        if !isRead { read(&context) }
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        guard !reading.isWaiting else { return }
        furthest = nil
        isAtEnd = false
        waiting = []
        read(&context)
    }

    private mutating func read(_ context: inout ScreenContext) {
        guard !reading.isWaiting, !isAtEnd else { return }
        reading.ask(.labelling(dataset.id, on: scale.id, behind: furthest, limit: Self.ahead), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if let result = reading.take(answer) {
            switch result {
            case .success(let found):
                (isRead, failure) = (true, nil)
                (total, done) = (found.total, max(done, found.done))
                isAtEnd = found.items.count < Self.ahead
                waiting += found.items.filter { item in !waiting.contains { $0.externalID == item.externalID } }
                furthest = waiting.last?.number ?? furthest
            case .failure(let failure): self.failure = failure
            }
        }
        takeStored(answer, &context)
        if let result = undoing.take(answer), case .failure(let failure) = result {
            context.say("Not taken back: \(failure.message)", .bad)
        }
        layOut()
    }

    private mutating func takeStored(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard let result = storing.take(answer) else { return }
        switch result {
        case .success(let label):
            if let last = given.indices.last { given[last].label = label }
        case .failure(let failure):
            context.say("Not stored: \(failure.message)", .bad)
            if let last = given.popLast() {
                waiting.insert(last.item, at: 0)
                done -= 1
            }
        }
    }

    // MARK: Keys

    package var isTyping: Bool { item != nil }
    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .rationale(let text): rationale = text
        }
    }

    package var typingHelp: [KeyHelp] {
        let answers = keys.answers.map { answer in
            Binding(
                [.character(answer.key)], 0, hint: keys.answers.count <= 5 ? answer.label : nil,
                "Answer \(answer.label)", .action)
        }
        let others = [
            Binding([.character("s")], 0, hint: "skip", "Leave the item as it is and go on"),
            Binding([.character("u")], 0, hint: "undo", "Take the last label back"),
            Binding([.character("r")], 0, hint: "why", "Say why, with the answer that comes next"),
            Binding([Key(.down), .character("j")], 0, "Read on in the item"),
            Binding([Key(.up), .character("k")], 0, "Read back in the item"),
            Binding([Key(.escape)], 0, hint: "leave", "Leave; what is answered is stored", .everywhere),
        ]
        return (answers + others).map { KeyHelp($0) }
    }

    package mutating func type(_ key: Key, _ context: inout ScreenContext) -> Bool {
        guard let item else { return false }
        if let answer = keys.answer(to: key) {
            store(answer, of: item, &context)
            return true
        }
        switch key {
        case .character("s"):
            waiting.removeFirst()
            skipped += 1
            goOn(&context)
        case .character("u"): undo(&context)
        case .character("r"):
            context.present(
                Prompt("Why", hint: "It is stored with the answer that comes next", text: rationale) {
                    Command.rationale($0)
                })
        case Key(.down), .character("j"): reader.move(.down)
        case Key(.up), .character("k"): reader.move(.up)
        case Key(.pageDown), .character(" "): reader.move(.pageDown)
        case Key(.pageUp): reader.move(.pageUp)
        default: return false
        }
        return true
    }

    private mutating func store(
        _ answer: LabelKeys.Answer, of item: OperatorDatasetItem, _ context: inout ScreenContext
    ) {
        // One at a time: what was given last is what undo takes back.
        guard !storing.isWaiting else { return context.say("The last answer is still being stored", .caution) }
        storing.ask(
            .label(
                OperatorLabelDraft(
                    itemID: item.id, scaleID: scale.id, value: answer.value,
                    rationale: rationale.isEmpty ? nil : rationale)), &context)
        given.append(Given(item: item, words: answer.label))
        rationale = ""
        waiting.removeFirst()
        done += 1
        goOn(&context)
    }

    private mutating func undo(_ context: inout ScreenContext) {
        guard let last = given.last else { return context.say("Nothing was answered here yet") }
        guard let label = last.label else { return context.say("The answer is still being stored", .caution) }
        given.removeLast()
        waiting.insert(last.item, at: 0)
        done -= 1
        undoing.ask(.takeBackLabel(label.id), &context)
        context.say("\(last.words) for item \(last.item.number) is taken back")
        layOut()
    }

    private mutating func goOn(_ context: inout ScreenContext) {
        if waiting.count <= Self.few { read(&context) }
        layOut()
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }
    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    private mutating func layOut() {
        reader.resize(rows: max(1, size.rows - 3))
        reader.show(
            item.map { DatasetItemScreen.document(of: $0, width: min(112, max(1, size.columns - 2)), charset: charset) }
        )
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        guard item != nil else {
            EmptyList(
                subject: "items to label", isRead: isRead, failure: failure, failingSince: nil,
                nothing: reading.isWaiting ? "Reading on" : "Nothing is left to label on \(scale.name).",
                hint: skipped > 0 ? "\(Formats.count(skipped)) were skipped; r shows them again." : ""
            ).draw(into: &frame, area, scope)
            return
        }
        let text = Area(
            rows: area.rows.lowerBound..<max(area.rows.lowerBound, area.rows.upperBound - 2), columns: area.columns)
        reader.draw(into: &frame, Area(rows: text.rows, columns: 1..<max(2, area.columns.upperBound - 1)))
        drawAnswers(into: &frame, area)
    }

    /// The answers with their keys in the last row, what was given last above it.
    private func drawAnswers(into frame: inout Frame, _ area: Area) {
        guard area.rows.count >= 3, let last = area.rows.last else { return }
        if let words = lastWords {
            frame.put(words, last - 1, area.columns.lowerBound + 1, Style(.quiet), width: area.columns.count - 2)
        }
        var column = area.columns.lowerBound + 1
        for answer in keys.answers {
            let key = String(Character(answer.key))
            guard column + key.columns + answer.label.columns + 1 < area.columns.upperBound else { break }
            column = frame.put(key, last, column, Style(.accent))
            column = frame.put(" \(answer.label)", last, column, Style(.plain)) + 2
        }
    }

    private var lastWords: String? {
        var words = given.last.map { "Item \($0.item.number): \($0.words)\($0.label == nil ? ", being stored" : "")" }
        if !rationale.isEmpty { words = [words, "why: \(rationale)"].compactMap { $0 }.joined(separator: "; ") }
        return words
    }

    package func address(_ scope: Scope) -> [Segment] {
        [
            Segment(scale.name, .strong),
            Segment(item.map { "item \($0.number)" } ?? ""),
            Segment("\(Formats.count(done)) of \(Formats.count(total)) labelled"),
            Segment(reader.position),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure { return Segment("Not read: \(failure.message)", .bad) }
        guard total > 0 else { return nil }
        return Segment("\(Formats.percent(Double(done) / Double(total))) done, \(Formats.count(given.count)) of it now")
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        Explanation(scale.name, definition: "The scale on which you label: \(scale.words).")
            .adding("Keys", keys.answers.map { "\(Character($0.key)) \($0.label)" }.joined(separator: ", "))
            .adding("Stored", "Each answer at once, published, in your name. u takes the last one back.")
    }
}
