internal import EventLoop
internal import Records

extension LatencyHistogram {
    /// Counts one duration. With whole numbers, since this is on the way of every call: the bin's octave is the highest
    /// bit, and where in its octave it lies is found by comparing with the roots of two.
    mutating func add(_ duration: Duration) {
        add(1, in: Self.bin(ofMicroseconds: max(0, duration.nanoseconds / 1000)))
    }

    private static func bin(ofMicroseconds microseconds: Int64) -> Int {
        guard microseconds >= 1000 else { return 0 }
        // 1000 times two to the power of the octave is the largest such bound that is not above.
        let octave = Int64.bitWidth - 1 - (microseconds / 1000).leadingZeroBitCount
        let bound: Int64 = 1000 << octave
        // 2^(1/4), 2^(2/4) and 2^(3/4) of the octave's bound, in thousandths.
        let quarter = [1189, 1414, 1682].count { microseconds * 1000 >= bound * $0 }
        return 1 + octave * 4 + quarter
    }

    /// The duration that this part of all stayed within; `nil` when there are none.
    func duration(_ part: Double) -> Duration? { percentile(part).map { .milliseconds($0) } }
}
