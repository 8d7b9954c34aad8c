/// A moment on the monotonic clock.
///
/// In place of `ContinuousClock.Instant`, whose layout is not open to the compiler: each copy and comparison of one is a
/// call of the runtime, and a call of a model makes dozens.
struct Moment: Sendable, Hashable, Comparable {
    /// Since a moment at the beginning of the process.
    private let offset: Duration

    private static let origin = ContinuousClock.now

    private init(offset: Duration) { self.offset = offset }

    init(_ instant: ContinuousClock.Instant) { offset = Self.origin.duration(to: instant) }

    static var now: Moment { Moment(.now) }

    func duration(to other: Moment) -> Duration { other.offset - offset }

    static func < (left: Moment, right: Moment) -> Bool { left.offset < right.offset }
    static func + (moment: Moment, duration: Duration) -> Moment { Moment(offset: moment.offset + duration) }
    static func - (moment: Moment, duration: Duration) -> Moment { Moment(offset: moment.offset - duration) }
}

extension Duration {
    /// Rounded up: whoever waits as long as he is told has waited long enough.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
