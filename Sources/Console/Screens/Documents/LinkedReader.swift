import Terminal

/// A document of which some lines lead somewhere: Tab goes from one to the next, Enter opens it. Where none does, Tab goes
/// from section to section.
struct LinkedReader<Target: Sendable & Hashable>: Sendable {
    /// A line that leads somewhere.
    struct Link: Sendable, Hashable {
        let line: Int
        let target: Target
    }

    private var reader = Reader()
    private var links: [Link] = []
    private var focus: Int?

    var document: Document? { reader.document }
    /// Which lines are on the screen, empty when all are.
    var position: String { reader.position }
    /// Where the line in focus leads.
    var target: Target? { link?.target }

    private var link: Link? { focus.flatMap { links.indices.contains($0) ? links[$0] : nil } }

    /// Shows a document, at the line where the one before stood.
    mutating func show(_ document: Document?, _ links: [Link] = []) {
        reader.show(document)
        self.links = links
        if let focus, focus >= links.count { self.focus = nil }
    }

    /// Shows something else, from its start.
    mutating func clear() {
        reader.move(.start)
        show(nil)
    }

    mutating func resize(rows: Int) { reader.resize(rows: rows) }
    mutating func move(_ move: Move) { reader.move(move) }
    mutating func nextSection() { reader.nextSection() }
    mutating func previousSection() { reader.previousSection() }

    mutating func focusNext() {
        if links.isEmpty { reader.nextSection() } else { focus(on: (focus ?? -1) + 1) }
    }

    mutating func focusPrevious() {
        if links.isEmpty { reader.previousSection() } else { focus(on: (focus ?? links.count) - 1) }
    }

    private mutating func focus(on index: Int) {
        // Round and round, as Tab does.
        focus = (index + links.count) % links.count
        if let link { reader.reveal(link.line) }
    }

    /// Draws the visible lines; the one in focus on the ground of a selection, from the first column on.
    func draw(into frame: inout Frame, _ area: Area) {
        reader.draw(into: &frame, area)
        guard let line = link?.line, let lines = reader.document?.lines, lines.indices.contains(line) else { return }
        let row = area.rows.lowerBound + line - reader.top
        guard area.rows.contains(row) else { return }
        let left = max(0, area.columns.lowerBound - 1)
        frame.fill(row, Style(.plain, on: .selection), from: left, width: area.columns.upperBound - left)
        frame.put(Marks(frame.charset).cursor, row, left, Style(.accent, on: .selection))
        var column = area.columns.lowerBound
        for span in lines[line].spans {
            let style = Style(span.style.ink, on: .selection)
            column = frame.put(span.text, row, column, style, width: area.columns.upperBound - column)
        }
    }
}
