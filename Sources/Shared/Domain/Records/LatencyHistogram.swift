/// How many of something took how long, in the bins of the database's `latency_bin`, whose bounds grow by the fourth root
/// of two: wherever in its bin a latency lies, the middle of the bin is within 9 % of it.
package struct LatencyHistogram: Sendable, Hashable {
    /// One bin below a millisecond, four to the octave, one from `2^19` milliseconds on: almost nine minutes.
    package static let binCount = 78
    /// The powers of the fourth root of two within an octave.
    private static let steps = [1, 1.189_207_115_002_721, 1.414_213_562_373_095, 1.681_792_830_507_429]

    /// By bin, how many; of ``binCount`` elements.
    package private(set) var counts: [Int]

    /// Nothing.
    package init() { counts = Array(repeating: 0, count: Self.binCount) }

    /// How many there are in all.
    package var total: Int { counts.reduce(0, +) }

    /// Counts `count` more in a bin; one that there is not is the nearest.
    package mutating func add(_ count: Int, in bin: Int) { counts[min(max(bin, 0), Self.binCount - 1)] += count }

    /// Counts all of the other as well.
    package static func += (left: inout LatencyHistogram, right: LatencyHistogram) {
        for bin in left.counts.indices { left.counts[bin] += right.counts[bin] }
    }

    /// The latency that this part of all stayed within, such as 0.95, in milliseconds; `nil` when there are none. Within a
    /// bin they are taken to lie evenly.
    package func percentile(_ part: Double) -> Double? {
        let total = total
        guard total > 0 else { return nil }
        let rank = max(part * Double(total), 1)
        var below = 0.0
        for (bin, count) in counts.enumerated() where count > 0 {
            guard below + Double(count) < rank else {
                // Half a place back: one latency alone is taken to lie in the middle of its bin.
                return Self.milliseconds(bin, at: max(rank - below - 0.5, 0) / Double(count))
            }
            below += Double(count)
        }
        return Self.milliseconds(Self.binCount - 1, at: 0)
    }

    /// What lies `part` of the way from the lower to the upper bound of a bin.
    private static func milliseconds(_ bin: Int, at part: Double) -> Double {
        let lower = bin == 0 ? 0 : bound(bin - 1)
        let upper = bound(min(bin, binCount - 2))
        return lower + (upper - lower) * part
    }

    /// The fourth root of two to the power of `exponent`.
    private static func bound(_ exponent: Int) -> Double {
        steps[exponent % steps.count] * Double(1 << (exponent / steps.count))
    }
}
