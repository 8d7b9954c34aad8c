internal import Glibc

/// A moment on the monotonic clock.
///
/// In place of `ContinuousClock.Instant`, whose layout is not open to the compiler: each copy and comparison of one is
/// a call of the runtime, and a request makes dozens.
struct Moment: Hashable, Comparable {
    let nanoseconds: Int64

    init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    static var now: Moment {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The moment `patience` nanoseconds later; the end of time when that lies beyond it.
    func advanced(by patience: Int64) -> Moment {
        let (sum, isBeyond) = nanoseconds.addingReportingOverflow(patience)
        return Moment(nanoseconds: isBeyond ? .max : sum)
    }

    func duration(to other: Moment) -> Duration { .nanoseconds(other.nanoseconds - nanoseconds) }
}

extension Duration {
    /// The length in nanoseconds, at least zero and at most what `Int64` holds.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < Int64.max / 1_000_000_000 else { return .max }
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
