package import FoundationEssentials
package import Queueing
package import WireAPI

/// What a queue did over some stretch of time, minute by minute, and what can be said of it.
package struct QueueFigures: Sendable {
    /// In the order of time; minutes without anything are missing.
    private let minutes: [QueueMinute]

    package init(_ minutes: [QueueMinute]) { self.minutes = minutes.sorted { $0.minute < $1.minute } }

    /// These and what happened before them.
    package func with(_ older: [QueueMinute]) -> QueueFigures { QueueFigures(older + minutes) }

    /// The sum of what happened from a moment on.
    package func sum(from start: Date) -> QueueMinute? {
        var sum: QueueMinute?
        for minute in minutes where minute.minute >= start {
            guard var total = sum else {
                sum = minute
                continue
            }
            total.add(minute)
            sum = total
        }
        return sum
    }

    /// How much of `field` happened in a second, over the whole minutes of the last `window` and the running one.
    package func rate(_ field: (QueueMinute) -> Int, over window: Duration, now: Date) -> Double {
        let span = Double(window.components.seconds)
        let start = Self.floor(now.addingTimeInterval(-span), by: 60)
        let count = minutes.reduce(0) { $1.minute >= start ? $0 + field($1) : $0 }
        return Double(count) / max(1, now.timeIntervalSince(start))
    }

    /// The series of `count` buckets, of which `now` lies in the last.
    package func series(bucket: Duration, count: Int, now: Date) -> OperatorQueueSeries {
        let width = Double(bucket.components.seconds)
        let from = Self.floor(now, by: width).addingTimeInterval(-width * Double(count - 1))
        var sums = [QueueMinute?](repeating: nil, count: count)
        for minute in minutes {
            let place = Int((minute.minute.timeIntervalSince(from) / width).rounded(.down))
            guard sums.indices.contains(place) else { continue }
            if sums[place] == nil { sums[place] = minute } else { sums[place]?.add(minute) }
        }
        func all(_ field: (QueueMinute) -> Int) -> [Int] { sums.map { $0.map(field) ?? 0 } }
        func time(_ buckets: (QueueMinute) -> TimeBuckets, _ quantile: Double) -> [Double?] {
            sums.map { $0.flatMap { Self.milliseconds(buckets($0), quantile) } }
        }
        return OperatorQueueSeries(
            from: from, bucketSeconds: Int(width), enqueued: all(\.enqueued), started: all(\.started),
            finished: all(\.finished), failed: all(\.failed), dead: all(\.dead), depth: sums.map { $0?.depth },
            waitP50Ms: time(\.wait, 0.5), waitP95Ms: time(\.wait, 0.95), runP50Ms: time(\.run, 0.5),
            runP95Ms: time(\.run, 0.95))
    }

    private static func floor(_ date: Date, by width: Double) -> Date {
        Date(timeIntervalSince1970: (date.timeIntervalSince1970 / width).rounded(.down) * width)
    }

    fileprivate static func milliseconds(_ buckets: TimeBuckets, _ quantile: Double) -> Double? {
        buckets.quantile(quantile).map { $0 / .milliseconds(1) }
    }
}

extension OperatorLatency {
    /// What half, 95 and 99 of 100 stayed within.
    package init(_ buckets: TimeBuckets?) {
        func time(_ quantile: Double) -> Double? { buckets.flatMap { QueueFigures.milliseconds($0, quantile) } }
        self.init(p50Ms: time(0.5), p95Ms: time(0.95), p99Ms: time(0.99))
    }
}

extension QueueMinute {
    /// Adds what happened in a later minute; the depth is the later one's.
    mutating func add(_ later: QueueMinute) {
        enqueued += later.enqueued
        started += later.started
        finished += later.finished
        failed += later.failed
        dead += later.dead
        cancelled += later.cancelled
        retried += later.retried
        lost += later.lost
        run.add(later.run)
        wait.add(later.wait)
        depth = later.depth ?? depth
    }
}
