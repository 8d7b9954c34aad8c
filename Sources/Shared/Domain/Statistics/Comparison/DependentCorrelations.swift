/// Two correlations of the same items with the same third thing: of two evaluators with what people found.
package enum DependentCorrelations {
    /// Williams' test (JRSS B 21, 1959) as Steiger recommends it (Psychological Bulletin 87, 1980): t, and how likely as large
    /// a one is when both correlate equally. `between` is the correlation of the two with each other.
    package static func williamsTest(
        first: Double, second: Double, between: Double, count: Int
    ) throws(Undefined) -> (t: Double, probability: Double) {
        guard count > 3 else { throw .tooFew(needed: 4, given: count) }
        guard [first, second, between].allSatisfy({ (-1...1).contains($0) }) else { throw .outsideRange }
        let n = Double(count)
        // Below 0 only by rounding.
        let determinant = max(
            0, 1 - first * first - second * second - between * between + 2 * first * second * between)
        let center = (first + second) / 2
        let rest = (1 - between) * (1 - between) * (1 - between)
        let spread = 2 * (n - 1) / (n - 3) * determinant + center * center * rest
        // The two are the same but for a scale, so that they correlate differently by rounding only.
        guard 1 - between > 1e-12 else { throw .noDifference }
        guard spread > 0 else { throw .noVariance }
        let t = (second - first) * ((n - 1) * (1 + between) / spread).squareRoot()
        return (t, try StudentT(degrees: n - 3).twoSided(t))
    }
}
