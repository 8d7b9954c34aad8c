internal import FoundationEssentials
internal import Terminal

/// Picks names for a field of a form: typing narrows the list, Enter picks; where several may be named, Space chooses each.
package struct NamePicker: Sendable {
    /// What keys do there; every other key is text.
    package enum Command: Sendable, Hashable {
        case pick, toggle, up, down, pageUp, pageDown, leave
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter)], .pick, hint: "pick", "Put it into the field: what is chosen, else the line"),
        Binding(
            [.character(" ")], .toggle, hint: "choose",
            "Where several may be named: choose the line, or not any more; behind typed text only after an arrow"),
        Binding([Key(.up), .control("p")], .up, "A line up", .move),
        Binding([Key(.down), .control("n")], .down, "A line down", .move),
        Binding([Key(.pageUp)], .pageUp, "A screen up", .move),
        Binding([Key(.pageDown)], .pageDown, "A screen down", .move),
        Binding([Key(.escape)], .leave, hint: "close", "Close the list; the field stays as it is", .everywhere),
    ]

    /// What a key did.
    enum Outcome: Sendable {
        case stay
        /// The field is this now.
        case pick(String)
    }

    private static let page = 8

    private let title: String
    private let source: NameSource
    private let takesSeveral: Bool
    private var typed = TextField()
    private var cursor = 0
    /// Whether a key went to the line, since the text was typed.
    private var isAimed = false
    /// What is chosen, in the order in which it was.
    private var chosen: [String]
    private var isChosenAnew = false
    private var found: NameSource.Found?
    /// For which text they were asked.
    private var asked = ""
    private var taking: NameSource.Taking?
    private(set) var failure: ServerFailure?

    /// Opens for a field, with what it names already.
    init(_ field: FormField, _ names: FormField.Names, _ context: inout ScreenContext) {
        title = field.label
        source = names.source
        takesSeveral = names.areSeveral
        chosen = names.areSeveral ? FormValues.list(in: field.value) : []
        found = source.known
        if found == nil { taking = source.ask("", &context) }
    }

    /// The keys that make sense there.
    var help: [KeyHelp] {
        Self.bindings.filter { takesSeveral || $0.command != .toggle }.map(KeyHelp.init)
    }

    /// What the text leaves: the names that hold every typed word.
    private var matches: [NameSource.Name] {
        let words = typed.text.lowercased().split(separator: " ")
        return (found?.names ?? []).filter { name in
            let text = name.label.lowercased()
            return words.allSatisfy { text.contains($0) }
        }
    }

    // MARK: Keys

    mutating func press(_ key: Key, _ context: inout ScreenContext) -> Outcome {
        switch KeyTables.command(key, in: Self.bindings) {
        case .pick: return pick()
        case .toggle where takesSeveral && (isAimed || typed.text.isEmpty): toggle()
        case .up: aim(at: cursor - 1)
        case .down: aim(at: cursor + 1)
        case .pageUp: aim(at: cursor - Self.page)
        case .pageDown: aim(at: cursor + Self.page)
        case .toggle, .leave, nil: if typed.take(key) { narrow(&context) }
        }
        return .stay
    }

    private mutating func aim(at line: Int) {
        cursor = min(max(0, line), max(0, matches.count - 1))
        isAimed = true
    }

    mutating func paste(_ text: String, _ context: inout ScreenContext) {
        typed.insert(text)
        narrow(&context)
    }

    private mutating func narrow(_ context: inout ScreenContext) {
        cursor = 0
        isAimed = false
        // While an answer is waited for, that comes first.
        if taking == nil { askIfNeeded(&context) }
    }

    /// What was found for a part of the text has everything in it, unless there was more.
    private mutating func askIfNeeded(_ context: inout ScreenContext) {
        let text = typed.text.trimmingBlanks
        if let found, !found.isCut, text.lowercased().hasPrefix(asked.lowercased()) { return }
        guard text != asked || failure != nil else { return }
        asked = text
        taking = source.ask(text, &context)
    }

    private mutating func pick() -> Outcome {
        let matches = matches
        if !isChosenAnew, matches.indices.contains(cursor) {
            let name = matches[cursor]
            guard takesSeveral else { return .pick(name.value) }
            choose(name)
        }
        return chosen.isEmpty && !isChosenAnew ? .stay : .pick(chosen.joined(separator: ", "))
    }

    /// Adds a name to those that are chosen, in the place of the beginning of one that was typed into the field.
    private mutating func choose(_ name: NameSource.Name) {
        if let last = chosen.last, isHalf(last, of: name) { chosen.removeLast() }
        if !chosen.contains(where: name.isMeant) { chosen.append(name.value) }
    }

    /// Whether a text of the field is none of the names: as far as all are known, or because it is a part of this one.
    private func isHalf(_ text: String, of name: NameSource.Name) -> Bool {
        guard let found, UUID(uuidString: text) == nil else { return false }
        guard !found.names.contains(where: { $0.isMeant(by: text) }) else { return false }
        return asked.isEmpty && !found.isCut || name.label.lowercased().contains(text.lowercased())
    }

    private mutating func toggle() {
        let matches = matches
        guard matches.indices.contains(cursor) else { return }
        isChosenAnew = true
        let name = matches[cursor]
        if let index = chosen.firstIndex(where: name.isMeant) { chosen.remove(at: index) } else { choose(name) }
        cursor = min(matches.count - 1, cursor + 1)
    }

    /// Takes the names that come; says whether the answer was for it.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        guard let result = taking?(answer) else { return false }
        taking = nil
        switch result {
        case .success(let found):
            (self.found, failure) = (found, nil)
            askIfNeeded(&context)
        case .failure(let failure): self.failure = failure
        }
        cursor = min(cursor, max(0, matches.count - 1))
        return true
    }

    // MARK: Picture

    func draw(into frame: inout Frame, _ area: Area) {
        let panel = Panel(heading, width: 76, height: min(max(matches.count, 6), 16) + 3, in: area)
        panel.draw(into: &frame)
        let inside = panel.inside
        guard let row = inside.rows.first else { return }
        let left = inside.columns.lowerBound + 1
        let width = inside.columns.count - 2
        let place = typed.draw(into: &frame, row, left, width: width, Style(.plain, on: .field))
        frame.showCursor(row, place)
        let rows = inside.rows.dropFirst()
        let matches = matches
        if matches.isEmpty, let row = rows.first {
            frame.put(state.text, row, left, Style(state.ink, on: .panel), width: width)
        }
        let first = max(0, min(cursor - rows.count + 1, matches.count - rows.count))
        for (row, (offset, name)) in zip(rows, matches.enumerated().dropFirst(first)) {
            draw(name, isFocused: offset == cursor, into: &frame, row, inside)
        }
        if matches.count - first > rows.count || found?.isCut == true { panel.drawMore(into: &frame) }
    }

    private func draw(_ name: NameSource.Name, isFocused: Bool, into frame: inout Frame, _ row: Int, _ inside: Area) {
        let ground: Ground = isFocused ? .selection : .panel
        frame.fill(row, Style(.plain, on: ground), from: inside.columns.lowerBound, width: inside.columns.count)
        let left = inside.columns.lowerBound + 1
        let width = inside.columns.count - 2
        let isChosen = chosen.contains(where: name.isMeant)
        let box = takesSeveral ? (isChosen ? "[x] " : "[ ] ") : ""
        let detail = width >= 50 ? name.detail : ""
        let end = frame.put(box, row, left, Style(isChosen ? .accent : .quiet, on: ground))
        frame.put(
            name.label, row, end, Style(isChosen ? .strong : .plain, on: ground),
            width: left + width - end - (detail.isEmpty ? 0 : detail.columns + 2))
        frame.put(detail, row, endingAt: left + width, Style(.quiet, on: ground))
    }

    private var heading: String {
        chosen.isEmpty ? title : "\(title): \(Formats.count(chosen.count)) chosen"
    }

    /// Why no name is shown.
    private var state: (text: String, ink: Ink) {
        if taking != nil { return ("Reading the \(source.plural)", .quiet) }
        if let failure { return ("Not read: \(failure.message)", .bad) }
        return found?.names.isEmpty == true && typed.text.isEmpty
            ? ("There are no \(source.plural) yet", .quiet) : ("None of the \(source.plural) is called that", .quiet)
    }
}
