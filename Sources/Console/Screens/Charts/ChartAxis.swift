import Terminal

/// What stands around a chart over time: what is measured above it, the values of the axis at the left, the times below.
struct ChartAxis: Sendable {
    /// What is measured, in which unit and window, such as `executions/min, last 60 min`.
    let caption: String?
    /// The value of the upper end.
    let top: Double
    /// The value of the lower end.
    var bottom = 0.0
    /// A value as the axis writes it.
    let label: @Sendable (Double) -> String
    /// The times of the first and the last sample.
    let start: String
    let end: String
    var marks: [ChartMark] = []

    private var labels: [String] { [top, (top + bottom) / 2, bottom].map(label) }

    /// What is left for the chart itself, `nil` when that is nothing.
    func plot(in area: Area) -> Area? {
        let margin = (labels.map(\.columns).max() ?? 0) + 1
        let rows =
            area.rows.lowerBound + (hasCaption(area) ? 1 : 0)..<max(area.rows.lowerBound, area.rows.upperBound - 1)
        guard rows.lowerBound < rows.upperBound, area.columns.count - margin >= 4 else { return nil }
        return Area(rows: rows, columns: area.columns.lowerBound + margin..<area.columns.upperBound)
    }

    /// A caption is worth a row where three others are left.
    private func hasCaption(_ area: Area) -> Bool { caption != nil && area.rows.count >= 4 }

    /// Draws everything but the chart; `known` are its values, for the largest and the smallest.
    func draw(into frame: inout Frame, _ area: Area, known: [Double]) {
        guard let plot = plot(in: area) else { return }
        if let caption, hasCaption(area) { drawCaption(caption, known, into: &frame, area) }
        let height = plot.rows.count
        let first = plot.rows.lowerBound
        let left = plot.columns.lowerBound
        let places = height >= 5 ? [first, first + height / 2, first + height - 1] : [first]
        for (row, label) in zip(places, labels) { frame.put(label, row, endingAt: left - 1, Style(.quiet)) }
        drawTimes(plot, into: &frame)
        if known.isEmpty {
            let text = "no data"
            frame.put(
                text, first + (height - 1) / 2, left + max(0, (plot.columns.count - text.columns) / 2), Style(.quiet),
                width: plot.columns.count)
        }
    }

    private func drawCaption(_ caption: String, _ known: [Double], into frame: inout Frame, _ area: Area) {
        let row = area.rows.lowerBound
        let column = frame.put(caption, row, area.columns.lowerBound, Style(.quiet), width: area.columns.count)
        guard let largest = known.max(), let smallest = known.min() else { return }
        let text = "max \(label(largest))  min \(label(smallest))"
        if column + 2 + text.columns <= area.columns.upperBound {
            frame.put(text, row, endingAt: area.columns.upperBound, Style(.plain))
        }
    }

    private func drawTimes(_ plot: Area, into frame: inout Frame) {
        let row = plot.rows.upperBound
        let (left, right) = (plot.columns.lowerBound, plot.columns.upperBound)
        let free = frame.put(start, row, left, Style(.quiet), width: plot.columns.count)
        frame.put(end, row, endingAt: right, Style(.quiet))
        for mark in marks where (0...1).contains(mark.place) {
            let column = column(of: mark, plot)
            let width = mark.label.columns
            // Only where it does not cover a time.
            if column >= free + 1, column + width < right - end.columns {
                frame.put(mark.label, row, column, Style(.accent))
            }
        }
    }

    private func column(of mark: ChartMark, _ plot: Area) -> Int {
        plot.columns.lowerBound + min(plot.columns.count - 1, Int(mark.place * Double(plot.columns.count)))
    }

    /// Draws the marks behind the chart.
    func drawMarks(into frame: inout Frame, _ plot: Area) {
        for mark in marks where (0...1).contains(mark.place) {
            for row in plot.rows {
                frame.put(frame.charset == .unicode ? "┊" : ":", row, column(of: mark, plot), Style(.accent))
            }
        }
    }
}
