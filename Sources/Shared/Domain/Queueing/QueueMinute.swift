package import FoundationEssentials

/// What one queue did in one minute.
package struct QueueMinute: Sendable, Hashable {
    package let queue: QueueName
    /// The minute's beginning.
    package let minute: Date
    package var enqueued = 0
    package var started = 0
    package var finished = 0
    /// Attempts that failed, whatever became of their jobs.
    package var failed = 0
    package var dead = 0
    package var cancelled = 0
    package var retried = 0
    /// Leases that ended because their worker did.
    package var lost = 0
    package var run = TimeBuckets()
    package var wait = TimeBuckets()
    /// How many jobs waited at the minute's end, where somebody has looked.
    package var depth: Int?

    package init(queue: QueueName, minute: Date) {
        self.queue = queue
        self.minute = minute
    }
}

/// How long things took, as counts in buckets whose upper bounds double from 1 ms.
package struct TimeBuckets: Sendable, Hashable {
    /// The last one has no upper bound: 2^18 ms are four minutes.
    package static let count = 20

    package private(set) var counts: [Int]
    package var milliseconds: Int

    package init() {
        counts = Array(repeating: 0, count: Self.count)
        milliseconds = 0
    }

    /// Buckets that were counted elsewhere; what is missing at the end is 0, what is too much goes to the last one.
    package init(counts: [Int], milliseconds: Int) {
        self.init()
        for (index, count) in counts.enumerated() { self.counts[min(index, Self.count - 1)] += count }
        self.milliseconds = milliseconds
    }

    package var total: Int { counts.reduce(0, +) }
    /// `nil` when there was nothing.
    package var mean: Duration? { total == 0 ? nil : .milliseconds(Double(milliseconds) / Double(total)) }

    /// The upper bound of a bucket; `nil` for the last one.
    package static func bound(of bucket: Int) -> Duration? {
        bucket < count - 1 ? .milliseconds(1 << bucket) : nil
    }

    /// The bucket in which a time is counted.
    package static func bucket(of time: Duration) -> Int {
        let milliseconds = time / .milliseconds(1)
        return (0..<count - 1).first { milliseconds <= Double(1 << $0) } ?? count - 1
    }

    /// The time within which the share `quantile` (0 to 1) of all lies, between the bounds of its bucket; `nil` when
    /// there was nothing.
    package func quantile(_ quantile: Double) -> Duration? {
        let total = total
        guard total > 0 else { return nil }
        let wanted = min(max(quantile, 0), 1) * Double(total)
        var below = 0
        for (index, count) in counts.enumerated() where count > 0 {
            if Double(below + count) >= wanted || below + count == total {
                let low = index == 0 ? 0 : Double(1 << (index - 1))
                let high = Double(1 << index)
                return .milliseconds(low + (high - low) * max(0, wanted - Double(below)) / Double(count))
            }
            below += count
        }
        return nil
    }

    /// Adds what was counted elsewhere.
    package mutating func add(_ other: TimeBuckets) {
        for index in counts.indices { counts[index] += other.counts[index] }
        milliseconds += other.milliseconds
    }
}
