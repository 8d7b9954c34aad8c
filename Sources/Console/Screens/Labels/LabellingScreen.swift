package import FoundationEssentials
package import Terminal
package import WireAPI

/// Labelling: one item or execution after the other, a single key for each answer, the next one at once.
///
/// Answers are sent as they are given, and what comes next is there already. What could not be stored is said, and its item
/// comes again, behind the one that is answered meanwhile.
package struct LabellingScreen<Queue: LabelQueue>: Screen {
    /// What menus and questions make it do; its other keys are those of the answers.
    package enum Command: Sendable, Hashable {
        case undo
        case reason(String, item: UUID)
    }

    /// When nothing is left; before, the keys are `LabellingKeys` and those of the answers.
    package static var bindings: [Binding<Command>] {
        [Binding([.character("u")], .undo, hint: "undo", "Take the last label back, and show again what it was for")]
    }

    /// A label that was given here.
    private struct Given: Sendable {
        let item: Queue.Item
        let words: String
        let reason: String?
        var label: OperatorLabel?
    }

    private var queue: Queue
    private let scale: OperatorScale
    private let keys: LabelKeys
    private var given: [Given] = []
    private var storing = Awaited<OperatorLabel>()
    private var undoing = Awaited<OperatorNothing>()
    /// Whose label is being taken back.
    private var undone: Given?
    private var session = SessionWatch()
    private var isWarned = false
    private var skipped = 0
    /// Why, as it was typed for items whose answer was not given yet.
    private var reasons: [UUID: String] = [:]
    private var reader = Reader()
    /// Which item the reader is at.
    private var shown: UUID?
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode

    /// Of what comes, on a scale.
    package init(_ queue: Queue, _ scale: OperatorScale) {
        self.queue = queue
        self.scale = scale
        keys = LabelKeys(scale)
    }

    package var title: String { "Label \(queue.subject)" }
    package var isSettled: Bool { queue.isRead || failure != nil }
    package var failure: ServerFailure? { queue.failure }
    private var item: Queue.Item? { queue.current }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        if session.hasChanged(context.scope) { forgetQuestions(&context) }
        queue.begin(&context)
        layOut()
    }

    /// What was asked in a session that has ended is never answered.
    private mutating func forgetQuestions(_ context: inout ScreenContext) {
        queue.forget()
        if undoing.isWaiting {
            undoing.forget()
            undone = nil
            context.say("It is not known whether the last label was taken back", .caution)
        }
        if storing.isWaiting {
            storing.forget()
            context.say("It is not known whether the last answer was stored: what it was for comes again", .caution)
            putLastBack(&context)
        }
    }

    /// Only what is left when nothing is shown: what somebody is answering does not change under their finger.
    package mutating func refresh(_ context: inout ScreenContext) {
        guard item == nil else { return }
        skipped = 0
        queue.beginAnew(&context)
        layOut()
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        queue.receive(answer, &context)
        takeStored(answer, &context)
        takeUndone(answer, &context)
        layOut()
    }

    private mutating func takeStored(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard let result = storing.take(answer) else { return }
        switch result {
        case .success(let label):
            if let last = given.indices.last { given[last].label = label }
        case .failure(let failure):
            let isKnown = failure.kind != .timedOut && failure.kind != .unreachable
            context.say(
                (isKnown ? "Not stored: " : "It is not known whether it was stored: ") + failure.message, .bad)
            putLastBack(&context)
        }
    }

    /// What was given last is no label: what it was for comes again, with the reason that was typed.
    private mutating func putLastBack(_ context: inout ScreenContext) {
        guard let last = given.popLast() else { return }
        reasons[queue.id(of: last.item)] = last.reason
        queue.putBack(last.item, behindCurrent: true, &context)
    }

    private mutating func takeUndone(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard let result = undoing.take(answer), let undone else { return }
        self.undone = nil
        // A label that is not there any more is taken back, too.
        guard case .failure(let failure) = result, failure.kind != .notFound else { return }
        context.say("Not taken back: \(failure.message)", .bad)
        given.append(undone)
        reasons[queue.id(of: undone.item)] = nil
        queue.advance(isLabelled: true, &context)
    }

    // MARK: Keys

    package var isTyping: Bool { item != nil }
    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .undo: item == nil && !given.isEmpty
        case .reason: true
        }
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .undo: undo(&context)
        case .reason(let text, let item): reasons[item] = text.isEmpty ? nil : text
        }
    }

    package var typingHelp: [KeyHelp] {
        let answers = keys.answers.map { answer in
            Binding(
                [.character(answer.key)], 0, hint: keys.answers.count <= 5 ? answer.label : nil,
                "Answer \(answer.label)", .action)
        }
        return answers.map { KeyHelp($0) } + LabellingKeys.bindings.map { KeyHelp($0) }
    }

    package mutating func type(_ key: Key, _ context: inout ScreenContext) -> Bool {
        guard let item else { return false }
        if let answer = keys.answer(to: key) {
            store(answer, of: item, &context)
            return true
        }
        switch KeyTables.command(key, in: LabellingKeys.bindings) {
        case .skip: skip(item, &context)
        case .undo: undo(&context)
        case .reason: askReason(of: item, &context)
        case .explain: context.perform(.explain)
        case .down: reader.move(.down)
        case .up: reader.move(.up)
        case .pageDown: reader.move(.pageDown)
        case .pageUp: reader.move(.pageUp)
        case .help, .leave, nil: return false
        }
        return true
    }

    package mutating func dismiss(_ context: inout ScreenContext) -> Bool {
        guard storing.isWaiting || undoing.isWaiting, !isWarned else { return false }
        isWarned = true
        let what = storing.isWaiting ? "The last answer is still being stored" : "The last label is being taken back"
        context.say("\(what); Esc again leaves", .caution)
        return true
    }

    /// Says that nothing goes on while a label is taken back: it may be there after all.
    private func waitsForUndo(_ context: inout ScreenContext) -> Bool {
        if undoing.isWaiting { context.say("The last label is being taken back", .caution) }
        return undoing.isWaiting
    }

    private mutating func skip(_ item: Queue.Item, _ context: inout ScreenContext) {
        guard !waitsForUndo(&context) else { return }
        reasons[queue.id(of: item)] = nil
        skipped += 1
        queue.advance(isLabelled: false, &context)
        layOut()
    }

    /// Asks why; an item that could not be read is read again instead.
    private mutating func askReason(of item: Queue.Item, _ context: inout ScreenContext) {
        if reader.document == nil, failure != nil {
            queue.forget()
            return queue.begin(&context)
        }
        let id = queue.id(of: item)
        context.present(
            Prompt("Why", hint: "It is stored with the answer that comes next", text: reasons[id] ?? "") {
                Command.reason($0, item: id)
            })
    }

    private mutating func store(
        _ answer: LabelKeys.Answer, of item: Queue.Item, _ context: inout ScreenContext
    ) {
        // Nobody labels what they have not seen.
        guard reader.document != nil else { return context.say("It is not read yet: s skips it", .caution) }
        // One at a time: what was given last is what undo takes back.
        guard !storing.isWaiting else { return context.say("The last answer is still being stored", .caution) }
        guard !waitsForUndo(&context) else { return }
        let reason = reasons.removeValue(forKey: queue.id(of: item))
        storing.ask(.label(queue.draft(of: item, on: scale, value: answer.value, rationale: reason)), &context)
        isWarned = false
        given.append(Given(item: item, words: answer.label, reason: reason))
        queue.advance(isLabelled: true, &context)
        layOut()
    }

    private mutating func undo(_ context: inout ScreenContext) {
        guard !waitsForUndo(&context) else { return }
        guard let last = given.last else { return context.say("Nothing was answered here yet") }
        guard let label = last.label else { return context.say("The answer is still being stored", .caution) }
        given.removeLast()
        undone = last
        if let item { reasons[queue.id(of: item)] = nil }
        reasons[queue.id(of: last.item)] = last.reason
        queue.putBack(last.item, behindCurrent: false, &context)
        undoing.ask(.takeBackLabel(label.id), &context)
        isWarned = false
        context.say("\(last.words) for \(queue.name(of: last.item)) is taken back")
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
            item.flatMap { queue.document(of: $0, width: min(112, max(1, size.columns - 2)), charset: charset) })
        let id = item.map(queue.id)
        if id != shown { reader.move(.start) }
        shown = id
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        guard item != nil, reader.document != nil else {
            return placeholder.draw(into: &frame, area, scope)
        }
        let text = Area(
            rows: area.rows.lowerBound..<max(area.rows.lowerBound, area.rows.upperBound - 2), columns: area.columns)
        reader.draw(into: &frame, Area(rows: text.rows, columns: 1..<max(2, area.columns.upperBound - 1)))
        drawAnswers(into: &frame, area)
    }

    /// What stands where no text is: why it was not read, that it is being read, or that nothing is left.
    private var placeholder: EmptyList {
        if let failure {
            return EmptyList(
                subject: queue.noun, isRead: true, failure: nil, failingSince: nil, nothing: failure.message,
                hint: item == nil ? "r tries again." : "r tries again, s skips.")
        }
        return EmptyList(
            subject: item == nil ? "\(queue.noun) to label" : "text", isRead: queue.isRead && item == nil,
            failure: nil, failingSince: nil,
            nothing: queue.isReading ? "Reading on" : "Nothing is left to label on \(scale.name).", hint: ending)
    }

    /// What is said when nothing is left.
    private var ending: String {
        if skipped > 0 { return "\(Formats.count(skipped)) \(skipped == 1 ? "was" : "were") skipped; r shows again." }
        return lastWords.map { "u takes it back. \($0)" } ?? ""
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
        var words = given.last.map {
            "Last: \($0.words) for \(queue.name(of: $0.item))\($0.label == nil ? ", being stored" : "")"
        }
        if let item, let reason = reasons[queue.id(of: item)] {
            words = [words, "why: \(reason)"].compactMap { $0 }.joined(separator: "; ")
        }
        return words
    }

    package func address(_ scope: Scope) -> [Segment] {
        [
            Segment(scale.name, .strong),
            Segment(item.map(queue.name) ?? ""),
            Segment("\(Formats.count(queue.done)) of \(Formats.count(queue.total)) labelled"),
            Segment(reader.position),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure { return Segment("Not read: \(failure.message)", .bad) }
        guard queue.total > 0 else { return nil }
        return Segment(
            "\(Formats.percent(Double(queue.done) / Double(queue.total))) done, \(Formats.count(given.count)) of it now"
        )
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        Explanation(scale.name, definition: "The scale on which you label: \(scale.words).")
            .adding("Keys", keys.answers.map { "\(Character($0.key)) \($0.label)" }.joined(separator: ", "))
            .adding("Stored", "Each answer at once, published, in your name. u takes the last one back.")
    }
}
