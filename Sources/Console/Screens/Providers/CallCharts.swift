import FoundationEssentials
import Terminal
import WireAPI

/// The last hour of calls of models as charts: of all of a provider, or of one model there.
struct CallCharts {
    private let figures: OperatorCallFigures
    private let start: String
    private let end: String

    init(_ figures: OperatorCallFigures) {
        self.figures = figures
        start = Formats.minute(figures.hour.from)
        end = Formats.minute(figures.hour.from.addingTimeInterval(Double(OperatorMinuteSeries.length) * 60))
    }

    /// How long the first byte of an answer took.
    var firstByte: LineChart {
        LineChart(
            [
                ChartSeries("p95", figures.hour.firstByteP95Ms.map { $0.map(Double.init) }, .series1),
                ChartSeries("p50", figures.hour.firstByteP50Ms.map { $0.map(Double.init) }, .series2),
            ], caption: "first byte, p95 and p50", label: { $0 > 0 ? Formats.latency(milliseconds: $0) : "0" },
            start: start, end: end)
    }

    /// How many calls there were, and how many failed.
    var calls: TimeChart {
        TimeChart(
            values: figures.hour.calls.map(Double.init), part: figures.hour.failed.map(Double.init),
            caption: "calls/min, failed below", label: { Formats.compact($0) }, start: start, end: end)
    }

    var cost: TimeChart {
        TimeChart(
            values: figures.hour.costNanodollars.map(Double.init), ink: .series3, caption: "cost/min",
            label: { Formats.cost(nanodollars: Int64($0)) }, start: start, end: end)
    }

    var tokens: TimeChart {
        TimeChart(
            values: figures.hour.tokens.map(Double.init), ink: .series4, caption: "tokens/min",
            label: { Formats.compact($0) }, start: start, end: end)
    }

    /// Why calls failed in the last minutes.
    var failures: HorizontalBars { Self.failures(of: figures.recent) }

    static func failures(of sums: OperatorCallSums) -> HorizontalBars {
        HorizontalBars(
            sums.failures.map { HorizontalBars.Row($0.words, Double($0.count), .bad) }, total: Double(sums.calls),
            label: { Formats.count(Int($0)) })
    }

    /// The charts in as many places as there is room for, the most telling first.
    func draw(into frame: inout Frame, _ area: Area) {
        let columns = area.columns.count >= 100 ? 2 : 1
        let rows = max(1, min(2, area.rows.count / 7))
        let height = area.rows.count / rows
        let width = area.columns.count / columns
        for row in 0..<rows {
            for column in 0..<columns {
                let place = area.below(row * height).top(height).right(of: column * width)
                    .left(width - (column + 1 < columns ? 2 : 0))
                draw(at: row * columns + column, into: &frame, place)
            }
        }
    }

    private func draw(at index: Int, into frame: inout Frame, _ area: Area) {
        switch index {
        case 0: firstByte.draw(into: &frame, area)
        case 1: calls.draw(into: &frame, area)
        case 2: cost.draw(into: &frame, area)
        default: tokens.draw(into: &frame, area)
        }
    }
}
