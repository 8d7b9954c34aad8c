import Terminal

/// A titled part of the page with a border: what dashboards are made of.
struct Pane {
    /// What is left inside the border.
    let inside: Area
    private let area: Area
    private let title: String
    private let note: String
    private let isLit: Bool

    /// `note` stands at the right of the title; a lit one is looked at.
    init(_ title: String, note: String = "", isLit: Bool = false, in area: Area) {
        self.area = area
        self.title = title
        self.note = note
        self.isLit = isLit
        inside = Area(
            rows: area.rows.lowerBound + 1..<max(area.rows.lowerBound + 1, area.rows.upperBound - 1),
            columns: area.columns.lowerBound + 2..<max(area.columns.lowerBound + 2, area.columns.upperBound - 2))
    }

    func draw(into frame: inout Frame) {
        guard let first = area.rows.first, let last = area.rows.last, first < last, area.columns.count > 4 else {
            return
        }
        let marks = Marks(frame.charset)
        let style = Style(isLit ? .accent : .faint)
        let left = area.columns.lowerBound
        let right = area.columns.upperBound - 1
        for row in [first, last] { frame.rule(marks.rule, row, style, from: left, width: area.columns.count) }
        for row in first + 1..<last {
            frame.put(marks.side, row, left, style)
            frame.put(marks.side, row, right, style)
        }
        for (corner, place) in zip(marks.corners, [(first, left), (first, right), (last, left), (last, right)]) {
            frame.put(corner, place.0, place.1, style)
        }
        // The mark says what the colour says.
        let name = isLit ? "\(marks.cursor)\(title)" : " \(title)"
        let end = frame.put("\(name) ", first, left + 1, Style(isLit ? .strong : .plain), width: area.columns.count - 3)
        if !note.isEmpty, right - 3 - note.columns > end {
            frame.put(" \(note) ", first, right - 2 - note.columns, Style(.quiet))
        }
    }
}
