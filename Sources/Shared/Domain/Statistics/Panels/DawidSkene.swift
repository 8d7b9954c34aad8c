import Glibc

/// What is true, and how good each rater is, from several raters' categories alone (Dawid and Skene, Applied Statistics 28,
/// 1979). By expectation maximisation from the shares of the votes, which keeps the categories in their places.
package struct DawidSkene: Sendable, Hashable {
    /// How likely each category is, item by item.
    package let posteriors: [[Double]]
    /// How frequent each category is.
    package let prior: [Double]
    /// How often each rater says which category (columns) where which is true (rows).
    package let confusions: [[[Double]]]

    /// How far the last round has moved a posterior: near 0 when it has come to rest, which takes long where a rater is
    /// nearly perfect.
    package let change: Double

    private static let floor = 1e-12

    /// `ratings` has a row for each item and a column for each rater, `nil` where a rater did not say.
    package init(_ ratings: [[Int?]], categories: Int, rounds: Int = 2000) throws(Undefined) {
        guard let raters = ratings.first?.count, raters > 0 else { throw .tooFew(needed: 1, given: 0) }
        guard ratings.allSatisfy({ $0.count == raters }) else { throw .lengthsDiffer }
        guard categories > 0, ratings.joined().allSatisfy({ $0.map((0..<categories).contains) ?? true }) else {
            throw .outsideRange
        }
        var posteriors = ratings.map { Self.votes($0, categories) }
        var change = Double.infinity
        var round = 0
        while round < rounds, change > 1e-12 {
            round += 1
            let next = Self.expectations(ratings, Self.prior(posteriors), Self.confusions(ratings, posteriors))
            change = zip(posteriors.joined(), next.joined()).map { abs($0 - $1) }.max() ?? 0
            posteriors = next
        }
        self.posteriors = posteriors
        self.change = change
        prior = Self.prior(posteriors)
        confusions = Self.confusions(ratings, posteriors)
    }

    private static func prior(_ posteriors: [[Double]]) -> [Double] {
        posteriors[0].indices.map { category in
            posteriors.map { $0[category] }.compensatedSum / Double(posteriors.count)
        }
    }

    private static func confusions(_ ratings: [[Int?]], _ posteriors: [[Double]]) -> [[[Double]]] {
        ratings[0].indices.map { confusion(of: $0, ratings, posteriors, posteriors[0].count) }
    }

    private static func expectations(
        _ ratings: [[Int?]], _ prior: [Double], _ confusions: [[[Double]]]
    ) -> [[Double]] {
        ratings.map { posterior($0, prior, confusions) }
    }

    private static func votes(_ ratings: [Int?], _ categories: Int) -> [Double] {
        let given = ratings.compactMap { $0 }
        guard !given.isEmpty else { return Array(repeating: 1 / Double(categories), count: categories) }
        return (0..<categories).map { category in Double(given.count { $0 == category }) / Double(given.count) }
    }

    private static func confusion(
        of rater: Int, _ ratings: [[Int?]], _ posteriors: [[Double]], _ categories: Int
    ) -> [[Double]] {
        (0..<categories).map { truth in
            var sums = Array(repeating: floor, count: categories)
            for (rating, posterior) in zip(ratings, posteriors) {
                if let said = rating[rater] { sums[said] += posterior[truth] }
            }
            let total = sums.compensatedSum
            return sums.map { $0 / total }
        }
    }

    private static func posterior(_ ratings: [Int?], _ prior: [Double], _ confusions: [[[Double]]]) -> [Double] {
        let logs = prior.indices.map { truth in
            zip(ratings, confusions).reduce(log(max(prior[truth], floor))) { sum, pair in
                guard let said = pair.0 else { return sum }
                return sum + log(max(pair.1[truth][said], floor))
            }
        }
        let largest = logs.max() ?? 0
        let weights = logs.map { exp($0 - largest) }
        let total = weights.compensatedSum
        return weights.map { $0 / total }
    }
}
