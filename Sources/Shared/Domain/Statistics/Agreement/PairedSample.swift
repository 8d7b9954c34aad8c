/// Two measurements of the same items: what is taken for right, and what is compared with it.
package struct PairedSample: Sendable, Hashable {
    /// What is taken for right, such as people's labels.
    package let reference: [Double]
    /// What is compared with it, such as an evaluator's scores; in the order of the reference.
    package let measured: [Double]
    /// How many items were left out because one of the two is not known.
    package let missing: Int

    package var count: Int { reference.count }

    /// Takes values of the same items in the same order.
    package init(reference: [Double], measured: [Double]) throws(Undefined) {
        guard reference.count == measured.count else { throw .lengthsDiffer }
        try reference.requireFinite()
        try measured.requireFinite()
        (self.reference, self.measured, missing) = (reference, measured, 0)
    }

    /// Takes the items of which both values are known, and counts the others.
    package init(pairs: [(reference: Double?, measured: Double?)]) throws(Undefined) {
        var reference: [Double] = []
        var measured: [Double] = []
        for pair in pairs {
            guard let left = pair.reference, let right = pair.measured else { continue }
            reference.append(left)
            measured.append(right)
        }
        try reference.requireFinite()
        try measured.requireFinite()
        (self.reference, self.measured, missing) = (reference, measured, pairs.count - reference.count)
    }

    /// The items at the given places, with repetitions.
    package func picking(_ places: [Int]) -> PairedSample {
        PairedSample(
            unchecked: places.map { reference[$0] }, measured: places.map { measured[$0] }, missing: missing)
    }

    private init(unchecked reference: [Double], measured: [Double], missing: Int) {
        (self.reference, self.measured, self.missing) = (reference, measured, missing)
    }

    /// The measured value less the reference, item by item.
    var differences: [Double] { zip(measured, reference).map { $0 - $1 } }
}

extension PairedSample {
    /// The mean of measured − reference: above 0 when the measurement is too high.
    package func bias() throws(Undefined) -> Double { try differences.mean() }

    /// The mean of |measured − reference|.
    package func meanAbsoluteError() throws(Undefined) -> Double { try differences.map { abs($0) }.mean() }

    /// The root of the mean of (measured − reference)².
    package func rootMeanSquareError() throws(Undefined) -> Double {
        try differences.map { $0 * $0 }.mean().squareRoot()
    }

    /// The range that about 95 % of the differences lie in: their mean ± 1.96 standard deviations (Bland and Altman,
    /// The Lancet 327, 1986).
    package func limitsOfAgreement() throws(Undefined) -> Interval {
        let differences = differences
        let deviation = try differences.variance().squareRoot()
        let center = try differences.mean()
        return Interval(lower: center - 1.96 * deviation, upper: center + 1.96 * deviation)
    }
}
