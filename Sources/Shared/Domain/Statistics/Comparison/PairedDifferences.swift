import Glibc

/// Two runs on the same items, compared by their differences item by item.
package struct PairedDifferences: Sendable, Hashable {
    /// The second run less the first.
    package let values: [Double]

    /// Takes both runs' scores in the order of the items.
    package init(from first: [Double], to second: [Double]) throws(Undefined) {
        guard first.count == second.count else { throw .lengthsDiffer }
        guard first.count >= 2 else { throw .tooFew(needed: 2, given: first.count) }
        try first.requireFinite()
        try second.requireFinite()
        self.init(values: zip(first, second).map { $1 - $0 })
    }

    private init(values: [Double]) { self.values = values }

    /// The same without differences of at most `noise`, which rounding alone has made.
    package func ignoring(noise: Double) -> PairedDifferences {
        PairedDifferences(values: values.map { abs($0) <= noise ? 0 : $0 })
    }

    package func mean() throws(Undefined) -> Double { try values.mean() }

    /// The mean in units of the differences' own standard deviation (Cohen's d_z).
    package func effectSize() throws(Undefined) -> Double {
        guard !values.isConstant else { throw .noVariance }
        return try mean() / values.variance().squareRoot()
    }

    /// Student's paired test (Biometrika 6, 1908): t, and how likely as large a one is when nothing has changed.
    package func studentTest() throws(Undefined) -> (t: Double, probability: Double) {
        let t = try effectSize() * Double(values.count).squareRoot()
        return (t, try StudentT(degrees: Double(values.count - 1)).twoSided(t))
    }

    /// A range for the mean by Student's distribution.
    package func interval(level: Double = 0.95) throws(Undefined) -> Interval {
        let error = (try values.variance() / Double(values.count)).squareRoot()
        let margin = try StudentT(degrees: Double(values.count - 1)).criticalValue(level: level) * error
        let center = try mean()
        return Interval(lower: center - margin, upper: center + margin)
    }

    /// Wilcoxon's signed-rank test (Biometrics Bulletin 1, 1945): the smaller sum of ranks, and how likely as small a one
    /// is when nothing has changed. Items without a difference do not count. Exact up to 50 items without ties, else by
    /// the normal distribution with the correction for ties.
    package func wilcoxonTest() throws(Undefined) -> (sum: Double, probability: Double) {
        let differences = values.filter { $0 != 0 }
        guard !differences.isEmpty else { throw .noDifference }
        let sizes = differences.map { abs($0) }
        let ranks = Ranks.averaged(sizes)
        let positive = zip(differences, ranks).filter { $0.0 > 0 }.map(\.1).compensatedSum
        let negative = ranks.compensatedSum - positive
        let smaller = min(positive, negative)
        let hasTies = Set(sizes).count < sizes.count
        guard hasTies || differences.count > 50 || differences.count < values.count else {
            return (smaller, Self.exactProbability(ofSumUpTo: Int(smaller), count: differences.count))
        }
        let n = Double(differences.count)
        var ties = 0.0
        Ranks.forEachTie(in: sizes.sorted()) { ties += Double($0.count * $0.count * $0.count - $0.count) }
        let spread = (n * (n + 1) * (2 * n + 1) / 24 - ties / 48).squareRoot()
        let z = (smaller - n * (n + 1) / 4) / spread
        return (smaller, min(1, 2 * Normal.cumulative(z)))
    }

    /// How likely the sum of the ranks of either sign is at most this, with every sign as likely as the other.
    private static func exactProbability(ofSumUpTo limit: Int, count: Int) -> Double {
        // The share of the choices of signs that give each sum.
        var shares = Array(repeating: 0.0, count: count * (count + 1) / 2 + 1)
        shares[0] = 1
        for rank in 1...count {
            for sum in stride(from: shares.count - 1, through: 0, by: -1) {
                shares[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2
            }
        }
        return min(1, 2 * shares[0...limit].reduce(0, +))
    }

    /// The exact test by all choices of signs (Fisher, The Design of Experiments, 1935): how likely as large a mean is when
    /// each difference could as well have had the other sign. At most 20 items.
    package func signFlipTest() throws(Undefined) -> Double {
        guard values.count <= 20 else { throw .tooMuchWork }
        let observed = abs(values.compensatedSum)
        let tolerance = 1e-12 * values.map { abs($0) }.compensatedSum
        var sum = values.compensatedSum
        var signs = Array(repeating: true, count: values.count)
        var extreme = 1
        let choices = 1 << values.count
        // In the order of Gray, so that one sign only changes from one choice to the next.
        for choice in 1..<choices {
            let place = choice.trailingZeroBitCount
            signs[place].toggle()
            sum += signs[place] ? 2 * values[place] : -2 * values[place]
            if abs(sum) >= observed - tolerance { extreme += 1 }
        }
        return Double(extreme) / Double(choices)
    }
}

/// Two yes-or-no results of the same items, by the items on which they differ.
package enum McNemar {
    /// How likely the split of the differing items is when both are as good: twice the binomial tail (McNemar,
    /// Psychometrika 12, 1947).
    package static func exactTest(onlyFirst: Int, onlySecond: Int) throws(Undefined) -> Double {
        guard onlyFirst >= 0, onlySecond >= 0 else { throw .outsideRange }
        let count = onlyFirst + onlySecond
        guard count > 0 else { throw .noDifference }
        let logCount = LogGamma.of(Double(count) + 1)
        let tail = (0...min(onlyFirst, onlySecond)).map { hits in
            exp(
                logCount - LogGamma.of(Double(hits) + 1) - LogGamma.of(Double(count - hits) + 1)
                    - Double(count) * log(2.0))
        }
        return min(1, 2 * tail.compensatedSum)
    }

    /// The same by χ² with Edwards' correction, for many items.
    package static func chiSquaredTest(onlyFirst: Int, onlySecond: Int) throws(Undefined) -> Double {
        guard onlyFirst >= 0, onlySecond >= 0 else { throw .outsideRange }
        guard onlyFirst + onlySecond > 0 else { throw .noDifference }
        let distance = Double(max(0, abs(onlyFirst - onlySecond) - 1))
        return erfc((distance * distance / Double(onlyFirst + onlySecond) / 2).squareRoot())
    }
}
