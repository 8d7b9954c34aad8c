package import FoundationEssentials

/// The server's clock as it is known here: what it said last, and how long ago that was. Every time on the screen is
/// counted by it, since the clock of a terminal's host may be wrong.
package struct ServerClock: Sendable, Hashable {
    private var told: Date?
    private var at = Duration.zero

    package init() {}

    /// The server said its time.
    package mutating func synchronise(_ date: Date, at now: Duration) {
        told = date
        at = now
    }

    /// The server's time, `nil` before it said any.
    package func date(at now: Duration) -> Date? {
        told.map { $0.addingTimeInterval((now - at).inSeconds) }
    }

    /// When the minute that is shown changes.
    func nextMinute(after now: Duration) -> Duration? {
        guard let date = date(at: now) else { return nil }
        let passed = date.timeIntervalSince1970.truncatingRemainder(dividingBy: 60)
        return now + .milliseconds(Int64((60 - passed) * 1000) + 1)
    }
}

extension Duration {
    /// The span as seconds with their fraction.
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// The span in whole seconds, rounded down.
    var wholeSeconds: Int { Int(clamping: components.seconds) }
}
