import Terminal

/// The help of a place, made from the table that binds its keys.
struct HelpPanel: Sendable {
    /// One line: a section's title, or keys and what they do.
    struct Line: Sendable, Hashable {
        let keys: String
        let text: String
        let isTitle: Bool
    }

    private static let widest = 76

    let lines: [Line]
    private let size: Size
    private let keyColumns: Int

    init(_ context: KeyContext, size: Size) {
        self.size = size
        let bindings = Keymap.bindings(context)
        var lines: [Line] = []
        for section in Binding.Section.allCases {
            let members = Self.joined(bindings.filter { $0.section == section })
            guard !members.isEmpty else { continue }
            if !lines.isEmpty { lines.append(Line(keys: "", text: "", isTitle: false)) }
            lines.append(Line(keys: section.rawValue, text: "", isTitle: true))
            lines += members
        }
        if context == .executions || context == .filter { lines += Self.grammar }
        self.lines = lines
        keyColumns = min(28, (lines.filter { !$0.isTitle }.map(\.keys.columns).max() ?? 0) + 2)
    }

    /// The nine digits are one line.
    private static func joined(_ bindings: [Binding]) -> [Line] {
        var lines: [Line] = []
        for binding in bindings {
            if case .detail(.openPart(let number)) = binding.command {
                if number == 1 {
                    lines.append(Line(keys: "1 ... 9", text: "Open an evaluator of a judge", isTitle: false))
                }
            } else {
                lines.append(Line(keys: binding.keyNames, text: binding.explanation, isTitle: false))
            }
        }
        return lines
    }

    private static let grammar = [
        Line(keys: "", text: "", isTitle: false),
        Line(keys: "Filters", text: "", isTitle: true),
        Line(keys: "word", text: "A part of the name; several must all be", isTitle: false),
        Line(keys: "failed ok", text: "By outcome", isTitle: false),
        Line(keys: "score<0.5", text: "Also <= > >=; latency>2s, cost>0.01", isTitle: false),
        Line(keys: "judge:\"My judge\"", text: "Also evaluator: type: project: model:", isTitle: false),
        Line(keys: "tag:nightly", text: "Also session: user:", isTitle: false),
    ]

    /// How many lines are visible at once.
    private var rows: Int { max(1, min(lines.count, Layout(size: size).body.count - 4)) }

    /// The first visible line after a move.
    func top(after move: Move, from top: Int) -> Int {
        let target: Int
        switch move {
        case .up: target = top - 1
        case .down: target = top + 1
        case .pageUp: target = top - rows
        case .pageDown: target = top + rows
        case .start: target = 0
        case .end: target = lines.count
        }
        return min(max(0, target), lines.count - rows)
    }

    /// Draws the panel over what is there.
    func draw(into frame: inout Frame, top: Int) {
        let body = Layout(size: size).body
        let width = min(Self.widest, size.columns - 2)
        let left = (size.columns - width) / 2
        let height = rows + 2
        let first = body.lowerBound + max(0, (body.count - height) / 2)
        let style = Style(.plain, on: .panel)
        let marks = Marks(frame.charset)
        let top = min(top, lines.count - rows)
        frame.hideCursor()
        for row in first..<first + height { frame.fill(row, style, from: left, width: width) }
        Panel.border(into: &frame, row: first, column: left, width: width, height: height, title: "Help")
        for (offset, line) in lines[top..<top + rows].enumerated() {
            let row = first + 1 + offset
            if line.isTitle {
                frame.put(line.keys, row, left + 2, Style(.strong, on: .panel), width: width - 4)
            } else {
                frame.put(line.keys, row, left + 2, Style(.accent, on: .panel), width: keyColumns - 1)
                frame.put(line.text, row, left + 2 + keyColumns, style, width: width - keyColumns - 4)
            }
        }
        if top + rows < lines.count {
            frame.put(" more \(marks.between) ", first + height - 1, left + width - 10, Style(.quiet, on: .panel))
        }
    }
}

/// Boxes over the page.
enum Panel {
    static func border(into frame: inout Frame, row: Int, column: Int, width: Int, height: Int, title: String) {
        let marks = Marks(frame.charset)
        let style = Style(.faint, on: .panel)
        for edge in [row, row + height - 1] { frame.rule(marks.rule, edge, style, from: column, width: width) }
        for place in row + 1..<max(row + 1, row + height - 1) {
            frame.put(marks.side, place, column, style)
            frame.put(marks.side, place, column + width - 1, style)
        }
        frame.put(marks.corners[0], row, column, style)
        frame.put(marks.corners[1], row, column + width - 1, style)
        frame.put(marks.corners[2], row + height - 1, column, style)
        frame.put(marks.corners[3], row + height - 1, column + width - 1, style)
        frame.put(" \(title) ", row, column + 2, Style(.strong, on: .panel), width: width - 4)
    }
}
