package import FoundationEssentials
package import Scoring

/// What executions came to together: how many, how well, how fast, at what cost.
package struct ExecutionSums: Sendable, Hashable {
    /// Ten bins of equal width from 0 to 1: each with its lower bound, the last with both.
    package static let scoreBinCount = 10

    /// That did what they were to do: evaluators and judges with a score.
    package var ok = 0
    /// That failed, for which there is a reason.
    package var failed = 0
    package var scoreSum = 0.0
    package var scoreBins = [Int](repeating: 0, count: ExecutionSums.scoreBinCount)
    /// Of those that called a model.
    package var latencies = LatencyHistogram()
    package var cost = Money.zero
    package var promptTokens = 0
    package var completionTokens = 0

    /// Of nothing.
    package init() {}

    /// How many there were.
    package var executions: Int { ok + failed }
    /// How many scores there are.
    package var scores: Int { scoreBins.reduce(0, +) }
    /// The mean of the scores; `nil` without any.
    package var meanScore: Double? { scores > 0 ? scoreSum / Double(scores) : nil }

    /// Adds what others came to.
    package static func += (left: inout ExecutionSums, right: ExecutionSums) {
        left.ok += right.ok
        left.failed += right.failed
        left.scoreSum += right.scoreSum
        for bin in left.scoreBins.indices { left.scoreBins[bin] += right.scoreBins[bin] }
        left.latencies += right.latencies
        left.cost = left.cost + right.cost
        left.promptTokens += right.promptTokens
        left.completionTokens += right.completionTokens
    }
}

/// What the executions of a stretch of time came to.
package struct ExecutionSpan: Sendable, Hashable {
    package let start: Date
    /// The version that was executed, in sums of one item; else `nil`.
    package let versionID: UUID?
    package let sums: ExecutionSums

    package init(start: Date, versionID: UUID? = nil, sums: ExecutionSums) {
        self.start = start
        self.versionID = versionID
        self.sums = sums
    }
}

/// How often executions failed for one reason.
package struct FailureSum: Sendable, Hashable {
    package let code: EvaluationFailure.Code
    /// Where the failure came from, `nil` when no provider was asked or several were.
    package let provider: String?
    /// Executions that failed for it.
    package let count: Int
    /// Evaluators of judges that failed for it; such a judge may have a score nonetheless.
    package let withinJudges: Int
    package let lastSeen: Date

    package init(code: EvaluationFailure.Code, provider: String?, count: Int, withinJudges: Int, lastSeen: Date) {
        self.code = code
        self.provider = provider
        self.count = count
        self.withinJudges = withinJudges
        self.lastSeen = lastSeen
    }
}

/// How far the sums that the worker keeps have come.
package struct SumProgress: Sendable, Hashable {
    /// The longest stretch that is counted log by log: what a reader can be made to wait for.
    private static let longestCount: TimeInterval = 7200

    /// Everything before is summed up by minute; `nil` before the first round.
    package let minutesThrough: Date?
    /// Everything before is summed up by hour.
    package let hoursThrough: Date?

    package init(minutesThrough: Date?, hoursThrough: Date?) {
        self.minutesThrough = minutesThrough
        self.hoursThrough = hoursThrough
    }

    /// From when on the logs of `[from, to)` are counted one by one.
    package func countBegins(from: Date, to: Date) -> Date {
        max(max(from, minutesThrough ?? from), to.addingTimeInterval(-Self.longestCount))
    }

    /// The part of `[from, to)` that is neither summed up nor counted one by one; `nil` when there is none.
    package func missing(from: Date, to: Date) -> Range<Date>? {
        let summed = max(from, minutesThrough ?? from)
        let begin = countBegins(from: from, to: to)
        return summed < begin ? summed..<begin : nil
    }
}
