package import WireAPI

/// What executions add up to. Kept with every row that comes, so that a picture costs no walk through all of them.
package struct ExecutionSummary: Sendable, Hashable {
    /// Scores are counted in tenths; 1 is in the last.
    private static let scoreBins = 10

    package private(set) var count = 0
    package private(set) var failed = 0
    /// Of those whose cost is known.
    package private(set) var costNanodollars: Int64 = 0
    /// How many scores lie in each tenth, the lowest first.
    package private(set) var scores = Array(repeating: 0, count: scoreBins)
    /// In millionths, so that the sum does not depend on the order of the rows.
    private var scoreSum = 0
    private var latencies = LatencyTally()

    package init() {}

    package mutating func add(_ row: OperatorExecutionRow) {
        count += 1
        if row.failure != nil { failed += 1 }
        if let cost = row.costNanodollars {
            costNanodollars = costNanodollars.addingReportingOverflow(cost).partialValue
        }
        if let latency = row.latencyMilliseconds { latencies.add(latency) }
        guard let score = row.score, score.isFinite else { return }
        let within = min(1, max(0, score))
        scores[min(Self.scoreBins - 1, Int(within * Double(Self.scoreBins)))] += 1
        scoreSum += Int((within * 1e6).rounded())
    }

    /// How many gave a score.
    package var scored: Int { scores.reduce(0, +) }

    /// `nil` when none gave a score.
    package var meanScore: Double? { scored > 0 ? Double(scoreSum) / 1e6 / Double(scored) : nil }

    /// From 0 to 1, `nil` without executions.
    package var failedShare: Double? { count > 0 ? Double(failed) / Double(count) : nil }

    /// The latency in milliseconds that a part of them stayed within, such as 0.95, to 3 %; `nil` when none is known.
    package func latency(_ part: Double) -> Double? { latencies.percentile(part) }
}

/// How many latencies lie where: bins that are a thirty-second of their power of two wide, so that the middle of a bin is
/// within 2 % of what is in it.
private struct LatencyTally: Sendable, Hashable {
    private static let steps = 32
    private static let binCount = 32 * steps

    private var counts: [Int32] = []
    private var total = 0

    mutating func add(_ milliseconds: Double) {
        guard milliseconds.isFinite else { return }
        if counts.isEmpty { counts = Array(repeating: 0, count: Self.binCount) }
        counts[Self.bin(milliseconds)] += 1
        total += 1
    }

    func percentile(_ part: Double) -> Double? {
        guard total > 0 else { return nil }
        let rank = max(1, Int((part * Double(total)).rounded(.up)))
        var seen = 0
        for (bin, count) in counts.enumerated() where count > 0 {
            seen += Int(count)
            if seen >= rank { return Self.middle(bin) }
        }
        return nil
    }

    /// Below a millisecond all is one.
    private static func bin(_ milliseconds: Double) -> Int {
        guard milliseconds >= 1 else { return 0 }
        let bin = Int(milliseconds.exponent) * steps + Int((milliseconds.significand - 1) * Double(steps))
        return min(bin, binCount - 1)
    }

    private static func middle(_ bin: Int) -> Double {
        let power = Double(UInt64(1) << UInt64(bin / steps))
        return bin == 0 ? 1 : power * (1 + (Double(bin % steps) + 0.5) / Double(steps))
    }
}
