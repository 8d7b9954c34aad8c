internal import CLinux
internal import Glibc

/// A moment on the monotonic clock.
///
/// In place of `ContinuousClock.Instant`, whose layout is not open to the compiler: each copy and comparison of one, or of
/// anything that has one in it, is a call of the runtime, and a request makes dozens.
///
/// Public, because what is of the package alone is not inlined in other modules, whatever it is marked with.
public struct Moment: Sendable, Hashable, Comparable {
    /// Since some beginning that is the same for all of the process.
    public let nanoseconds: Int64

    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The end of time.
    public static let never = Moment(nanoseconds: .max)

    /// This moment. Out of line, so that `turn`, which is asked for all the time, is no more than two reads.
    @inline(never) public static var now: Moment {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// When the turn of the loop that the caller runs on began; off the loops, now. It costs no look at the clock, of which
    /// a request would otherwise take dozens, and is late by what the turn has done so far.
    public static var turn: Moment { Loop.current?.turn ?? .now }

    @inlinable public static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

    @inlinable public static func == (left: Moment, right: Moment) -> Bool { left.nanoseconds == right.nanoseconds }

    /// The moment so many nanoseconds later; the end of time when it lies beyond that.
    @inlinable public func advanced(by nanoseconds: Int64) -> Moment {
        let (sum, isBeyond) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return Moment(nanoseconds: isBeyond ? .max : sum)
    }

    @inlinable public static func + (moment: Moment, duration: Duration) -> Moment {
        moment.advanced(by: duration.nanoseconds)
    }

    @inlinable public static func - (moment: Moment, duration: Duration) -> Moment {
        moment.advanced(by: -duration.nanoseconds)
    }

    /// How long it is until `other`; negative when that is earlier.
    @inlinable public func duration(to other: Moment) -> Duration {
        .nanoseconds(other.nanoseconds - nanoseconds)
    }
}

extension Duration {
    /// The length in nanoseconds, as far as an `Int64` holds it.
    @inlinable public var nanoseconds: Int64 {
        // Of the usual length without a division of 128 bits, which is a call.
        if let short = Int64(exactly: attoseconds) { return short / 1_000_000_000 }
        return max(-.max, Int64(clamping: attoseconds / 1_000_000_000))
    }
}
