internal import Terminal

/// Draws what the rows that are held add up to, and says that it is about those alone.
struct ExecutionSummaryView {
    private let list: ExecutionList
    private let marks: Marks
    private let charset: Charset

    init(_ list: ExecutionList, _ scope: Scope) {
        self.list = list
        marks = scope.marks
        charset = scope.charset
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let summary = list.rows.summary
        guard let row = area.rows.first, summary.count > 0 else { return }
        frame.rule(marks.rule, row, Style(.faint), from: area.columns.lowerBound, width: area.columns.count)
        var column = area.columns.lowerBound + 2
        func put(_ text: String, _ ink: Ink = .quiet) {
            guard column + text.columns + 1 <= area.columns.upperBound else { return }
            column = frame.put(text, row, column, Style(ink))
        }
        put(" of these \(Formats.count(summary.count)): ")
        if let mean = summary.meanScore {
            put("0 ")
            // A tenth without any score is a blank, which few are not.
            let heights = summary.scores.map { $0 > 0 ? Double($0) : nil }
            put(Sparkline.text(heights, width: heights.count, charset), .series1)
            put(" 1 mean \(Formats.score(mean))  ")
        }
        if let median = summary.latency(0.5), let high = summary.latency(0.95) {
            put("p50 \(Formats.latency(milliseconds: median)) p95 \(Formats.latency(milliseconds: high))  ")
        }
        if let share = summary.failedShare {
            put("failed \(Formats.percent(share))  ", summary.failed > 0 ? .bad : .quiet)
        }
        put("\(Formats.cost(nanodollars: summary.costNanodollars)) ")
    }
}
