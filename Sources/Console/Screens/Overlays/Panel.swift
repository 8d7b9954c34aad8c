import Terminal

/// A box in the middle of the page.
struct Panel {
    let title: String
    /// The whole box.
    let outside: Area
    /// What is left inside the border.
    let inside: Area
    private let ground: Ground

    /// A box of at most a size, as large as the area allows.
    init(_ title: String, width: Int, height: Int, in area: Area, on ground: Ground = .panel) {
        self.title = title
        self.ground = ground
        let width = min(max(width, title.columns + 6), max(1, area.columns.count - 2))
        let height = min(height, area.rows.count)
        let left = area.columns.lowerBound + max(0, (area.columns.count - width) / 2)
        let top = area.rows.lowerBound + max(0, (area.rows.count - height) / 2)
        outside = Area(rows: top..<top + height, columns: left..<left + width)
        inside = Area(
            rows: min(top + 1, top + height)..<max(top + 1, top + height - 1),
            columns: min(left + 1, left + width)..<max(left + 1, left + width - 1))
    }

    func draw(into frame: inout Frame) {
        frame.hideCursor()
        let marks = Marks(frame.charset)
        let style = Style(.faint, on: ground)
        let width = outside.columns.count
        let left = outside.columns.lowerBound
        for row in outside.rows { frame.fill(row, Style(.plain, on: ground), from: left, width: width) }
        guard let first = outside.rows.first, let last = outside.rows.last, width > 1 else { return }
        for row in [first, last] { frame.rule(marks.rule, row, style, from: left, width: width) }
        for row in outside.rows.dropFirst().dropLast() {
            frame.put(marks.side, row, left, style)
            frame.put(marks.side, row, left + width - 1, style)
        }
        for (corner, place) in zip(
            marks.corners, [(first, left), (first, left + width - 1), (last, left), (last, left + width - 1)])
        {
            frame.put(corner, place.0, place.1, style)
        }
        frame.put(" \(title) ", first, left + 2, Style(.strong, on: ground), width: width - 4)
    }

    /// Says on the lower border that there is more.
    func drawMore(into frame: inout Frame) {
        let text = " more \(Marks(frame.charset).between) "
        frame.put(
            text, outside.rows.upperBound - 1, endingAt: outside.columns.upperBound - 2, Style(.quiet, on: ground))
    }
}
