/// How many values lie in each of several equal ranges: every range takes its lower edge, the last one also its upper.
package struct Histogram: Sendable, Hashable {
    /// The borders of the ranges, one more than there are ranges.
    package let edges: [Double]
    package let counts: [Int]
    /// Values below the first edge and above the last.
    package let below: Int
    package let above: Int

    /// Counts `values` in `bins` equal parts of `range`.
    package init(_ values: [Double], bins: Int, over range: ClosedRange<Double>) throws(Undefined) {
        guard bins > 0, range.lowerBound < range.upperBound else { throw .outsideRange }
        try values.requireFinite()
        let width = range.upperBound - range.lowerBound
        let edges = (0...bins).map {
            $0 == bins ? range.upperBound : range.lowerBound + Double($0) / Double(bins) * width
        }
        var counts = Array(repeating: 0, count: bins)
        var below = 0
        var above = 0
        for value in values {
            if value < range.lowerBound {
                below += 1
            } else if value > range.upperBound {
                above += 1
            } else {
                counts[Self.bin(of: value, in: edges)] += 1
            }
        }
        (self.edges, self.counts, self.below, self.above) = (edges, counts, below, above)
    }

    /// The range that a value inside of the edges belongs to. Divided and then corrected by the edges themselves, so
    /// that a value on an edge goes where the edge says and not where rounding puts it.
    static func bin(of value: Double, in edges: [Double]) -> Int {
        let last = edges.count - 2
        let share = (value - edges[0]) / (edges[last + 1] - edges[0])
        var bin = Swift.min(last, Int(share * Double(last + 1)))
        while bin > 0, value < edges[bin] { bin -= 1 }
        while bin < last, value >= edges[bin + 1] { bin += 1 }
        return bin
    }
}
