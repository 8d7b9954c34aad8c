import FoundationEssentials
import Terminal
import WireAPI

/// The mean scores of versions over time, as lines of a chart from 0 to 1.
struct ScoreLines {
    /// More samples than a terminal has columns; windows have fewer.
    private static let mostSamples = 10_000

    private let history: OperatorItemHistory
    private let rows: [HistoryRow]

    /// The versions that have a series.
    init(_ history: OperatorItemHistory, _ rows: [HistoryRow]) {
        self.history = history
        self.rows = rows.filter { $0.series != nil }
    }

    var chart: LineChart {
        let isShort = history.window == .day
        return LineChart(
            rows.map { ChartSeries($0.name, samples(of: $0.version), HistoryColumns.ink($0.series ?? 0)) },
            scale: .within(0...1),
            caption: "mean score, \(history.window.words), one point \(history.window.stepWords)",
            label: { Formats.decimal($0, places: 2) },
            start: isShort ? Formats.minute(history.from) : Formats.day(history.from),
            end: isShort ? "\(Formats.minute(history.to)) UTC" : Formats.day(history.to), marks: marks)
    }

    /// The mean of each step of the window; `nil` where nothing was scored.
    private func samples(of version: OperatorItemHistory.Version) -> [Double?] {
        let step = Double(max(1, history.stepSeconds))
        let count = Int((history.to.timeIntervalSince(history.from) / step).rounded(.up))
        var samples = [Double?](repeating: nil, count: min(max(1, count), Self.mostSamples))
        for point in version.points {
            let place = Int(point.start.timeIntervalSince(history.from) / step)
            if samples.indices.contains(place) { samples[place] = point.figures.meanScore }
        }
        return samples
    }

    /// Where a version was executed for the first time, within the window.
    private var marks: [ChartMark] {
        let span = history.to.timeIntervalSince(history.from)
        return rows.compactMap { row in
            guard let first = row.version.points.first, span > 0 else { return nil }
            let place = first.start.timeIntervalSince(history.from) / span
            return place > 0.02 ? ChartMark(at: place, row.name) : nil
        }
    }
}
