package import Terminal

/// Up to four series over time as lines, with their names. Where one is not known its line has a gap.
package struct LineChart: Sendable {
    /// Where the axis begins and ends.
    package enum Scale: Sendable, Hashable {
        /// At 0, and above the largest value: for amounts.
        case fromZero
        /// As said: for scores and shares.
        case within(ClosedRange<Double>)
    }

    private let series: [ChartSeries]
    private let scale: Scale
    private let caption: String?
    private let label: @Sendable (Double) -> String
    private let start: String
    private let end: String
    private let marks: [ChartMark]

    /// What stands for each series where there are neither colours nor dots.
    private static let letters: [Character] = ["*", "o", "+", "x"]

    /// - Parameters:
    ///   - series: the samples, in equal steps of time; those behind the fourth are left out.
    ///   - scale: where the axis begins and ends.
    ///   - caption: what is measured, in which unit and window; then the largest and the smallest are said as well.
    ///   - label: a value as the axis writes it.
    ///   - start: the time of the first sample.
    ///   - end: the time of the last one.
    ///   - marks: what happened meanwhile.
    package init(
        _ series: [ChartSeries], scale: Scale = .fromZero, caption: String? = nil,
        label: @escaping @Sendable (Double) -> String, start: String, end: String, marks: [ChartMark] = []
    ) {
        self.series = Array(series.prefix(Self.letters.count))
        self.scale = scale
        self.caption = caption
        self.label = label
        self.start = start
        self.end = end
        self.marks = marks
    }

    /// What stands for the series of a place in tables and legends, in its ink.
    static func mark(of index: Int, _ charset: Charset) -> String { mark(letters[index % letters.count], charset) }

    private static func mark(_ letter: Character, _ charset: Charset) -> String {
        charset == .unicode ? "━" : String(letter)
    }

    package func draw(into frame: inout Frame, _ area: Area) {
        frame.clipped(to: area.rows, area.columns) { drawWhole(into: &$0, area) }
    }

    private func drawWhole(into frame: inout Frame, _ area: Area) {
        let known = series.flatMap { Series.known($0.values) }
        let axis = axis(known)
        // Names are worth a row where the chart keeps three.
        let hasLegend = series.count > 1 && area.rows.count >= 6
        let body = hasLegend ? area.top(area.rows.count - 1) : area
        guard let plot = axis.plot(in: body) else { return }
        axis.draw(into: &frame, body, known: known)
        axis.drawMarks(into: &frame, plot)
        if hasLegend { drawLegend(into: &frame, area.rows.upperBound - 1, plot.columns) }
        var grid = DotGrid(columns: plot.columns.count, rows: plot.rows.count, frame.charset)
        // The first is the most important one and is drawn over the others.
        for (series, letter) in zip(series, Self.letters).reversed() {
            drawLine(series, letter, bottom: axis.bottom, top: axis.top, into: &grid)
        }
        grid.draw(into: &frame, plot.rows.lowerBound, plot.columns.lowerBound)
    }

    private func axis(_ known: [Double]) -> ChartAxis {
        let ends: (bottom: Double, top: Double) =
            switch scale {
            case .fromZero: (0, Series.axisEnd(known.max() ?? 0))
            case .within(let range): (range.lowerBound, range.upperBound)
            }
        return ChartAxis(
            caption: caption, top: ends.top, bottom: ends.bottom, label: label, start: start, end: end, marks: marks)
    }

    private func drawLine(
        _ series: ChartSeries, _ letter: Character, bottom: Double, top: Double, into grid: inout DotGrid
    ) {
        let values = Series.fitted(series.values, to: grid.width)
        let places = values.map { value -> Int? in
            guard let value, value.isFinite, top > bottom else { return nil }
            let share = min(1, max(0, (value - bottom) / (top - bottom)))
            return Int((share * Double(grid.height - 1)).rounded())
        }
        for (x, place) in places.enumerated() {
            guard let place else { continue }
            grid.set(x, place, series.ink, ascii: letter)
            // Steps are joined, so that a line is one.
            guard x > 0, let before = places[x - 1], abs(place - before) > 1 else { continue }
            for y in min(place, before) + 1..<max(place, before) { grid.set(x, y, series.ink, ascii: letter) }
        }
    }

    private func drawLegend(into frame: inout Frame, _ row: Int, _ columns: Range<Int>) {
        var column = columns.lowerBound
        for (series, letter) in zip(series, Self.letters) {
            let mark = Self.mark(letter, frame.charset)
            guard column + series.name.columns + 2 <= columns.upperBound else { return }
            column = frame.put(mark, row, column, Style(series.ink)) + 1
            column = frame.put(series.name, row, column, Style(.quiet)) + 2
        }
    }
}
