/// How often a yes-or-no prediction was right and wrong.
package struct ConfusionMatrix: Sendable, Hashable {
    package let truePositives: Int
    package let falsePositives: Int
    package let trueNegatives: Int
    package let falseNegatives: Int

    package var total: Int { truePositives + falsePositives + trueNegatives + falseNegatives }

    package init(truePositives: Int, falsePositives: Int, trueNegatives: Int, falseNegatives: Int) {
        self.truePositives = truePositives
        self.falsePositives = falsePositives
        self.trueNegatives = trueNegatives
        self.falseNegatives = falseNegatives
    }

    /// Counts predictions of the same items in the same order as the truth.
    package init(truth: [Bool], predicted: [Bool]) throws(Undefined) {
        guard truth.count == predicted.count else { throw .lengthsDiffer }
        var counts = [0, 0, 0, 0]
        for (isTrue, isPredicted) in zip(truth, predicted) { counts[(isTrue ? 2 : 0) + (isPredicted ? 1 : 0)] += 1 }
        self.init(
            truePositives: counts[3], falsePositives: counts[1], trueNegatives: counts[0], falseNegatives: counts[2])
    }

    /// Takes what is not below the threshold for positive, on both sides.
    package init(_ sample: PairedSample, threshold: Double) {
        var counts = [0, 0, 0, 0]
        for (reference, measured) in zip(sample.reference, sample.measured) {
            counts[(reference >= threshold ? 2 : 0) + (measured >= threshold ? 1 : 0)] += 1
        }
        self.init(
            truePositives: counts[3], falsePositives: counts[1], trueNegatives: counts[0], falseNegatives: counts[2])
    }
}

// The figures by their usual definitions (Powers, Journal of Machine Learning Technologies 2, 2011).
extension ConfusionMatrix {
    /// The share that is right.
    package func accuracy() throws(Undefined) -> Double {
        guard total > 0 else { throw .tooFew(needed: 1, given: 0) }
        return Double(truePositives + trueNegatives) / Double(total)
    }

    /// The share of the predicted positives that are positive; undefined when none was predicted.
    package func precision() throws(Undefined) -> Double {
        guard truePositives + falsePositives > 0 else { throw .noPositives }
        return Double(truePositives) / Double(truePositives + falsePositives)
    }

    /// The share of the positives that were found (sensitivity).
    package func recall() throws(Undefined) -> Double {
        guard truePositives + falseNegatives > 0 else { throw .noPositives }
        return Double(truePositives) / Double(truePositives + falseNegatives)
    }

    /// The share of the negatives that were left alone.
    package func specificity() throws(Undefined) -> Double {
        guard trueNegatives + falsePositives > 0 else { throw .noNegatives }
        return Double(trueNegatives) / Double(trueNegatives + falsePositives)
    }

    /// The harmonic mean of precision and recall; undefined when nothing is positive on either side.
    package func f1() throws(Undefined) -> Double {
        let denominator = 2 * truePositives + falsePositives + falseNegatives
        guard denominator > 0 else { throw .noPositives }
        return Double(2 * truePositives) / Double(denominator)
    }

    /// The mean of recall and specificity.
    package func balancedAccuracy() throws(Undefined) -> Double { (try recall() + specificity()) / 2 }

    /// Matthews' correlation: Pearson's r of truth and prediction (Matthews, Biochimica et Biophysica Acta 405, 1975).
    package func matthewsCorrelation() throws(Undefined) -> Double {
        let positives = Double(truePositives + falseNegatives)
        let negatives = Double(trueNegatives + falsePositives)
        let said = Double(truePositives + falsePositives)
        let denied = Double(trueNegatives + falseNegatives)
        guard positives > 0, said > 0 else { throw .noPositives }
        guard negatives > 0, denied > 0 else { throw .noNegatives }
        let surplus =
            Double(truePositives) * Double(trueNegatives) - Double(falsePositives) * Double(falseNegatives)
        // Root by root: the product of the four overflows nothing, but loses digits.
        let scale =
            positives.squareRoot() * negatives.squareRoot() * said.squareRoot() * denied.squareRoot()
        return max(-1, min(1, surplus / scale))
    }
}
