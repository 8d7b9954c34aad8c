internal import Synchronization

/// A number that only grows. Incrementing takes no lock.
package final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    init() {}

    /// The sum of all increments.
    package var value: UInt64 { count.load(ordering: .relaxed) }

    /// Adds `amount`.
    package func increment(by amount: UInt64 = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }
}

/// A number that goes up and down. Changing it takes no lock.
package final class Gauge: Sendable {
    private let level = Atomic<Int64>(0)

    init() {}

    /// The number now.
    package var value: Int64 { level.load(ordering: .relaxed) }

    /// Replaces the number.
    package func set(_ value: Int64) { level.store(value, ordering: .relaxed) }

    /// Adds `amount` and says what the number is then.
    @discardableResult
    package func add(_ amount: Int64) -> Int64 {
        level.wrappingAdd(amount, ordering: .relaxed).newValue
    }
}

/// How often values fell into which range.
package final class Histogram: Sendable {
    /// Upper bounds for the time that answers and calls take, in seconds.
    package static let latencyBounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120,
    ]

    /// The same for the calls of models, in seconds: those take seconds or minutes, and it is there that they differ.
    package static let modelCallBounds: [Double] = [
        0.01, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 4, 6, 10, 15, 20, 30, 45, 60, 120, 300, 600,
    ]

    /// What was observed so far.
    package struct Snapshot: Sendable {
        /// How many values were at most the bound of the same index and above the one before; one more for the rest.
        package var counts: [UInt64]
        package var sum: Double
        /// How many values there were.
        package var total: UInt64 { counts.reduce(0, +) }
    }

    let bounds: [Double]
    private let state: Mutex<Snapshot>

    init(bounds: [Double]) {
        precondition(!bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy(<), "bounds rise")
        self.bounds = bounds
        state = Mutex(Snapshot(counts: [UInt64](repeating: 0, count: bounds.count + 1), sum: 0))
    }

    /// The counts of this moment.
    package var snapshot: Snapshot { state.withLock { $0 } }

    /// Counts one value.
    package func observe(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[index] += 1
            state.sum += value
        }
    }

    /// Counts one duration, in seconds.
    package func observe(_ duration: Duration) {
        observe(duration.inSeconds)
    }
}

extension Duration {
    /// The duration as a number of seconds, for display and statistics.
    package var inSeconds: Double {
        Double(Int64(clamping: attoseconds / 1_000_000_000)) / 1e9
    }
}
