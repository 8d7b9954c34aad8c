/// How sure a figure is, by computing it again on samples drawn from its own (Efron and Tibshirani, An Introduction to
/// the Bootstrap, 1993).
package struct Bootstrap: Sendable, Hashable {
    /// How many samples are drawn; fewer where they are so large that ``mostDraws`` would be passed.
    package let resamples: Int
    /// The same seed gives the same samples.
    package let seed: UInt64

    /// The most items that are drawn in all, which bounds the work.
    package static let mostDraws = 4_000_000
    /// Fewer samples than this say nothing about the ends of a range.
    package static let fewestResamples = 200

    package init(resamples: Int = 2000, seed: UInt64) {
        self.resamples = resamples
        self.seed = seed
    }

    /// The ranges of `statistic` for a sample of `count` items; it is given the places of the items, with repetitions.
    /// A sample for which it is undefined is left out, and counted; when every tenth is, there is no range.
    package func interval(
        of count: Int, level: Double = 0.95, statistic: ([Int]) throws(Undefined) -> Double
    ) throws(Undefined) -> BootstrapInterval {
        guard count >= 2 else { throw .tooFew(needed: 2, given: count) }
        let affordable = min(resamples, Self.mostDraws / count)
        guard affordable >= Self.fewestResamples else { throw .tooMuchWork }
        var generator = SplitMix64(seed: seed)
        var replicates: [Double] = []
        for _ in 0..<affordable {
            let places = (0..<count).map { _ in Int(generator.next(upperBound: UInt64(count))) }
            do throws(Undefined) { replicates.append(try statistic(places)) } catch { continue }
        }
        guard replicates.count * 10 >= affordable * 9 else {
            throw .tooFew(needed: affordable * 9 / 10, given: replicates.count)
        }
        return try BootstrapInterval(
            estimate: try statistic(Array(0..<count)), replicates: replicates, skipped: affordable - replicates.count,
            influences: try Self.influences(of: count, statistic), level: level)
    }

    /// As ``interval(of:level:statistic:)`` for a figure of paired values.
    package func interval(
        of sample: PairedSample, level: Double = 0.95, statistic: (PairedSample) throws(Undefined) -> Double
    ) throws(Undefined) -> BootstrapInterval {
        try interval(of: sample.count, level: level) { (places) throws(Undefined) in
            try statistic(sample.picking(places))
        }
    }

    /// What the figure loses when an item is left out. Of large samples every so many items are tried, and stand for
    /// their neighbours.
    private static func influences(
        of count: Int, _ statistic: ([Int]) throws(Undefined) -> Double
    ) throws(Undefined) -> [Double] {
        let stride = max(1, count * count / mostDraws)
        var values: [Double] = []
        var left = 0
        while left < count {
            var places = Array(0..<count)
            places.remove(at: left)
            // Leaving out may leave nothing to compare; such an item tells nothing about the skew.
            if let value = Figure(catching: { () throws(Undefined) in try statistic(places) }).value {
                values.append(value)
            }
            left += stride
        }
        guard !values.isEmpty else { throw .tooFew(needed: 2, given: count) }
        let center = try values.mean()
        return values.flatMap { Array(repeating: center - $0, count: stride) }
    }
}

/// The ranges that resampling gives a figure.
package struct BootstrapInterval: Sendable, Hashable {
    /// The figure of the sample itself.
    package let estimate: Double
    /// What the middle of the replicates holds.
    package let percentile: Interval
    /// The same, bias-corrected and accelerated (BCa; Efron, JASA 82, 1987): the one to show.
    package let accelerated: Interval
    /// z₀: how far the replicates lie off the figure, in standard deviations.
    package let bias: Double
    /// â: how the standard error changes with the figure.
    package let acceleration: Double
    /// On how many samples it rests, and on how many the figure was undefined.
    package let resamples: Int
    package let skipped: Int

    /// The ranges from what was drawn. `influences` are the mean of the figures with one item left out, less each.
    package init(
        estimate: Double, replicates: [Double], skipped: Int = 0, influences: [Double], level: Double
    ) throws(Undefined) {
        guard level > 0, level < 1 else { throw .outsideRange }
        guard !replicates.isEmpty else { throw .tooFew(needed: 1, given: 0) }
        try replicates.requireFinite()
        let sorted = replicates.sorted()
        let below = sorted.count { $0 < estimate }
        let upTo = sorted.count { $0 <= estimate }
        let bias = try Normal.quantile(Double(below + upTo) / Double(2 * sorted.count))
        let squares = influences.map { $0 * $0 }.compensatedSum
        let cubes = influences.map { $0 * $0 * $0 }.compensatedSum
        let acceleration = squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
        func end(_ share: Double) throws(Undefined) -> (plain: Double, corrected: Double) {
            let plain = Quantiles.value(share, ofSorted: sorted)
            // All replicates on one side of the figure: there is nothing to correct by.
            guard bias.isFinite else { return (plain, plain) }
            let z = bias + (try Normal.quantile(share))
            let corrected = Normal.cumulative(bias + z / (1 - acceleration * z))
            return (plain, Quantiles.value(corrected, ofSorted: sorted))
        }
        let low = try end((1 - level) / 2)
        let high = try end((1 + level) / 2)
        self.estimate = estimate
        percentile = Interval(lower: low.plain, upper: high.plain)
        accelerated = Interval(lower: low.corrected, upper: high.corrected)
        self.bias = bias
        self.acceleration = acceleration
        resamples = sorted.count
        self.skipped = skipped
    }
}
