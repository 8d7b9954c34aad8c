/// How much of the variance of several raters' numbers is the items' own: two-way analysis of variance without
/// replication (Shrout and Fleiss, Psychological Bulletin 86, 1979; McGraw and Wong, Psychological Methods 1, 1996).
package struct IntraclassCorrelation: Sendable, Hashable {
    private let items: Double
    private let raters: Double
    /// Mean squares between items, between raters, within items, and of what is left.
    private let betweenItems: Double
    private let betweenRaters: Double
    private let withinItems: Double
    private let residual: Double

    /// Takes items × raters without missing values.
    package init(_ ratings: [[Double]]) throws(Undefined) {
        guard ratings.count >= 2 else { throw .tooFew(needed: 2, given: ratings.count) }
        let width = ratings[0].count
        guard width >= 2 else { throw .tooFew(needed: 2, given: width) }
        guard ratings.allSatisfy({ $0.count == width }) else { throw .lengthsDiffer }
        let all = Array(ratings.joined())
        try all.requireFinite()
        guard !all.isConstant else { throw .noVariance }
        items = Double(ratings.count)
        raters = Double(width)
        var itemMeans: [Double] = []
        for row in ratings { itemMeans.append(try row.mean()) }
        var raterMeans: [Double] = []
        for rater in 0..<width { raterMeans.append(try ratings.map { $0[rater] }.mean()) }
        let center = try all.mean()
        var within: [Double] = []
        var rest: [Double] = []
        for (row, itemMean) in zip(ratings, itemMeans) {
            for (value, raterMean) in zip(row, raterMeans) {
                within.append((value - itemMean) * (value - itemMean))
                let left = value - itemMean - raterMean + center
                rest.append(left * left)
            }
        }
        betweenItems = raters * (try itemMeans.sumOfSquares()) / (items - 1)
        betweenRaters = items * (try raterMeans.sumOfSquares()) / (raters - 1)
        withinItems = within.compensatedSum / (items * (raters - 1))
        residual = rest.compensatedSum / ((items - 1) * (raters - 1))
    }

    /// ICC(1,1): one of several raters drawn anew for each item.
    package func oneWay() throws(Undefined) -> Double {
        try ratio(betweenItems - withinItems, betweenItems + (raters - 1) * withinItems)
    }

    /// ICC(A,1): absolute agreement of the same raters.
    package func agreement() throws(Undefined) -> Double {
        try ratio(
            betweenItems - residual,
            betweenItems + (raters - 1) * residual + raters / items * (betweenRaters - residual))
    }

    /// ICC(C,1): consistency of the same raters, whose constant differences do not count.
    package func consistency() throws(Undefined) -> Double {
        try ratio(betweenItems - residual, betweenItems + (raters - 1) * residual)
    }

    /// ICC(1,k): as ``oneWay()``, of the mean of all raters.
    package func oneWayOfMean() throws(Undefined) -> Double { try ratio(betweenItems - withinItems, betweenItems) }

    /// ICC(A,k): as ``agreement()``, of the mean of all raters.
    package func agreementOfMean() throws(Undefined) -> Double {
        try ratio(betweenItems - residual, betweenItems + (betweenRaters - residual) / items)
    }

    /// ICC(C,k): as ``consistency()``, of the mean of all raters.
    package func consistencyOfMean() throws(Undefined) -> Double { try ratio(betweenItems - residual, betweenItems) }

    private func ratio(_ numerator: Double, _ denominator: Double) throws(Undefined) -> Double {
        guard denominator != 0 else { throw .noVariance }
        return numerator / denominator
    }
}
