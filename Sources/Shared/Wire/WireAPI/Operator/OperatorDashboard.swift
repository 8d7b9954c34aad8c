package import FoundationEssentials

/// What an operator looks at first, `GET /internal/dashboard`: how much runs, how well, how fast, at what cost, and
/// whether the installation is well.
///
/// An execution is what somebody asked for: a judge's counts once, as one; its evaluators are not counted beside it.
/// What is wrong with them is in ``FailureReason/withinJudges``.
package struct OperatorDashboard: Codable, Sendable, Hashable {
    /// Where it is asked for.
    package static let path = "/internal/dashboard"

    package let window: OperatorDashboardWindow
    /// The project that the numbers are of, `nil` for all of the organisation.
    package let projectID: UUID?
    /// The beginning of the first bucket.
    package let from: Date
    /// Up to when was counted, by the server's clock. The last bucket ends here and is shorter than the others.
    package let to: Date
    package let bucketSeconds: Int
    package let freshness: Freshness
    /// In the order of time, without gaps: a bucket in which nothing happened is there with zeros.
    package let series: [Bucket]
    package let totals: Totals
    /// The same of the window of the same length before `from`, to compare with; `nil` where it was not counted.
    package let previous: Totals?
    package let scores: ScoreDistribution
    /// The most frequent first.
    package let failures: [FailureReason]
    package let current: Current
    package let daemons: [Daemon]
    /// What waits for something at this moment; `nil` when the viewer's role must not see it.
    package let queues: [Queue]?
    /// The last notable events that the viewer's role may see, the newest first.
    package let notices: [OperatorNotice]

    package init(
        window: OperatorDashboardWindow, projectID: UUID?, from: Date, to: Date, bucketSeconds: Int,
        freshness: Freshness, series: [Bucket], totals: Totals, previous: Totals?, scores: ScoreDistribution,
        failures: [FailureReason], current: Current, daemons: [Daemon], queues: [Queue]?, notices: [OperatorNotice]
    ) {
        self.window = window
        self.projectID = projectID
        self.from = from
        self.to = to
        self.bucketSeconds = bucketSeconds
        self.freshness = freshness
        self.series = series
        self.totals = totals
        self.previous = previous
        self.scores = scores
        self.failures = failures
        self.current = current
        self.daemons = daemons
        self.queues = queues
        self.notices = notices
    }
}

/// How far back the dashboard looks.
package enum OperatorDashboardWindow: String, Codable, Sendable, Hashable, CaseIterable {
    case quarterHour = "15m"
    case hour = "1h"
    case sixHours = "6h"
    case day = "24h"
    case week = "7d"

    /// How long it is.
    package var duration: Duration {
        switch self {
        case .quarterHour: .seconds(900)
        case .hour: .seconds(3600)
        case .sixHours: .seconds(21_600)
        case .day: .seconds(86_400)
        case .week: .seconds(604_800)
        }
    }

    /// How long each bucket of its series is.
    package var bucket: Duration {
        switch self {
        case .quarterHour, .hour: .seconds(60)
        case .sixHours: .seconds(300)
        case .day: .seconds(900)
        case .week: .seconds(3600)
        }
    }
}

extension OperatorDashboard {
    /// How new the numbers are and what they were made of.
    package struct Freshness: Codable, Sendable, Hashable {
        /// When the server counted. Several viewers may be given the same count for a few seconds.
        package let computedAt: Date
        /// Executions before this moment were counted from sums that the worker keeps, those after it one by one;
        /// `nil` before the worker has summed up anything.
        package let summedThrough: Date?
        /// What is not counted because the worker is too far behind to count it one by one, `nil` when nothing is
        /// missing.
        package let missing: Missing?

        package init(computedAt: Date, summedThrough: Date?, missing: Missing?) {
            self.computedAt = computedAt
            self.summedThrough = summedThrough
            self.missing = missing
        }
    }

    /// A stretch of time whose executions are not in the numbers.
    package struct Missing: Codable, Sendable, Hashable {
        package let from: Date
        package let to: Date
        /// Why, and what will happen about it, in one sentence.
        package let reason: String

        package init(from: Date, to: Date, reason: String) {
            self.from = from
            self.to = to
            self.reason = reason
        }
    }

    /// One stretch of the series.
    package struct Bucket: Codable, Sendable, Hashable {
        package let start: Date
        /// Executions that gave a score.
        package let ok: Int
        /// Executions that gave none.
        package let failed: Int
        package let costNanodollars: Int64
        /// Percentiles of the time in model calls, of executions that made any; exact to about ten percent.
        package let latency: Percentiles?

        package init(start: Date, ok: Int, failed: Int, costNanodollars: Int64, latency: Percentiles?) {
            self.start = start
            self.ok = ok
            self.failed = failed
            self.costNanodollars = costNanodollars
            self.latency = latency
        }
    }

    /// Latencies that half, 95 and 99 of 100 executions stayed within, in milliseconds.
    package struct Percentiles: Codable, Sendable, Hashable {
        package let p50: Double
        package let p95: Double
        package let p99: Double

        package init(p50: Double, p95: Double, p99: Double) {
            self.p50 = p50
            self.p95 = p95
            self.p99 = p99
        }
    }

    /// The whole window in numbers.
    package struct Totals: Codable, Sendable, Hashable {
        package let ok: Int
        package let failed: Int
        package let costNanodollars: Int64
        package let promptTokens: Int64
        package let completionTokens: Int64
        package let latency: Percentiles?
        /// What the window costs for an hour on average: `cost_nanodollars` by its length.
        package let costNanodollarsPerHour: Int64
        package let executionsPerSecond: Double

        package init(
            ok: Int, failed: Int, costNanodollars: Int64, promptTokens: Int64, completionTokens: Int64,
            latency: Percentiles?, costNanodollarsPerHour: Int64, executionsPerSecond: Double
        ) {
            self.ok = ok
            self.failed = failed
            self.costNanodollars = costNanodollars
            self.promptTokens = promptTokens
            self.completionTokens = completionTokens
            self.latency = latency
            self.costNanodollarsPerHour = costNanodollarsPerHour
            self.executionsPerSecond = executionsPerSecond
        }
    }

    /// How the scores of the window are spread.
    package struct ScoreDistribution: Codable, Sendable, Hashable {
        /// Ten bins of equal width from 0 to 1: each with its lower bound, the last with both.
        package let bins: [Int]
        /// How many scores there are: the sum of the bins.
        package let count: Int
        /// `nil` without a score.
        package let mean: Double?

        package init(bins: [Int], count: Int, mean: Double?) {
            self.bins = bins
            self.count = count
            self.mean = mean
        }
    }

    /// A reason why executions of the window gave no score.
    package struct FailureReason: Codable, Sendable, Hashable {
        /// A raw value of `EvaluationFailure.Code`.
        package let code: String
        /// Where the failure came from, `nil` when no provider was asked or several were.
        package let provider: String?
        /// Executions that failed for it; over all reasons, this is `totals.failed`.
        package let count: Int
        /// Evaluators of judges that failed for it; such a judge may have a score nonetheless.
        package let withinJudges: Int
        package let lastSeen: Date
        /// What it means, in one sentence.
        package let summary: String

        package init(
            code: String, provider: String?, count: Int, withinJudges: Int, lastSeen: Date, summary: String
        ) {
            self.code = code
            self.provider = provider
            self.count = count
            self.withinJudges = withinJudges
            self.lastSeen = lastSeen
            self.summary = summary
        }
    }

    /// The last minute, whatever the window: sixty seconds back from `to`.
    package struct Current: Codable, Sendable, Hashable {
        package let executionsPerSecond: Double
        package let failedPerSecond: Double
        /// What an hour would cost like this.
        package let costNanodollarsPerHour: Int64

        package init(executionsPerSecond: Double, failedPerSecond: Double, costNanodollarsPerHour: Int64) {
            self.executionsPerSecond = executionsPerSecond
            self.failedPerSecond = failedPerSecond
            self.costNanodollarsPerHour = costNanodollarsPerHour
        }
    }
}

extension OperatorRequest where Reply == OperatorDashboard {
    /// The dashboard of a window, of one project or, without, of all.
    package static func dashboard(_ window: OperatorDashboardWindow, project: UUID? = nil) -> Self {
        var parameters = [Parameter("window", window.rawValue)]
        if let project { parameters.append(Parameter("project_id", project.uuidString.lowercased())) }
        return Self(.get, OperatorDashboard.path, parameters)
    }
}
