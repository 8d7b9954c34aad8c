package import Scoring

/// What executions came to in a few numbers: for rows of lists, where ``ExecutionSums`` with its histograms would be read
/// hundreds of times to show none of them.
package struct ExecutionFigures: Sendable, Hashable {
    /// That gave a score.
    package var ok = 0
    /// That gave none.
    package var failed = 0
    package var scoreSum = 0.0
    package var cost = Money.zero

    /// Of nothing.
    package init() {}

    /// How many there were.
    package var executions: Int { ok + failed }
    /// `nil` without any score.
    package var meanScore: Double? { ok > 0 ? scoreSum / Double(ok) : nil }
    /// What one cost; `nil` without any.
    package var meanCost: Money? {
        executions > 0 ? Money(nanoDollars: cost.nanoDollars / Int64(executions)) : nil
    }

    /// Adds what others came to.
    package static func += (left: inout ExecutionFigures, right: ExecutionFigures) {
        left.ok += right.ok
        left.failed += right.failed
        left.scoreSum += right.scoreSum
        left.cost = left.cost + right.cost
    }
}

/// How an evaluator or a judge did in the last seven days.
package struct ItemStatistics: Sendable, Hashable {
    /// How many days there are.
    package static let dayCount = 7

    /// The last seven times 24 hours, the oldest first.
    package var days = [ExecutionFigures](repeating: ExecutionFigures(), count: ItemStatistics.dayCount)

    /// Of one that was not executed.
    package init() {}

    /// The last 24 hours.
    package var lastDay: ExecutionFigures { days[Self.dayCount - 1] }

    /// All seven days.
    package var week: ExecutionFigures {
        var sum = ExecutionFigures()
        for day in days { sum += day }
        return sum
    }
}
