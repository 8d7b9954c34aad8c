import Terminal
import WireAPI

/// The columns of the history: one row a version.
enum HistoryColumns {
    static let all: [Column<HistoryRow>] = [
        Column(
            "version", "VERSION", .fixed(16), precedes: ascending { $0.version.version?.number },
            ink: { row, _ in row.series.map(HistoryColumns.ink) ?? .quiet },
            text: { row, scope in
                let mark = row.series.map { LineChart.mark(of: $0, scope.charset) } ?? " "
                return "\(mark) \(row.name)\(row.version.isCurrent ? " current" : "")"
            }),
        Column(
            "executions", "N", .fixed(9), isNumber: true, precedes: ascending { $0.total.executions },
            text: { row, _ in Formats.count(row.total.executions) }),
        Column(
            "mean", "MEAN", .fixed(5), isNumber: true, precedes: ascending { $0.total.meanScore },
            ink: { row, _ in row.total.meanScore.map(ScoreBar.ink) ?? .quiet },
            text: { row, _ in Formats.score(row.total.meanScore) }),
        Column(
            "failures", "FAIL", .fixed(7), isNumber: true, rank: 1, precedes: ascending { $0.total.failures },
            ink: { row, _ in HistoryColumns.failureInk(row) }, text: { row, _ in Formats.count(row.total.failures) }),
        Column(
            "p50", "P50", .fixed(6), isNumber: true, rank: 3, precedes: ascending { $0.total.latency?.p50 },
            ink: { _, _ in .quiet }, text: { row, _ in Formats.latency(milliseconds: row.total.latency?.p50) }),
        Column(
            "p95", "P95", .fixed(6), isNumber: true, rank: 2, precedes: ascending { $0.total.latency?.p95 },
            ink: { _, _ in .quiet }, text: { row, _ in Formats.latency(milliseconds: row.total.latency?.p95) }),
        Column(
            "cost", "$/1,000", .fixed(8), isNumber: true, rank: 2, precedes: ascending { $0.costOfThousand },
            ink: { _, _ in .quiet }, text: { row, _ in Formats.cost(nanodollars: row.costOfThousand) }),
        Column(
            "total", "COST", .fixed(9), isNumber: true, rank: 4, precedes: ascending { $0.total.costNanodollars },
            ink: { _, _ in .quiet }, text: { row, _ in Formats.cost(nanodollars: row.total.costNanodollars) }),
    ]

    /// The ink of a series.
    static func ink(_ series: Int) -> Ink {
        let inks: [Ink] = [.series1, .series2, .series3, .series4]
        return inks[series % inks.count]
    }

    private static func failureInk(_ row: HistoryRow) -> Ink {
        guard let share = row.failureShare, share > 0 else { return .quiet }
        return share >= ItemFigures.badFailureShare ? .bad : .caution
    }
}

/// What the numbers of a version's history mean.
enum HistoryExplanation {
    static func of(_ row: HistoryRow, _ tab: HistoryTab) -> Explanation {
        let figures = row.total
        var text = Explanation(
            row.name,
            definition: row.version.version == nil
                ? "Executions that name no version."
                : "What this version did\(row.version.isCurrent ? "; it is the current one" : "").")
        text = text.adding("N", "\(Formats.count(figures.executions)) executions, also as a part of a judge.")
        text = text.adding(
            "Mean",
            figures.meanScore.map { "\(Formats.score($0)): the mean of their scores, from 0 to 1." }
                ?? "None gave a score.")
        let share = Formats.decimal((row.failureShare ?? 0) * 100, places: 1)
        text = text.adding("Fail", "\(Formats.count(figures.failures)) gave no score, \(share) %; 5 % and more is red.")
        if let latency = figures.latency {
            text = text.adding(
                "P50 P95",
                "Half took at most \(Formats.latency(milliseconds: latency.p50)), 95 of 100 at most "
                    + "\(Formats.latency(milliseconds: latency.p95)): the time in model calls.")
        }
        text = text.adding(
            "Cost",
            "\(Formats.exactCost(nanodollars: figures.costNanodollars)) together; $/1,000 is the mean times a thousand."
        )
        text = text.adding("Bars", "How many scores fell into each tenth from 0 to 1; a score of 1 is in the last.")
        text = text.window(
            "The \(tab.window.words), a point of the chart is \(tab.window.stepWords); a gap is a time without a score."
        )
        text = text.source("Every recorded execution of it in your organisation.")
        return text.freshness("Read when it was opened; r reads it anew.")
    }
}
