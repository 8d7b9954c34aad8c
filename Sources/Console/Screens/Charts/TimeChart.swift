package import Terminal

/// A series over time as an area: an axis that starts at 0 and names its end, the times of its ends below. In braille, two
/// samples and four levels a cell; in ASCII, one sample and one level. What is not known is left blank, which 0 is not.
package struct TimeChart: Sendable {
    /// What is drawn: the whole, and below it in another ink a part of it.
    let values: [Double?]
    let part: [Double?]
    let ink: Ink
    let partInk: Ink
    private let caption: String?
    private let label: @Sendable (Double) -> String
    private let start: String
    private let end: String
    private let marks: [ChartMark]

    /// - Parameters:
    ///   - values: the samples, in equal steps of time.
    ///   - part: what of them is of another kind, such as failures.
    ///   - ink: the ink of the whole.
    ///   - partInk: the ink of the part.
    ///   - caption: what is measured, in which unit and window; then the largest and the smallest are said as well.
    ///   - label: a value as the axis writes it.
    ///   - start: the time of the first sample.
    ///   - end: the time of the last one.
    ///   - marks: what happened meanwhile.
    package init(
        values: [Double?], part: [Double?] = [], ink: Ink = .series1, partInk: Ink = .bad, caption: String? = nil,
        label: @escaping @Sendable (Double) -> String, start: String, end: String, marks: [ChartMark] = []
    ) {
        self.values = values
        self.part = part
        self.ink = ink
        self.partInk = partInk
        self.caption = caption
        self.label = label
        self.start = start
        self.end = end
        self.marks = marks
    }

    package func draw(into frame: inout Frame, _ area: Area) {
        frame.clipped(to: area.rows, area.columns) { drawWhole(into: &$0, area) }
    }

    private func drawWhole(into frame: inout Frame, _ area: Area) {
        let known = Series.known(values)
        let axis = ChartAxis(
            caption: caption, top: Series.axisEnd(known.max() ?? 0), label: label, start: start, end: end, marks: marks)
        guard let plot = axis.plot(in: area) else { return }
        axis.draw(into: &frame, area, known: known)
        axis.drawMarks(into: &frame, plot)
        guard !known.isEmpty else { return }
        var grid = DotGrid(columns: plot.columns.count, rows: plot.rows.count, frame.charset)
        let heights = Series.heights(Series.fitted(values, to: grid.width), top: axis.top, levels: grid.height)
        let parts = Series.heights(Series.fitted(part, to: grid.width), top: axis.top, levels: grid.height, least: 0)
        // Zero is a line on the ground.
        for (x, height) in heights.enumerated() where height == 0 { grid.set(x, 0, .faint, ascii: ".") }
        for (x, height) in heights.enumerated() { grid.fill(x, to: height ?? 0, ink) }
        drawParts(parts, into: &grid, frame.charset)
        grid.draw(into: &frame, plot.rows.lowerBound, plot.columns.lowerBound)
    }

    /// A cell has one ink: the part's where it fills half of the cell, or a little would look like much.
    private func drawParts(_ parts: [Int?], into grid: inout DotGrid, _ charset: Charset) {
        let size = charset == .unicode ? (width: 2, height: 4) : (width: 1, height: 1)
        for cell in stride(from: 0, to: parts.count, by: size.width) {
            let pair = parts[cell..<min(cell + size.width, parts.count)]
            let highest = pair.compactMap { $0 }.max() ?? 0
            for floor in stride(from: 0, to: highest, by: size.height) where highest >= floor + (size.height + 1) / 2 {
                for (offset, height) in pair.enumerated() {
                    for y in floor..<max(floor, min(floor + size.height, height ?? 0)) {
                        grid.set(cell + offset, y, partInk, ascii: "x")
                    }
                }
            }
        }
    }
}
