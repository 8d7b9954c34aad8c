import Glibc

/// How far probabilities mean what they say, in equal ranges of the probability: among the items that were given about
/// 0.7, seven of ten should be positive.
package struct ReliabilityDiagram: Sendable, Hashable {
    /// The items whose probability lies in one range.
    package struct Bin: Sendable, Hashable {
        package let range: Interval
        package let count: Int
        /// `nil` in an empty range.
        package let meanProbability: Double?
        /// The share of positives; `nil` in an empty range.
        package let observedShare: Double?
    }

    package let bins: [Bin]
    package let count: Int
    /// The mean gap between probability and share, weighted by the items (ECE; Guo et al., ICML 2017).
    package let expectedError: Double
    /// The largest gap of a range (MCE).
    package let maximumError: Double
    /// The mean squared gap between probability and outcome (Brier, Monthly Weather Review 78, 1950).
    package let brier: Double
    /// The parts of the Brier score of probabilities rounded to their ranges' means: reliability − resolution +
    /// uncertainty (Murphy, Journal of Applied Meteorology 12, 1973).
    package let reliability: Double
    package let resolution: Double
    package let uncertainty: Double

    /// Sorts probabilities from 0 to 1 into `bins` ranges, each with its lower edge, the last also with its upper.
    package init(outcomes: [Bool], probabilities: [Double], bins: Int = 10) throws(Undefined) {
        guard outcomes.count == probabilities.count else { throw .lengthsDiffer }
        guard !outcomes.isEmpty else { throw .tooFew(needed: 1, given: 0) }
        guard bins > 0, probabilities.allSatisfy({ (0...1).contains($0) }) else { throw .outsideRange }
        let edges = (0...bins).map { Double($0) / Double(bins) }
        var members = Array(repeating: [Int](), count: bins)
        for (place, probability) in probabilities.enumerated() {
            members[Histogram.bin(of: probability, in: edges)].append(place)
        }
        let total = Double(outcomes.count)
        let base = Double(outcomes.count { $0 }) / total
        var result: [Bin] = []
        var gaps: [(weight: Double, gap: Double, distance: Double)] = []
        for (bin, places) in members.enumerated() {
            let range = Interval(lower: edges[bin], upper: edges[bin + 1])
            guard !places.isEmpty else {
                result.append(Bin(range: range, count: 0, meanProbability: nil, observedShare: nil))
                continue
            }
            let mean = places.map { probabilities[$0] }.compensatedSum / Double(places.count)
            let share = Double(places.count { outcomes[$0] }) / Double(places.count)
            result.append(Bin(range: range, count: places.count, meanProbability: mean, observedShare: share))
            gaps.append((Double(places.count) / total, mean - share, share - base))
        }
        self.bins = result
        count = outcomes.count
        expectedError = gaps.map { $0.weight * abs($0.gap) }.compensatedSum
        maximumError = gaps.map { abs($0.gap) }.max() ?? 0
        brier =
            zip(outcomes, probabilities).map { outcome, probability in
                let gap = probability - (outcome ? 1 : 0)
                return gap * gap
            }.compensatedSum / total
        reliability = gaps.map { $0.weight * $0.gap * $0.gap }.compensatedSum
        resolution = gaps.map { $0.weight * $0.distance * $0.distance }.compensatedSum
        uncertainty = base * (1 - base)
    }
}

/// What is said of probabilities without ranges.
package enum ProbabilityQuality {
    /// The mean of −ln of the probability that was given to what happened; probabilities of 0 and 1 are moved by one
    /// unit in the last place, as scikit-learn does, so that a certain error is very dear but not infinite.
    package static func logLoss(outcomes: [Bool], probabilities: [Double]) throws(Undefined) -> Double {
        guard outcomes.count == probabilities.count else { throw .lengthsDiffer }
        guard probabilities.allSatisfy({ (0...1).contains($0) }) else { throw .outsideRange }
        let least = Double.ulpOfOne
        return try zip(outcomes, probabilities).map { outcome, probability in
            -log(max(least, min(1 - least, outcome ? probability : 1 - probability)))
        }.mean()
    }
}
