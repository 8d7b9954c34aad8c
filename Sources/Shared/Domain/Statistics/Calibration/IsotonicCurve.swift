/// The rising step curve that is nearest to the points: what a score means, learnt from labels without a formula. Pool
/// adjacent violators (Barlow et al., Statistical Inference under Order Restrictions, 1972), linear between the points.
package struct IsotonicCurve: Sendable, Hashable {
    /// The corners of the curve, in ascending order.
    package let positions: [Double]
    package let heights: [Double]

    /// Fits the curve to values of `y` at places `x`; equal places count as their mean with its weight. Heights are
    /// kept within `range`.
    package init(_ x: [Double], _ y: [Double], range: ClosedRange<Double> = 0...1) throws(Undefined) {
        guard x.count == y.count else { throw .lengthsDiffer }
        guard !x.isEmpty else { throw .tooFew(needed: 1, given: 0) }
        try x.requireFinite()
        try y.requireFinite()
        let order = x.indices.sorted { x[$0] < x[$1] }
        let places = order.map { x[$0] }
        var distinct: [Double] = []
        var blocks: [(sum: Double, weight: Double, width: Int)] = []
        Ranks.forEachTie(in: places) { tie in
            distinct.append(places[tie.lowerBound])
            blocks.append((order[tie].map { y[$0] }.compensatedSum, Double(tie.count), 1))
        }
        var pooled: [(sum: Double, weight: Double, width: Int)] = []
        for block in blocks {
            var last = block
            while let before = pooled.last, before.sum / before.weight >= last.sum / last.weight {
                last = (before.sum + last.sum, before.weight + last.weight, before.width + last.width)
                pooled.removeLast()
            }
            pooled.append(last)
        }
        let levels = pooled.flatMap { block in
            Array(
                repeating: min(range.upperBound, max(range.lowerBound, block.sum / block.weight)), count: block.width)
        }
        // A place in the middle of a level is no corner.
        let corners = distinct.indices.filter { place in
            place == 0 || place == levels.count - 1 || levels[place - 1] != levels[place]
                || levels[place + 1] != levels[place]
        }
        positions = corners.map { distinct[$0] }
        heights = corners.map { levels[$0] }
    }

    /// The height at `x`; outside of the points that of the nearest.
    package func value(at x: Double) -> Double {
        guard x > positions[0] else { return heights[0] }
        guard let right = positions.firstIndex(where: { $0 >= x }) else { return heights[heights.count - 1] }
        let span = positions[right] - positions[right - 1]
        return heights[right - 1] + (heights[right] - heights[right - 1]) * (x - positions[right - 1]) / span
    }
}
