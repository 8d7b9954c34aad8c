/// Agreement of several raters on categories, by how many put each item into each: rows are items, every row has the
/// same sum.
package struct RatingTable: Sendable, Hashable {
    package let counts: [[Double]]
    private let raters: Double

    /// Counts the categories, from 0 to `categories - 1`, that the raters of each item chose.
    package init(items: [[Int]], categories: Int) throws(Undefined) {
        var counts: [[Double]] = []
        for item in items {
            var row = Array(repeating: 0.0, count: max(0, categories))
            for category in item {
                guard row.indices.contains(category) else { throw .outsideRange }
                row[category] += 1
            }
            counts.append(row)
        }
        try self.init(counts: counts)
    }

    /// Takes the counts of items × categories.
    package init(counts: [[Double]]) throws(Undefined) {
        guard let first = counts.first else { throw .tooFew(needed: 1, given: 0) }
        let raters = first.compensatedSum
        guard counts.allSatisfy({ $0.count == first.count && $0.compensatedSum == raters }) else {
            throw .lengthsDiffer
        }
        guard raters >= 2 else { throw .tooFew(needed: 2, given: Int(raters)) }
        self.counts = counts
        self.raters = raters
    }

    /// Fleiss' κ: chance is what the raters together use each category (Fleiss, Psychological Bulletin 76, 1971).
    package func fleissKappa() throws(Undefined) -> Double {
        let chance = shares.map { $0 * $0 }.compensatedSum
        guard shares.allSatisfy({ $0 < 1 }) else { throw .noChanceOfDisagreement }
        return (agreement - chance) / (1 - chance)
    }

    /// Gwet's AC1, which stays high where nearly everything is in one category (Gwet, British Journal of Mathematical
    /// and Statistical Psychology 61, 2008).
    package func gwetAC1() throws(Undefined) -> Double {
        guard shares.count > 1 else { throw .noChanceOfDisagreement }
        let chance = shares.map { $0 * (1 - $0) }.compensatedSum / Double(shares.count - 1)
        return (agreement - chance) / (1 - chance)
    }

    /// The share of all ratings that each category has.
    private var shares: [Double] {
        counts[0].indices.map { category in
            counts.map { $0[category] }.compensatedSum / (raters * Double(counts.count))
        }
    }

    /// The share of pairs of raters that agree, over the items.
    private var agreement: Double {
        let pairs = counts.map { row in row.map { $0 * ($0 - 1) }.compensatedSum }
        return pairs.compensatedSum / (raters * (raters - 1) * Double(counts.count))
    }
}
