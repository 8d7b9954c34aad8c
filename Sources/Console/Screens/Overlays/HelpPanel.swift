import Terminal

/// The help of a screen, made from the tables that bind its keys.
struct HelpPanel: Sendable {
    /// One line: a section's title, or keys and what they do.
    struct Line: Sendable, Hashable {
        let keys: String
        let text: String
        let isTitle: Bool
    }

    private static let widest = 80

    let lines: [Line]
    private let area: Area
    private let keyColumns: Int

    /// The help for what is offered, and for the words of a filter where there is one.
    init(_ help: [KeyHelp], vocabulary: [QueryField], in area: Area) {
        self.area = area
        var lines: [Line] = []
        func title(_ text: String) {
            if !lines.isEmpty { lines.append(Line(keys: "", text: "", isTitle: false)) }
            lines.append(Line(keys: text, text: "", isTitle: true))
        }
        for section in KeySection.allCases {
            let members = help.filter { $0.section == section }
            guard !members.isEmpty else { continue }
            title(section.rawValue)
            lines += members.map { Line(keys: $0.keyNames, text: $0.explanation, isTitle: false) }
        }
        if !vocabulary.isEmpty {
            title("Filters")
            lines += QueryField.grammar.map { Line(keys: $0.example, text: $0.meaning, isTitle: false) }
            lines += vocabulary.map { Line(keys: $0.example, text: $0.meaning, isTitle: false) }
        }
        self.lines = lines
        keyColumns = min(28, (lines.filter { !$0.isTitle }.map(\.keys.columns).max() ?? 0) + 2)
    }

    /// How many lines are visible at once.
    private var rows: Int { max(1, min(lines.count, area.rows.count - 2)) }

    /// The first visible line after a move.
    func top(after move: Move, from top: Int) -> Int {
        TextScroll(lines: lines.count, rows: rows).top(after: move, from: top)
    }

    /// Draws the panel over what is there.
    func draw(into frame: inout Frame, top: Int) {
        let panel = Panel("Help", width: Self.widest, height: lines.count + 2, in: area)
        panel.draw(into: &frame)
        let top = min(top, max(0, lines.count - panel.inside.rows.count))
        let left = panel.inside.columns.lowerBound + 1
        let width = panel.inside.columns.count - 2
        for (row, line) in zip(panel.inside.rows, lines.dropFirst(top)) {
            if line.isTitle {
                frame.put(line.keys, row, left, Style(.strong, on: .panel), width: width)
            } else {
                frame.put(line.keys, row, left, Style(.accent, on: .panel), width: keyColumns - 1)
                frame.put(line.text, row, left + keyColumns, Style(.plain, on: .panel), width: width - keyColumns)
            }
        }
        if top + panel.inside.rows.count < lines.count { panel.drawMore(into: &frame) }
    }
}

/// Scrolling of lines that have no cursor.
struct TextScroll {
    let lines: Int
    /// How many are visible at once.
    let rows: Int

    /// The first visible line after a move.
    func top(after move: Move, from top: Int) -> Int {
        let target: Int
        switch move {
        case .up: target = top - 1
        case .down: target = top + 1
        case .pageUp: target = top - max(1, rows - 1)
        case .pageDown: target = top + max(1, rows - 1)
        case .start: target = 0
        case .end: target = lines
        }
        return clamped(target)
    }

    /// The first visible line as near to one as there are lines.
    func clamped(_ top: Int) -> Int { min(max(0, top), max(0, lines - rows)) }
}
