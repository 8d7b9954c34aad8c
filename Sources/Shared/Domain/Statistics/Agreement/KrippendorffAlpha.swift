/// What the distance of two values means.
package enum MeasurementLevel: Sendable, Hashable, CaseIterable {
    /// Names: equal or not.
    case nominal
    /// Places in an order.
    case ordinal
    /// Numbers whose differences count.
    case interval
    /// Numbers from 0 whose proportions count.
    case ratio
}

/// Krippendorff's α: how far any number of raters agree beyond chance, whatever the level of measurement and however
/// many values are missing (Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011).
package enum KrippendorffAlpha {
    /// The most different values on a ratio scale, where each has to be compared with each.
    package static let mostRatioValues = 5000

    /// α = 1 - observed / expected disagreement. `ratings` has a row for each rater and a column for each item; an item
    /// that fewer than two raters valued does not count.
    package static func of(_ ratings: [[Double?]], _ level: MeasurementLevel) throws(Undefined) -> Double {
        let items = try valuedItems(of: ratings)
        let values = Array(items.joined())
        guard values.count >= 2 else { throw .tooFew(needed: 2, given: values.count) }
        guard !values.isConstant else { throw .noChanceOfDisagreement }
        let disagreement: (observed: Double, expected: Double) =
            switch level {
            case .nominal: nominal(items, values)
            // The distance of two places, Σ of what lies between, is that of their mean ranks.
            case .ordinal: try interval(regroup(Ranks.averaged(values), like: items))
            case .interval: try interval(items)
            case .ratio: try ratio(items, values)
            }
        guard disagreement.expected > 0 else { throw .noChanceOfDisagreement }
        return 1 - Double(values.count - 1) * disagreement.observed / disagreement.expected
    }

    /// The values of each item that at least two raters valued.
    private static func valuedItems(of ratings: [[Double?]]) throws(Undefined) -> [[Double]] {
        guard let count = ratings.first?.count else { throw .tooFew(needed: 2, given: 0) }
        guard ratings.allSatisfy({ $0.count == count }) else { throw .lengthsDiffer }
        let items = (0..<count).map { item in ratings.compactMap { $0[item] } }.filter { $0.count >= 2 }
        for item in items { try item.requireFinite() }
        return items
    }

    private static func regroup(_ values: [Double], like items: [[Double]]) -> [[Double]] {
        var start = 0
        return items.map { item in
            defer { start += item.count }
            return Array(values[start..<start + item.count])
        }
    }

    // Each gives Σ over the pairs of different values of their coincidences, and of the product of their frequencies,
    // times the squared distance.

    private static func nominal(_ items: [[Double]], _ values: [Double]) -> (Double, Double) {
        let observed = items.map { unequalPairs($0) / Double($0.count - 1) }.compensatedSum
        return (observed, unequalPairs(values))
    }

    private static func unequalPairs(_ values: [Double]) -> Double {
        var equal = 0
        Ranks.forEachTie(in: values.sorted()) { equal += $0.count * $0.count }
        return Double(values.count * values.count - equal) / 2
    }

    /// By the identity Σ over pairs (a - b)² = m · Σ (a - ā)², so in linear time.
    private static func interval(_ items: [[Double]]) throws(Undefined) -> (Double, Double) {
        var observed: [Double] = []
        for item in items {
            observed.append(Double(item.count) / Double(item.count - 1) * (try item.sumOfSquares()))
        }
        let values = Array(items.joined())
        return (observed.compensatedSum, Double(values.count) * (try values.sumOfSquares()))
    }

    private static func ratio(_ items: [[Double]], _ values: [Double]) throws(Undefined) -> (Double, Double) {
        guard values.allSatisfy({ $0 >= 0 }) else { throw .outsideRange }
        let observed = items.map { ratioDistances($0.map { ($0, 1) }) / Double($0.count - 1) }.compensatedSum
        let sorted = values.sorted()
        var frequencies: [(value: Double, count: Double)] = []
        Ranks.forEachTie(in: sorted) { frequencies.append((sorted[$0.lowerBound], Double($0.count))) }
        guard frequencies.count <= mostRatioValues else { throw .tooMuchWork }
        return (observed, ratioDistances(frequencies))
    }

    private static func ratioDistances(_ frequencies: [(value: Double, count: Double)]) -> Double {
        frequencies.indices.map { place in
            let (low, count) = frequencies[place]
            return frequencies[(place + 1)...].lazy.filter { $0.value != low }.map { high in
                let share = (high.value - low) / (high.value + low)
                return count * high.count * share * share
            }.compensatedSum
        }.compensatedSum
    }
}
