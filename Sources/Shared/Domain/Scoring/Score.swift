/// A verdict, from 0 (worst) to 1 (best).
package struct Score: Sendable, Hashable, Comparable {
    package let value: Double

    /// Takes a number between 0 and 1; anything else, also NaN, is refused and never clamped.
    package init(_ value: Double) throws(ScoreOutOfRange) {
        guard (0...1).contains(value) else { throw ScoreOutOfRange(value: value) }
        self.value = value
    }

    package static func < (left: Score, right: Score) -> Bool { left.value < right.value }
}

/// A number that is no score.
package struct ScoreOutOfRange: Error, Hashable, CustomStringConvertible {
    package let value: Double

    package var description: String { "\(value) is not between 0 and 1" }
}

extension Score {
    /// How a judge combines its evaluators: the mean of those that gave a score. An evaluator that failed neither
    /// raises nor lowers the verdict; `nil` when all failed.
    package static func combined(_ scores: some Sequence<Score?>) -> Score? {
        var sum = 0.0
        var count = 0.0
        for case let score? in scores {
            sum += score.value
            count += 1
        }
        guard count > 0 else { return nil }
        return Score(unchecked: min(sum / count, 1))
    }

    private init(unchecked value: Double) { self.value = value }
}
