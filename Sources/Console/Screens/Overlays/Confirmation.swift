internal import Terminal

/// A question before something that cannot simply be taken back. It says what will happen to how many things, and wants
/// a number or a name typed: no single key agrees.
package struct Confirmation: Sendable {
    /// Keys that come this soon after the panel opened were meant for the screen below.
    static let settling = Duration.milliseconds(300)

    let title: String
    /// What will happen, to what, at what cost; one line each.
    let effects: [String]
    /// What must be typed: the count, or the name.
    let word: String
    let command: AnyCommand
    let openedAt: Duration
    private(set) var field = TextField()
    private(set) var complaint: String?

    /// A question of a screen.
    package init(
        _ title: String, effects: [String], typing word: String, at now: Duration, _ command: some Sendable & Hashable
    ) {
        self.title = title
        self.effects = effects
        self.word = word
        self.command = AnyCommand(command)
        openedAt = now
    }

    mutating func press(_ key: Key, at now: Duration) -> OverlayOutcome {
        guard now - openedAt >= Self.settling else { return .stay(.confirmation(self)) }
        switch key {
        case Key(.escape): return .close
        case Key(.enter):
            guard field.text == word else {
                // Enter alone keeps everything as it was.
                guard !field.text.isEmpty else { return .close }
                complaint = "That is not \(word): nothing was done. Esc leaves it."
                return .stay(.confirmation(self))
            }
            return .perform(command)
        default:
            _ = field.take(key)
            complaint = nil
            return .stay(.confirmation(self))
        }
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let ask = "Type \(word) and Enter to do it. Esc cancels."
        let width = ([title.columns + 4, ask.columns, 50] + effects.map(\.columns)).max() ?? 50
        let lines = effects.flatMap {
            TextLines($0, width: min(width, area.columns.count - 6), charset: frame.charset, limit: 20).lines
        }
        let panel = Panel(title, width: width + 4, height: lines.count + 6, in: area, on: .danger)
        panel.draw(into: &frame)
        let inside = panel.inside
        let left = inside.columns.lowerBound + 1
        let room = inside.columns.count - 2
        var row = inside.rows.lowerBound
        // The question must be seen; on a small screen the effects give way.
        for line in lines.prefix(max(0, inside.rows.count - 3)) {
            frame.put(line, row, left, Style(.plain, on: .danger), width: room)
            row += 1
        }
        if inside.rows.count > lines.count + 3 { row += 1 }
        frame.put(complaint ?? ask, row, left, Style(complaint == nil ? .strong : .caution, on: .danger), width: room)
        guard row + 1 < inside.rows.upperBound else { return }
        let cursor = field.draw(
            into: &frame, row + 1, left, width: min(room, max(20, word.columns + 2)), Style(.plain, on: .field))
        frame.showCursor(row + 1, cursor)
    }
}
