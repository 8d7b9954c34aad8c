import Glibc

/// How far two samples are from one another.
package struct SampleDistance: Sendable, Hashable {
    private let first: [Double]
    private let second: [Double]

    /// Takes what was, and what is.
    package init(_ first: [Double], _ second: [Double]) throws(Undefined) {
        guard !first.isEmpty, !second.isEmpty else { throw .tooFew(needed: 1, given: 0) }
        try first.requireFinite()
        try second.requireFinite()
        (self.first, self.second) = (first.sorted(), second.sorted())
    }

    /// The largest difference of the shares below a value, and how likely as large a one is in samples of the same origin
    /// (Kolmogorov, 1933; Smirnov, 1939). Exact as long as the product of the sizes is moderate.
    package func kolmogorovSmirnov() -> (distance: Double, probability: Double) {
        var (left, right) = (0, 0)
        var largest = 0.0
        while left < first.count, right < second.count {
            let value = min(first[left], second[right])
            while left < first.count, first[left] == value { left += 1 }
            while right < second.count, second[right] == value { right += 1 }
            largest = max(largest, abs(Double(left) / Double(first.count) - Double(right) / Double(second.count)))
        }
        let isSmall = first.count.multipliedReportingOverflow(by: second.count).partialValue <= 4_000_000
        return (largest, isSmall ? exactProbability(of: largest) : limitProbability(of: largest))
    }

    /// By counting the ways through the grid of both samples that stay within the distance.
    private func exactProbability(of distance: Double) -> Double {
        let (m, n) = (Double(first.count), Double(second.count))
        let limit = (0.5 + (distance * m * n - 1e-7).rounded(.down)) / (m * n)
        var ways = (0...second.count).map { Double($0) / n > limit ? 0.0 : 1 }
        for row in 1...first.count {
            let share = Double(row) / m
            let weight = Double(row) / (Double(row) + n)
            ways[0] = share > limit ? 0 : weight * ways[0]
            for column in 1...second.count {
                let isInside = abs(share - Double(column) / n) <= limit
                ways[column] = isInside ? weight * ways[column] + ways[column - 1] : 0
            }
        }
        return max(0, min(1, 1 - ways[second.count]))
    }

    private func limitProbability(of distance: Double) -> Double {
        let (m, n) = (Double(first.count), Double(second.count))
        let scaled = distance * (m * n / (m + n)).squareRoot()
        var sum = 0.0
        for k in 1...100 {
            sum += (k % 2 == 1 ? 2 : -2) * exp(-2 * Double(k * k) * scaled * scaled)
        }
        return scaled < 0.2 ? 1 : max(0, min(1, sum))
    }

    /// In how many pairs the first sample's value is the larger, ties counting half, and how likely as uneven a number is
    /// in samples of the same origin (Mann and Whitney, 1947), by the normal distribution with the corrections for ties
    /// and continuity.
    package func mannWhitney() throws(Undefined) -> (pairs: Double, probability: Double) {
        let (m, n) = (Double(first.count), Double(second.count))
        let all = first + second
        let pairs = Ranks.averaged(all)[0..<first.count].compensatedSum - m * (m + 1) / 2
        var ties = 0.0
        Ranks.forEachTie(in: all.sorted()) { ties += Double($0.count * $0.count * $0.count - $0.count) }
        let spread = (m * n / 12 * (m + n + 1 - ties / ((m + n) * (m + n - 1)))).squareRoot()
        guard spread > 0 else { throw .noVariance }
        let z = max(0, abs(pairs - m * n / 2) - 0.5) / spread
        return (pairs, min(1, 2 * Normal.cumulative(-z)))
    }

    /// How far values have to be moved on average to make one of the other (Wasserstein-1).
    package func wasserstein() -> Double {
        var (left, right) = (0, 0)
        var area: [Double] = []
        var last = min(first[0], second[0])
        while left < first.count || right < second.count {
            let value = min(
                left < first.count ? first[left] : .infinity, right < second.count ? second[right] : .infinity)
            let gap = abs(Double(left) / Double(first.count) - Double(right) / Double(second.count))
            area.append(gap * (value - last))
            while left < first.count, first[left] == value { left += 1 }
            while right < second.count, second[right] == value { right += 1 }
            last = value
        }
        return area.compensatedSum
    }

    /// Σ (q − p) · ln(q / p) over equal parts of the range, shares no less than `floor` (population stability index):
    /// below 0.1 little has changed, above 0.25 much.
    package func stabilityIndex(
        bins: Int = 10, over range: ClosedRange<Double> = 0...1, floor: Double = 1e-4
    ) throws(Undefined) -> Double {
        let (before, after) = try shares(bins, range)
        return zip(before, after).map { before, after in
            let (p, q) = (max(before, floor), max(after, floor))
            return (q - p) * log(q / p)
        }.compensatedSum
    }

    /// The square root of the Jensen-Shannon divergence in bits over equal parts of the range: from 0 to 1 (Endres and
    /// Schindelin, IEEE Transactions on Information Theory 49, 2003).
    package func jensenShannon(
        bins: Int = 10, over range: ClosedRange<Double> = 0...1, floor: Double = 1e-4
    ) throws(Undefined) -> Double {
        func raised(_ shares: [Double]) -> [Double] {
            let raised = shares.map { max($0, floor) }
            let sum = raised.compensatedSum
            return raised.map { $0 / sum }
        }
        let (before, after) = try shares(bins, range)
        let divergence = zip(raised(before), raised(after)).map { p, q in
            let middle = (p + q) / 2
            return (p > 0 ? p * log2(p / middle) / 2 : 0) + (q > 0 ? q * log2(q / middle) / 2 : 0)
        }
        return max(0, divergence.compensatedSum).squareRoot()
    }

    private func shares(_ bins: Int, _ range: ClosedRange<Double>) throws(Undefined) -> ([Double], [Double]) {
        func shares(_ values: [Double]) throws(Undefined) -> [Double] {
            let clamped = values.map { min(range.upperBound, max(range.lowerBound, $0)) }
            return try Histogram(clamped, bins: bins, over: range).counts.map { Double($0) / Double(values.count) }
        }
        return (try shares(first), try shares(second))
    }
}
