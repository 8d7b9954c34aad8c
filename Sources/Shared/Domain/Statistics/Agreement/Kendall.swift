extension PairedSample {
    /// Kendall's τ_b: how many more pairs of items are in the same order than in the opposite one, corrected for ties
    /// (Kendall, Biometrika 33, 1945). Counted by merge sort in O(n log n) (Knight, JASA 61, 1966).
    package func kendall() throws(Undefined) -> Double {
        guard count >= 2 else { throw .tooFew(needed: 2, given: count) }
        let order = reference.indices.sorted {
            (reference[$0], measured[$0]) < (reference[$1], measured[$1])
        }
        let x = order.map { reference[$0] }
        var y = order.map { measured[$0] }
        let tiesX = Self.tiedPairs(in: x)
        let tiesBoth = Self.jointlyTiedPairs(x, y)
        let swaps = Self.sortCountingInversions(&y)
        let tiesY = Self.tiedPairs(in: y)
        let pairs = Self.pairs(count)
        guard tiesX < pairs, tiesY < pairs else { throw .noVariance }
        // Concordant less discordant: the pairs tied in neither, less twice those that had to be swapped.
        let surplus = Double(pairs - tiesX - tiesY + tiesBoth - 2 * swaps)
        let tau = surplus / Double(pairs - tiesX).squareRoot() / Double(pairs - tiesY).squareRoot()
        return max(-1, min(1, tau))
    }

    private static func pairs(_ count: Int) -> Int { count * (count - 1) / 2 }

    private static func tiedPairs(in sorted: [Double]) -> Int {
        var tied = 0
        Ranks.forEachTie(in: sorted) { tied += pairs($0.count) }
        return tied
    }

    /// The pairs that are equal on both sides; `x` is in order, and `y` within equal `x`.
    private static func jointlyTiedPairs(_ x: [Double], _ y: [Double]) -> Int {
        var tied = 0
        Ranks.forEachTie(in: x) { range in tied += tiedPairs(in: Array(y[range])) }
        return tied
    }

    /// Sorts, and returns how many pairs were in the wrong order.
    private static func sortCountingInversions(_ values: inout [Double]) -> Int {
        var inversions = 0
        var source = values
        var target = values
        var width = 1
        while width < source.count {
            var start = 0
            while start < source.count {
                let middle = min(start + width, source.count)
                let end = min(start + 2 * width, source.count)
                var left = start
                var right = middle
                for place in start..<end {
                    if left < middle, right >= end || source[left] <= source[right] {
                        target[place] = source[left]
                        left += 1
                    } else {
                        target[place] = source[right]
                        right += 1
                        inversions += middle - left
                    }
                }
                start = end
            }
            swap(&source, &target)
            width *= 2
        }
        values = source
        return inversions
    }
}
