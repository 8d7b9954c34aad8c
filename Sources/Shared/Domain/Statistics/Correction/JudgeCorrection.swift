/// The share of good items, freed from the mistakes that a judge is known to make (Rogan and Gladen, American Journal of
/// Epidemiology 107, 1978; the range after Lee et al., arXiv:2511.21140, which counts the noise of the calibration too).
package struct JudgeCorrection: Sendable, Hashable {
    /// The judge's own share.
    package let raw: Double
    /// What the share is likely to be.
    package let corrected: Double
    package let range: Interval

    /// `specificity` and `sensitivity` are the shares of bad and of good labelled items on which the judge is right, of
    /// how many each. A judge who is right no more often than chance cannot be corrected.
    package init(
        share: Double, of items: Int, specificity: Double, ofBad bad: Int, sensitivity: Double, ofGood good: Int,
        level: Double = 0.95
    ) throws(Undefined) {
        guard items > 0, bad > 0, good > 0 else { throw .tooFew(needed: 1, given: min(items, bad, good)) }
        guard [share, specificity, sensitivity].allSatisfy({ (0...1).contains($0) }) else { throw .outsideRange }
        guard specificity + sensitivity > 1 else { throw .noBetterThanChance }
        raw = share
        corrected = max(0, min(1, (share + specificity - 1) / (specificity + sensitivity - 1)))
        let z = try Normal.criticalValue(level: level)
        let count = Double(items) + z * z
        let p = (Double(items) * share + z * z / 2) / count
        let (badCount, goodCount) = (Double(bad) + 2, Double(good) + 2)
        let q0 = (Double(bad) * specificity + 1) / badCount
        let q1 = (Double(good) * sensitivity + 1) / goodCount
        let slope = q0 + q1 - 1
        guard slope > 0 else { throw .noBetterThanChance }
        let center = (p + q0 - 1) / slope
        let (v0, v1) = (q0 * (1 - q0) / badCount, q1 * (1 - q1) / goodCount)
        let shift = 2 * z * z * (-(1 - center) * v0 + center * v1)
        let spread = p * (1 - p) / count + (1 - center) * (1 - center) * v0 + center * center * v1
        let margin = z * spread.squareRoot() / slope
        range = Interval(lower: max(0, center + shift - margin), upper: min(1, center + shift + margin))
    }
}
