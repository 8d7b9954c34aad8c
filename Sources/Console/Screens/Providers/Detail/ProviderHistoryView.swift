import FoundationEssentials
import Terminal
import WireAPI

/// How a provider did over hours or days: how well, how fast, how much, at what cost.
struct ProviderHistoryView {
    private let history: OperatorProviderHistory
    private let scope: Scope

    init(_ history: OperatorProviderHistory, _ scope: Scope) {
        self.history = history
        self.scope = scope
    }

    func draw(into frame: inout Frame, _ area: Area) {
        guard let first = area.rows.first else { return }
        let left = area.columns.lowerBound + 1
        frame.put(summary, first, left, Style(.quiet), width: area.columns.count - 2)
        let inside = area.below(1).right(of: 1).left(area.columns.count - 2)
        let columns = inside.columns.count >= 100 ? 2 : 1
        let count = history.hasFigures ? 4 : 1
        let rows = max(1, min((count + columns - 1) / columns, inside.rows.count / 7))
        let height = inside.rows.count / rows
        let width = inside.columns.count / columns
        for index in 0..<min(count, rows * columns) {
            let place = inside.below(index / columns * height).top(height).right(of: index % columns * width)
                .left(width - (index % columns + 1 < columns ? 2 : 0))
            draw(at: index, into: &frame, place)
        }
    }

    private var buckets: [OperatorProviderHistory.Bucket] { history.buckets }

    private func draw(at index: Int, into frame: inout Frame, _ area: Area) {
        switch index {
        case 0: health.draw(into: &frame, area)
        case 1: firstByte.draw(into: &frame, area)
        case 2: calls.draw(into: &frame, area)
        default: cost.draw(into: &frame, area)
        }
    }

    private var summary: String {
        guard history.hasFigures else { return "Its calls are those of every organisation: they are not shown." }
        let calls = buckets.reduce(0) { $0 + $1.sums.calls }
        let failed = buckets.reduce(0) { $0 + $1.sums.failed }
        let cost = buckets.reduce(Int64(0)) { $0 + $1.sums.costNanodollars }
        let share = calls > 0 ? Formats.percent(Double(failed) / Double(calls)) : "-"
        return
            "\(ProviderEffectWords.count(calls, "call")), \(share) failed, \(Formats.cost(nanodollars: cost)); a point is \(Formats.span(seconds: history.bucketSeconds))"
    }

    private var start: String { time(history.from) }
    private var end: String { time(history.to) }

    private func time(_ date: Date) -> String {
        switch history.window {
        case .sixHours, .day: Formats.minute(date)
        case .week, .month: String(Formats.dayAndMinute(date).dropFirst(5))
        }
    }

    private var health: LineChart {
        LineChart(
            [
                ChartSeries(
                    "score",
                    buckets.map { bucket in
                        bucket.health.flatMap { $0.condition == .unknown ? nil : Double($0.score) }
                    }, .series1)
            ], scale: .within(0...100), caption: "health, the worst score", label: { "\(Int($0))" }, start: start,
            end: end)
    }

    private var firstByte: LineChart {
        LineChart(
            [
                ChartSeries("p95", buckets.map(\.sums.firstByte.p95Ms), .series1),
                ChartSeries("p50", buckets.map(\.sums.firstByte.p50Ms), .series2),
            ], caption: "first byte, p95 and p50", label: { $0 > 0 ? Formats.latency(milliseconds: $0) : "0" },
            start: start, end: end)
    }

    private var calls: TimeChart {
        TimeChart(
            values: buckets.map(\.sums.callsPerMinute),
            part: buckets.map { Double($0.sums.failed) / Double(max(1, $0.sums.minutes)) },
            caption: "calls/min, failed below", label: { Formats.rate($0) }, start: start, end: end)
    }

    private var cost: TimeChart {
        TimeChart(
            values: buckets.map { Double($0.sums.costPerMinute) }, ink: .series3, caption: "cost/min",
            label: { Formats.cost(nanodollars: Int64($0)) }, start: start, end: end)
    }

    /// The stretches as a table.
    static func sheet(_ history: OperatorProviderHistory) -> Sheet {
        Sheet(
            titles: ["START", "HEALTH", "CALLS", "FAILED", "P50", "P95", "TOKENS", "COST"],
            rows: history.buckets.map { bucket in
                [
                    Formats.dayAndMinute(bucket.start), bucket.health.words, "\(bucket.sums.calls)",
                    "\(bucket.sums.failed)", Formats.latency(milliseconds: bucket.sums.firstByte.p50Ms),
                    Formats.latency(milliseconds: bucket.sums.firstByte.p95Ms),
                    "\(bucket.sums.promptTokens + bucket.sums.completionTokens)",
                    Formats.cost(nanodollars: bucket.sums.costNanodollars),
                ]
            }, json: Sheet.json(history))
    }
}

extension OperatorProviderHistory.Window {
    /// How people say it.
    var words: String {
        switch self {
        case .sixHours: "6 hours"
        case .day: "24 hours"
        case .week: "7 days"
        case .month: "30 days"
        }
    }
}
