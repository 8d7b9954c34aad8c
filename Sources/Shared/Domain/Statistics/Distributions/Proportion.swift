/// A share that was counted: successes out of trials.
package struct Proportion: Sendable, Hashable {
    package let successes: Int
    package let trials: Int

    package init(successes: Int, trials: Int) throws(Undefined) {
        guard trials > 0 else { throw .tooFew(needed: 1, given: trials) }
        guard (0...trials).contains(successes) else { throw .outsideRange }
        (self.successes, self.trials) = (successes, trials)
    }

    package var share: Double { Double(successes) / Double(trials) }

    /// Wilson's range, which is good for small samples and shares near 0 and 1 (Wilson, JASA 22, 1927).
    package func wilson(level: Double = 0.95) throws(Undefined) -> Interval {
        let z = try Normal.criticalValue(level: level)
        let n = Double(trials)
        let center = (share + z * z / (2 * n)) / (1 + z * z / n)
        let margin = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot() / (1 + z * z / n)
        return clipped(center, margin)
    }

    /// The exact range, which holds the level at least (Clopper and Pearson, Biometrika 26, 1934).
    package func clopperPearson(level: Double = 0.95) throws(Undefined) -> Interval {
        guard level > 0, level < 1 else { throw .outsideRange }
        let hits = Double(successes)
        let misses = Double(trials - successes)
        let lower = successes == 0 ? 0 : try Beta(hits, misses + 1).quantile((1 - level) / 2)
        let upper = successes == trials ? 1 : try Beta(hits + 1, misses).quantile((1 + level) / 2)
        return Interval(lower: lower, upper: upper)
    }

    /// The range under Jeffreys' prior (Brown, Cai and DasGupta, Statistical Science 16, 2001).
    package func jeffreys(level: Double = 0.95) throws(Undefined) -> Interval {
        guard level > 0, level < 1 else { throw .outsideRange }
        let beta = try Beta(Double(successes) + 0.5, Double(trials - successes) + 0.5)
        return Interval(
            lower: try beta.quantile((1 - level) / 2), upper: try beta.quantile((1 + level) / 2))
    }

    /// Wilson's centre with the simple range around it (Agresti and Coull, The American Statistician 52, 1998).
    package func agrestiCoull(level: Double = 0.95) throws(Undefined) -> Interval {
        let z = try Normal.criticalValue(level: level)
        let n = Double(trials) + z * z
        let center = (Double(successes) + z * z / 2) / n
        return clipped(center, z * (center * (1 - center) / n).squareRoot())
    }

    private func clipped(_ center: Double, _ margin: Double) -> Interval {
        Interval(lower: max(0, center - margin), upper: min(1, center + margin))
    }
}
