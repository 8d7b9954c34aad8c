package import Terminal

/// Scrolling through a document: which part of it is on the screen.
package struct Reader: Sendable {
    package private(set) var document: Document?
    /// The first line on the screen.
    package private(set) var top = 0
    private var rows = 1

    package init() {}

    /// Shows a document, at the line where the one before stood.
    package mutating func show(_ document: Document?) {
        self.document = document
        scroll(to: top)
    }

    /// The number of rows that the screen has for it.
    package mutating func resize(rows: Int) {
        self.rows = max(1, rows)
        scroll(to: top)
    }

    package mutating func move(_ move: Move) {
        scroll(to: TextScroll(lines: document?.lines.count ?? 0, rows: rows).top(after: move, from: top))
    }

    /// Goes to where the next section starts.
    package mutating func nextSection() {
        if let next = document?.sections.first(where: { $0 > top }) { scroll(to: next) }
    }

    /// Goes to where the section before starts.
    package mutating func previousSection() {
        if let previous = document?.sections.last(where: { $0 < top }) { scroll(to: previous) }
    }

    /// Brings a line onto the screen.
    package mutating func reveal(_ line: Int) {
        if line < top { scroll(to: line) }
        if line >= top + rows { scroll(to: line - rows + 1) }
    }

    /// Which lines are on the screen, empty when all are.
    package var position: String {
        guard let count = document?.lines.count else { return "" }
        let last = min(count, top + rows)
        if top == 0, last == count { return "" }
        return "\(Formats.count(top + 1))-\(Formats.count(last)) of \(Formats.count(count))"
    }

    private mutating func scroll(to line: Int) {
        top = min(max(0, line), max(0, (document?.lines.count ?? 0) - rows))
    }

    /// Draws the visible lines.
    package func draw(into frame: inout Frame, _ area: Area) {
        guard let document else { return }
        for (row, line) in zip(area.rows, document.lines.dropFirst(top)) { draw(line, row, area, into: &frame) }
    }

    private func draw(_ line: Document.Line, _ row: Int, _ area: Area, into frame: inout Frame) {
        var column = area.columns.lowerBound
        for span in line.spans where !span.text.isEmpty {
            let room = area.columns.upperBound - column
            let end = frame.putLinked(span.text, row, column, span.style, width: room)
            column = line.isTitle ? end + 1 : end
        }
        guard line.isTitle else { return }
        let marks = Marks(frame.charset)
        frame.rule(marks.rule, row, Style(.faint), from: column, width: area.columns.upperBound - column)
    }
}
