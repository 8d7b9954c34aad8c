/// The places of values in their order.
enum Ranks {
    /// The ranks from 1; equal values share the mean of their places.
    static func averaged(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = Array(repeating: 0.0, count: values.count)
        forEachTie(in: order.map { values[$0] }) { range in
            let rank = Double(range.lowerBound + range.upperBound + 1) / 2
            for place in range { ranks[order[place]] = rank }
        }
        return ranks
    }

    /// Calls `body` with every run of equal values, runs of one included.
    static func forEachTie(in sorted: [Double], _ body: (Range<Int>) -> Void) {
        var start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count, sorted[end] == sorted[start] { end += 1 }
            body(start..<end)
            start = end
        }
    }
}
