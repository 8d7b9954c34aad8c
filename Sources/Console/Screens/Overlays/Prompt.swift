internal import Terminal

/// A question that is answered by a line of text.
package struct Prompt: Sendable {
    /// Who gets the text.
    enum Purpose: Sendable {
        case screen(@Sendable (String) -> AnyCommand)
        case saveView
    }

    let title: String
    /// What is asked for, and an example.
    let hint: String
    /// What is wrong with a text, `nil` when it can be taken.
    let problem: @Sendable (String) -> String?
    let purpose: Purpose
    /// Whether what is typed is not shown.
    let isSecret: Bool
    private(set) var field: TextField
    private(set) var complaint: String?

    /// A question of a screen; `command` makes of the text what the screen does.
    package init<Command: Sendable & Hashable>(
        _ title: String, hint: String = "", text: String = "", isSecret: Bool = false,
        problem: @escaping @Sendable (String) -> String? = { _ in nil },
        _ command: @escaping @Sendable (String) -> Command
    ) {
        self.init(
            title, hint: hint, text: text, isSecret: isSecret, problem: problem,
            purpose: .screen { AnyCommand(command($0)) })
    }

    init(
        _ title: String, hint: String, text: String, isSecret: Bool = false,
        problem: @escaping @Sendable (String) -> String?, purpose: Purpose
    ) {
        self.title = title
        self.hint = hint
        self.problem = problem
        self.purpose = purpose
        self.isSecret = isSecret
        field = TextField(text)
    }

    mutating func press(_ key: Key) -> OverlayOutcome {
        switch key {
        case Key(.enter):
            complaint = problem(field.text)
            return complaint == nil ? .typed(field.text, purpose) : .stay(.prompt(self))
        case Key(.escape): return .close
        default:
            _ = field.take(key)
            complaint = nil
            return .stay(.prompt(self))
        }
    }

    mutating func paste(_ text: String) { field.insert(text) }

    func draw(into frame: inout Frame, _ area: Area) {
        let panel = Panel(title, width: max(60, hint.columns + 4), height: 5, in: area)
        panel.draw(into: &frame)
        let inside = panel.inside
        guard let row = inside.rows.first else { return }
        let left = inside.columns.lowerBound + 1
        let cursor = field.draw(
            into: &frame, row, left, width: inside.columns.count - 2, Style(.plain, on: .field),
            as: isSecret ? .masked : .clear)
        frame.showCursor(row, cursor)
        guard inside.rows.count > 2 else { return }
        let note = complaint ?? hint
        let style = Style(complaint == nil ? .quiet : .bad, on: .panel)
        frame.put(note, row + 2, left, style, width: inside.columns.count - 2)
    }
}
