import FoundationEssentials
import Terminal
import WireAPI

/// What a queue did over time: how much waited, what came in and went out, how long jobs waited and ran. As many charts
/// as there is room for, the most telling first.
struct QueueCharts {
    private static let least = (columns: 36, rows: 6)

    let series: OperatorQueueSeries

    /// What is drawn of it.
    private enum Chart: CaseIterable {
        case depth
        case throughput
        case wait
        case run
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let columns = max(1, min(2, area.columns.count / Self.least.columns))
        let rows = max(1, min(4 / columns, area.rows.count / Self.least.rows))
        let charts = Chart.allCases.prefix(columns * rows)
        let (width, height) = (area.columns.count / columns, area.rows.count / rows)
        for (index, chart) in charts.enumerated() {
            let place = area.right(of: index % columns * width).below(index / columns * height)
            draw(chart, into: &frame, place.left(columns > 1 ? width - 1 : width).top(height))
        }
    }

    private func draw(_ chart: Chart, into frame: inout Frame, _ area: Area) {
        switch chart {
        case .depth:
            TimeChart(
                values: series.depth.map { $0.map(Double.init) }, caption: "waiting",
                label: { Formats.compact($0) }, start: start, end: end
            ).draw(into: &frame, area)
        case .throughput:
            LineChart(
                [
                    ChartSeries("in", series.enqueued.map(Double.init), .series1),
                    ChartSeries("done", series.finished.map(Double.init), .series2),
                    ChartSeries("failed", series.failed.map(Double.init), .bad),
                ], caption: "jobs per \(bucket)", label: { Formats.compact($0) }, start: start, end: end
            ).draw(into: &frame, area)
        case .wait: drawTimes("wait", series.waitP95Ms, series.waitP50Ms, into: &frame, area)
        case .run: drawTimes("run", series.runP95Ms, series.runP50Ms, into: &frame, area)
        }
    }

    private func drawTimes(
        _ name: String, _ high: [Double?], _ middle: [Double?], into frame: inout Frame, _ area: Area
    ) {
        LineChart(
            [ChartSeries("\(name) p95", high, .series2), ChartSeries("p50", middle, .series1)],
            caption: "\(name) time", label: { $0 == 0 ? "0" : Formats.latency(milliseconds: $0) }, start: start,
            end: end
        ).draw(into: &frame, area)
    }

    private var bucket: String {
        switch series.bucketSeconds {
        case 60: "minute"
        case 3600: "hour"
        default: Formats.span(seconds: series.bucketSeconds)
        }
    }

    private var start: String { time(series.from) }
    private var end: String {
        time(series.from.addingTimeInterval(Double(series.bucketSeconds * series.enqueued.count)))
    }

    private func time(_ date: Date) -> String {
        series.bucketSeconds * series.enqueued.count > 86_400 ? Formats.dayAndTime(date) : Formats.minute(date)
    }
}
