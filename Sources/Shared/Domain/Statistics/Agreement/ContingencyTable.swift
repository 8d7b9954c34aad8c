/// How often two raters put the same items into which categories: rows are the first rater's, columns the second's.
package struct ContingencyTable: Sendable, Hashable {
    package let counts: [[Double]]
    package let total: Double

    /// Counts two raters' categories, each from 0 to `categories - 1`. The categories are those that could have been
    /// used, not those that were: weights depend on their distance.
    package init(_ first: [Int], _ second: [Int], categories: Int) throws(Undefined) {
        guard first.count == second.count else { throw .lengthsDiffer }
        guard categories > 0 else { throw .outsideRange }
        var counts = Array(repeating: Array(repeating: 0.0, count: categories), count: categories)
        for (row, column) in zip(first, second) {
            guard counts.indices.contains(row), counts.indices.contains(column) else { throw .outsideRange }
            counts[row][column] += 1
        }
        try self.init(counts: counts)
    }

    /// Puts every value into the category of its nearest grade, the lower of two that are equally near. `grades` are
    /// in ascending order.
    package init(_ sample: PairedSample, grades: [Double]) throws(Undefined) {
        guard !grades.isEmpty, zip(grades, grades.dropFirst()).allSatisfy(<) else { throw .outsideRange }
        try self.init(
            sample.measured.map { Grades.nearest(to: $0, in: grades) },
            sample.reference.map { Grades.nearest(to: $0, in: grades) }, categories: grades.count)
    }

    /// Takes a square table of counts.
    package init(counts: [[Double]]) throws(Undefined) {
        guard counts.allSatisfy({ $0.count == counts.count }) else { throw .lengthsDiffer }
        guard counts.joined().allSatisfy({ $0 >= 0 && $0.isFinite }) else { throw .outsideRange }
        self.counts = counts
        total = counts.joined().compensatedSum
        guard total > 0 else { throw .tooFew(needed: 1, given: 0) }
    }

    /// The share of items on which the raters agree.
    package func agreement() -> Double { counts.indices.map { counts[$0][$0] }.compensatedSum / total }

    var rowShares: [Double] { counts.map { $0.compensatedSum / total } }
    var columnShares: [Double] {
        counts.indices.map { column in counts.map { $0[column] }.compensatedSum / total }
    }
}

/// Steps of a scale.
enum Grades {
    /// The place of the grade that is nearest to a value, the lower of two that are equally near.
    static func nearest(to value: Double, in grades: [Double]) -> Int {
        var best = 0
        for place in grades.indices where abs(grades[place] - value) < abs(grades[best] - value) { best = place }
        return best
    }
}
