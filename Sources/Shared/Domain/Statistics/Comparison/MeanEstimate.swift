/// A mean and how far it may be off (Miller, Adding Error Bars to Evals, arXiv:2411.00640).
package struct MeanEstimate: Sendable, Hashable {
    package let mean: Double
    package let standardError: Double

    /// Of items that have nothing to do with each other: s / √n.
    package init(of values: [Double]) throws(Undefined) {
        try values.requireFinite()
        mean = try values.mean()
        standardError = (try values.variance() / Double(values.count)).squareRoot()
    }

    /// Of items that come in clusters, such as several questions on one text: √Σ over clusters (Σ (s − s̄))² / n.
    package init(of values: [Double], clusters: [Int]) throws(Undefined) {
        guard values.count == clusters.count else { throw .lengthsDiffer }
        try values.requireFinite()
        let center = try values.mean()
        var sums: [Int: [Double]] = [:]
        for (value, cluster) in zip(values, clusters) { sums[cluster, default: []].append(value - center) }
        guard sums.count >= 2 else { throw .tooFew(needed: 2, given: sums.count) }
        mean = center
        let squares = sums.values.map { residuals in
            let sum = residuals.compensatedSum
            return sum * sum
        }
        standardError = squares.compensatedSum.squareRoot() / Double(values.count)
    }
}
