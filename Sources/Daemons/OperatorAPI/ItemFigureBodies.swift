internal import FoundationEssentials
internal import Operations
internal import Records
internal import Scoring
internal import WireAPI

extension OperatorItemStatistics {
    init(_ statistics: ItemStatistics) {
        let week = statistics.week
        self.init(
            meanScore: week.meanScore, dailyScores: statistics.days.map(\.meanScore),
            executions: statistics.lastDay.executions, failures: statistics.lastDay.failed,
            meanCostNanodollars: week.meanCost?.nanoDollars)
    }
}

extension OperatorItemHistory {
    /// `versions` are those of the item that were executed, `current` is its present one.
    init(_ history: ItemFigures.History, window: Window, versions: [VersionSummary], current: UUID) {
        let known = Dictionary(versions.map { ($0.id, $0) }) { first, _ in first }
        let byVersion = Dictionary(grouping: history.spans) { span in
            span.versionID.flatMap { known[$0] == nil ? nil : $0 }
        }
        let entries = byVersion.map { version, spans in
            Version(version.flatMap { known[$0] }, spans, current: current)
        }
        self.init(
            window: window, from: history.from, to: history.to, stepSeconds: Int(history.step.components.seconds),
            // Executions that name no version come last.
            versions: entries.sorted { ($0.version?.number ?? 0) > ($1.version?.number ?? 0) })
    }
}

extension OperatorItemHistory.Version {
    fileprivate init(_ version: VersionSummary?, _ spans: [ExecutionSpan], current: UUID) {
        var total = ExecutionSums()
        var points: [Date: ExecutionSums] = [:]
        for span in spans {
            total += span.sums
            points[span.start, default: ExecutionSums()] += span.sums
        }
        self.init(
            version: version.map(OperatorVersionReference.init), isCurrent: version?.id == current,
            total: OperatorItemHistory.Figures(total), distribution: total.scoreBins,
            points: points.sorted { $0.key < $1.key }.map { start, sums in
                OperatorItemHistory.Point(start: start, figures: OperatorItemHistory.Figures(sums))
            })
    }
}

extension OperatorItemHistory.Figures {
    fileprivate init(_ sums: ExecutionSums) {
        self.init(
            executions: sums.executions, failures: sums.failed, meanScore: sums.meanScore,
            latency: OperatorDashboard.Percentiles(of: sums.latencies), costNanodollars: sums.cost.nanoDollars)
    }
}

extension OperatorDashboard.Percentiles {
    /// `nil` without any latency.
    init?(of latencies: LatencyHistogram) {
        guard let p50 = latencies.percentile(0.5), let p95 = latencies.percentile(0.95),
            let p99 = latencies.percentile(0.99)
        else { return nil }
        self.init(p50: p50, p95: p95, p99: p99)
    }
}
