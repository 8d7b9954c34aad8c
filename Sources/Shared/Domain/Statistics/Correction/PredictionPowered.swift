/// A mean from few labels and many of a judge's scores: prediction-powered inference, with the weight of the scores tuned
/// to how good they are (PPI++; Angelopoulos, Duchi and Zrnic, arXiv:2311.01453).
package struct PredictionPowered: Sendable, Hashable {
    package let mean: Double
    package let range: Interval
    /// How much the judge's scores count, from 0 to 1.
    package let weight: Double

    /// `scored` are the judge's scores of the labelled items, in the order of the labels, `unlabelled` those of the others.
    /// Without a weight it is tuned.
    package init(
        labels: [Double], scored: [Double], unlabelled: [Double], weight: Double? = nil, level: Double = 0.95
    ) throws(Undefined) {
        guard labels.count == scored.count else { throw .lengthsDiffer }
        guard labels.count >= 2, unlabelled.count >= 2 else {
            throw .tooFew(needed: 2, given: min(labels.count, unlabelled.count))
        }
        for values in [labels, scored, unlabelled] { try values.requireFinite() }
        // Spelt out: ?? would lose the type of the error.
        let tuned = weight == nil ? try Self.bestWeight(labels, scored, unlabelled) : 0
        let weight = weight ?? tuned
        let rest = zip(labels, scored).map { $0 - weight * $1 }
        let mean = try weight * unlabelled.mean() + rest.mean()
        let spread =
            try rest.variance(degreesRemoved: 0) / Double(labels.count)
            + weight * weight * unlabelled.variance(degreesRemoved: 0) / Double(unlabelled.count)
        let margin = try Normal.criticalValue(level: level) * spread.squareRoot()
        (self.mean, self.weight) = (mean, weight)
        range = Interval(lower: mean - margin, upper: mean + margin)
    }

    /// Cov(label, score) / ((1 + n/N) · Var(score)), within 0 and 1.
    private static func bestWeight(
        _ labels: [Double], _ scored: [Double], _ unlabelled: [Double]
    ) throws(Undefined) -> Double {
        let all = scored + unlabelled
        guard !all.isConstant else { return 0 }
        let (centerX, centerY) = (try labels.mean(), try scored.mean())
        let covariance =
            zip(labels, scored).map { ($0 - centerX) * ($1 - centerY) }.compensatedSum
            / Double(labels.count)
        let best = covariance / ((1 + Double(labels.count) / Double(unlabelled.count)) * (try all.variance()))
        return max(0, min(1, best))
    }
}
