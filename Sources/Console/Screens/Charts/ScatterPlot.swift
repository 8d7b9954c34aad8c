import Terminal

/// Points between two scales from 0 to 1, with the line on which both are alike: dots of braille, or marks of ASCII.
struct ScatterPlot: Sendable {
    let points: [(x: Double, y: Double)]
    /// What is measured along each side.
    let horizontal: String
    let vertical: String
    /// Where a yes begins, on both scales; `nil` for no lines.
    var threshold: Double?

    /// The fewest rows and columns that show anything.
    static let smallest = Size(columns: 16, rows: 6)

    func draw(into frame: inout Frame, _ area: Area) {
        guard area.columns.count >= Self.smallest.columns, area.rows.count >= Self.smallest.rows else { return }
        let left = area.columns.lowerBound + 5
        let plot = Area(
            rows: area.rows.lowerBound + 1..<area.rows.upperBound - 2, columns: left..<area.columns.upperBound)
        frame.put(vertical, area.rows.lowerBound, area.columns.lowerBound, Style(.quiet), width: area.columns.count)
        drawScales(into: &frame, area, plot)
        var behind = DotGrid(columns: plot.columns.count, rows: plot.rows.count, frame.charset)
        drawLines(into: &behind)
        behind.draw(into: &frame, plot.rows.lowerBound, left)
        var grid = DotGrid(columns: plot.columns.count, rows: plot.rows.count, frame.charset)
        for point in points { draw(point, into: &grid) }
        grid.draw(into: &frame, plot.rows.lowerBound, left)
        if points.isEmpty {
            frame.put("no scores yet", plot.rows.lowerBound + plot.rows.count / 2, left + 2, Style(.quiet))
        }
    }

    /// Four dots, as one is hardly seen; in ASCII a mark.
    private func draw(_ point: (x: Double, y: Double), into grid: inout DotGrid) {
        let isFine = grid.width > grid.columns
        let (x, y) = (Self.place(point.x, grid.width), Self.place(point.y, grid.height))
        let (left, low) = (isFine ? min(x, grid.width - 2) : x, isFine ? min(y, grid.height - 2) : y)
        for (right, up) in isFine ? [(0, 0), (1, 0), (0, 1), (1, 1)] : [(0, 0)] {
            grid.set(left + right, low + up, ink(of: point), ascii: "o")
        }
    }

    private func drawScales(into frame: inout Frame, _ area: Area, _ plot: Area) {
        let bottom = plot.rows.upperBound - 1
        let marks = Marks(frame.charset)
        for (row, label) in [
            (plot.rows.lowerBound, "1.0"), (plot.rows.lowerBound + plot.rows.count / 2, "0.5"), (bottom, "0.0"),
        ] { frame.put(label, row, endingAt: plot.columns.lowerBound - 2, Style(.quiet)) }
        for row in plot.rows { frame.put(marks.side, row, plot.columns.lowerBound - 1, Style(.faint)) }
        frame.put("0.0", bottom + 1, plot.columns.lowerBound, Style(.quiet))
        frame.put("1.0", bottom + 1, endingAt: plot.columns.upperBound, Style(.quiet))
        let column = plot.columns.lowerBound + max(4, (plot.columns.count - horizontal.columns) / 2)
        frame.put(horizontal, bottom + 1, column, Style(.quiet), width: plot.columns.upperBound - 4 - column)
    }

    /// The line of agreement, and the threshold on both scales.
    private func drawLines(into grid: inout DotGrid) {
        if let threshold {
            let (x, y) = (Self.place(threshold, grid.width), Self.place(threshold, grid.height))
            for step in stride(from: 0, to: grid.height, by: 2) { grid.set(x, step, .faint, ascii: ":") }
            for step in stride(from: 0, to: grid.width, by: 2) { grid.set(step, y, .faint, ascii: ".") }
        }
        for x in stride(from: 0, to: grid.width, by: 2) {
            grid.set(x, Self.place(Double(x) / Double(max(1, grid.width - 1)), grid.height), .quiet, ascii: "/")
        }
    }

    /// Near to the line of agreement, further away, far away.
    private func ink(of point: (x: Double, y: Double)) -> Ink {
        switch abs(point.x - point.y) {
        case ..<0.15: .good
        case ..<0.4: .caution
        default: .bad
        }
    }

    private static func place(_ value: Double, _ width: Int) -> Int {
        Int((min(1, max(0, value)) * Double(max(0, width - 1))).rounded())
    }
}
