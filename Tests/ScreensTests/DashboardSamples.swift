import FoundationEssentials
import WireAPI

extension Samples {
    /// A dashboard of a day with a bad quarter of an hour.
    static func dashboard(
        _ window: OperatorDashboardWindow = .hour, isQuiet: Bool = false, failures: Int = 3, queues: Bool = true
    ) -> OperatorDashboard {
        let series = (0..<60).map { minute -> OperatorDashboard.Bucket in
            let wave = isQuiet ? 0 : 600 + (minute * 37) % 400 + (minute > 20 && minute < 40 ? 500 : 0)
            let failed = minute > 44 && minute < 52 ? wave / 6 : wave / 90
            return OperatorDashboard.Bucket(
                start: now.addingTimeInterval(Double(minute - 60) * 60), ok: wave - failed, failed: failed,
                costNanodollars: Int64(wave) * 184_000,
                latency: wave == 0
                    ? nil
                    : .init(p50: 900 + Double(minute * 13 % 400), p95: 3100 + Double(minute * 71 % 2000), p99: 9200))
        }
        let ok = series.reduce(0) { $0 + $1.ok }
        let failed = series.reduce(0) { $0 + $1.failed }
        let cost = series.reduce(0) { $0 + $1.costNanodollars }
        return OperatorDashboard(
            window: window, projectID: nil, from: now.addingTimeInterval(-3600), to: now, bucketSeconds: 60,
            freshness: .init(computedAt: now, summedThrough: now.addingTimeInterval(-90), missing: nil), series: series,
            totals: totals(ok: ok, failed: failed, cost: cost),
            previous: totals(ok: ok * 9 / 10, failed: failed / 2, cost: cost), scores: scores(isQuiet ? 0 : ok),
            failures: isQuiet ? [] : Array(reasons.prefix(failures)),
            current: .init(
                executionsPerSecond: isQuiet ? 0 : 18.6, failedPerSecond: isQuiet ? 0 : 0.4,
                costNanodollarsPerHour: isQuiet ? 0 : 12_400_000_000),
            daemons: daemons, queues: queues ? self.queues : nil, notices: isQuiet ? [] : notices)
    }

    private static func totals(ok: Int, failed: Int, cost: Int64) -> OperatorDashboard.Totals {
        .init(
            ok: ok, failed: failed, costNanodollars: cost, promptTokens: Int64(ok) * 900,
            completionTokens: Int64(ok) * 80,
            latency: ok == 0 ? nil : .init(p50: 1120, p95: 4810, p99: 11_204), costNanodollarsPerHour: cost,
            executionsPerSecond: Double(ok + failed) / 3600)
    }

    private static func scores(_ count: Int) -> OperatorDashboard.ScoreDistribution {
        let weights = [2, 1, 1, 2, 3, 5, 8, 14, 21, 13]
        let bins = weights.map { count * $0 / 70 }
        return .init(bins: bins, count: bins.reduce(0, +), mean: count == 0 ? nil : 0.71)
    }

    private static let reasons: [OperatorDashboard.FailureReason] = [
        .init(
            code: "rate_limited", provider: "openai", count: 611, withinJudges: 40,
            lastSeen: now.addingTimeInterval(-4),
            summary: "The provider asked to wait, and kept asking until the time of the call was over."),
        .init(
            code: "timeout", provider: "azure-gpt", count: 214, withinJudges: 0, lastSeen: now.addingTimeInterval(-61),
            summary: "The provider did not answer in time."),
        .init(
            code: "invalid_response", provider: nil, count: 9, withinJudges: 3, lastSeen: now.addingTimeInterval(-900),
            summary: "The model's answer was not the verdict that was asked for."),
    ]

    private static let daemons: [OperatorDashboard.Daemon] = [
        daemon("apid", .up, 0.4, 31), daemon("evald", .up, 1.2, 28),
        daemon("llmproxyd", .degraded, 2.1, 29, "openai: 4 of 10 calls fail; the breaker is half open"),
        daemon("workerd", .down, nil, nil, "127.0.0.1:8083 does not answer"), daemon("postgresql", .up, 0.8, nil),
        daemon("redis", .up, 0.2, 12),
    ]

    private static func daemon(
        _ name: String, _ state: OperatorDashboard.Daemon.State, _ probe: Double?, _ memory: Int64?,
        _ reason: String? = nil
    ) -> OperatorDashboard.Daemon {
        .init(
            name: name, instance: "127.0.0.1", state: state, reason: reason, since: now.addingTimeInterval(-86_400),
            checkedAt: now.addingTimeInterval(-2), probeMilliseconds: probe, version: "0.1.0",
            memoryBytes: memory.map { $0 * 1_048_576 }, uptimeSeconds: state == .down ? nil : 93_600)
    }

    private static let queues: [OperatorDashboard.Queue] = [
        .init(
            name: "apid.records", summary: "Executions that wait to be written.", waiting: 12, running: 2,
            limit: 10_000,
            oldestSeconds: 0.02),
        .init(
            name: "evald.calls", summary: "Calls that wait for a place.", waiting: 0, running: 96, limit: 512,
            oldestSeconds: nil),
    ]

    private static let notices: [OperatorNotice] = [
        .init(
            id: uuid(900), createdAt: now.addingTimeInterval(-40), severity: .critical,
            summary: "611 executions failed in 15 minutes: openai asked to wait",
            subject: .init(kind: .failure, id: "rate_limited", name: nil)),
        .init(
            id: uuid(901), createdAt: now.addingTimeInterval(-300), severity: .warning,
            summary: "workerd does not answer",
            subject: .init(kind: .daemon, id: "workerd", name: nil)),
        .init(
            id: uuid(902), createdAt: now.addingTimeInterval(-100_000), severity: .info,
            summary: "Version 7 of Faithfulness was published by ops@example.com",
            subject: .init(kind: .evaluator, id: uuid(0).uuidString, name: "Faithfulness")),
    ]
}
