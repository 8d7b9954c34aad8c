internal import FoundationEssentials
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension OperatorDashboard {
    init(
        _ figures: DashboardFigures, window: OperatorDashboardWindow, project: ProjectID?, health: [PartHealth],
        notices: [Notice], for principal: Principal, runsInstallation: Bool
    ) {
        let length = figures.to.timeIntervalSince(figures.from)
        // What waits is for operators; where the parts are, and what goes wrong between them, for those of the organisation
        // that runs the installation.
        let isOperator = principal.may(.queueRead)
        self.init(
            window: window, projectID: project?.uuid, from: figures.from, to: figures.to,
            bucketSeconds: Int(window.bucket.components.seconds), freshness: Freshness(figures),
            series: Self.series(figures, window), totals: Totals(figures.total, in: length),
            previous: figures.previous.map {
                Totals($0, in: TimeInterval(window.duration.components.seconds))
            },
            scores: ScoreDistribution(
                bins: figures.total.scoreBins, count: figures.total.scores, mean: figures.total.meanScore),
            failures: figures.failures.map(FailureReason.init), current: Current(figures.lastMinute),
            daemons: health.map { Daemon($0, isReasonShown: isOperator && runsInstallation) },
            queues: isOperator ? Self.queues(of: health) : nil,
            notices: notices.map(OperatorNotice.init))
    }

    /// What waits, each queue once: every worker tells of all jobs.
    private static func queues(of health: [PartHealth]) -> [Queue] {
        var seen: Set<String> = []
        return health.compactMap(\.reading).flatMap(\.queues).filter { seen.insert($0.name).inserted }
            .map(Queue.init)
    }

    /// Every bucket of the window, with zeros where nothing happened.
    private static func series(_ figures: DashboardFigures, _ window: OperatorDashboardWindow) -> [Bucket] {
        let step = TimeInterval(window.bucket.components.seconds)
        let count = Int(window.duration.components.seconds / window.bucket.components.seconds)
        var sums = [ExecutionSums](repeating: ExecutionSums(), count: count)
        for span in figures.spans {
            let place = Int((span.start.timeIntervalSince(figures.from) / step).rounded())
            if sums.indices.contains(place) { sums[place] += span.sums }
        }
        return sums.enumerated().map { place, sums in
            Bucket(figures.from.addingTimeInterval(Double(place) * step), sums)
        }
    }
}

extension OperatorDashboard.Freshness {
    fileprivate init(_ figures: DashboardFigures) {
        self.init(
            computedAt: figures.computedAt, summedThrough: figures.progress.minutesThrough,
            missing: figures.missing.map {
                OperatorDashboard.Missing(
                    from: $0.lowerBound, to: $0.upperBound,
                    reason: "The worker has not summed this up yet. It catches up by itself as soon as it runs.")
            })
    }
}

extension OperatorDashboard.Bucket {
    fileprivate init(_ start: Date, _ sums: ExecutionSums) {
        self.init(
            start: start, ok: sums.ok, failed: sums.failed, costNanodollars: sums.cost.nanoDollars,
            latency: OperatorDashboard.Percentiles(of: sums.latencies))
    }
}

extension OperatorDashboard.Totals {
    fileprivate init(_ sums: ExecutionSums, in length: TimeInterval) {
        self.init(
            ok: sums.ok, failed: sums.failed, costNanodollars: sums.cost.nanoDollars,
            promptTokens: Int64(sums.promptTokens), completionTokens: Int64(sums.completionTokens),
            latency: OperatorDashboard.Percentiles(of: sums.latencies),
            costNanodollarsPerHour: Int64(Double(sums.cost.nanoDollars) / length * 3600),
            executionsPerSecond: Double(sums.executions) / length)
    }
}

extension OperatorDashboard.Current {
    fileprivate init(_ sums: ExecutionSums) {
        self.init(
            executionsPerSecond: Double(sums.executions) / 60, failedPerSecond: Double(sums.failed) / 60,
            costNanodollarsPerHour: sums.cost.nanoDollars * 60)
    }
}

extension OperatorDashboard.FailureReason {
    fileprivate init(_ sum: FailureSum) {
        let failure = EvaluationFailure(code: sum.code, message: "The criteria could not be filled from the input.")
        self.init(
            code: sum.code.rawValue, provider: sum.provider, count: sum.count, withinJudges: sum.withinJudges,
            lastSeen: sum.lastSeen, summary: failure.summary)
    }
}

extension OperatorDashboard.Daemon {
    fileprivate init(_ part: PartHealth, isReasonShown: Bool) {
        let state: State =
            switch part.state {
            case .up: .up
            case .degraded: .degraded
            case .down: .down
            case .unknown: .unknown
            }
        self.init(
            name: part.name, instance: isReasonShown ? part.instance : nil, state: state,
            reason: isReasonShown ? part.reason : part.reason.map { _ in Self.words(for: state) }, since: part.since,
            checkedAt: part.checkedAt, probeMilliseconds: part.answerTime.map { $0.seconds * 1000 },
            version: part.reading?.version, memoryBytes: part.reading?.memoryBytes,
            uptimeSeconds: part.reading?.uptime)
    }

    /// What those are told who do not run the installation.
    private static func words(for state: State) -> String {
        state == .down ? "It does not answer." : "It says that it is not well."
    }
}

extension OperatorDashboard.Queue {
    fileprivate init(_ queue: QueueReading) {
        self.init(
            name: queue.name, summary: queue.summary, waiting: queue.waiting, running: queue.running,
            limit: queue.limit, oldestSeconds: queue.oldestSeconds)
    }
}
