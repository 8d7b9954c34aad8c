import WireAPI

/// Whether live data flows, and since when not.
package struct EventStream: Sendable, Hashable {
    /// The state of the connection.
    package enum Phase: Sendable, Hashable {
        case off
        case connecting(since: Duration)
        case live
        /// Down since the first failure, next try at a time.
        case down(since: Duration, reason: String, retryAt: Duration)
    }

    /// A stream that is silent for longer than this is not trusted: the server tells its time more often.
    private static let longestSilence = Duration.seconds(20)

    package private(set) var phase = Phase.off
    /// The position to go on from.
    package private(set) var position: String?
    private var lastHeard = Duration.zero
    private var failures = 0

    package init() {}

    /// Starts over behind a position.
    mutating func open(after position: String?, at now: Duration) -> Effect {
        self.position = position ?? self.position
        phase = .connecting(since: now)
        failures = 0
        return .openStream(after: self.position, delay: .zero)
    }

    mutating func opened(at now: Duration) {
        phase = .live
        lastHeard = now
    }

    mutating func heard(id: String?, at now: Duration) {
        // An event counts only once the stream is open; a late one must not hide that it is down.
        if case .live = phase { failures = 0 }
        position = id ?? position
        lastHeard = now
    }

    /// The stream broke: says when to try again.
    mutating func lost(_ failure: ServerFailure, at now: Duration) -> Effect {
        failures += 1
        // A position that the server does not take any more: go on from now, which is followed by a reload.
        if failure.kind == .rejected { position = nil }
        let delay = Backoff.delay(afterFailures: failures)
        let since: Duration
        switch phase {
        case .down(let first, _, _): since = first
        case .connecting(let first): since = failures > 1 ? first : now
        case .live: since = lastHeard
        case .off: since = now
        }
        phase = .down(since: since, reason: failure.message, retryAt: now + delay)
        return .openStream(after: position, delay: delay)
    }

    mutating func close() { phase = .off }

    /// Nothing was heard for too long although the connection stands.
    func isSilent(at now: Duration) -> Bool { phase == .live && now - lastHeard > Self.longestSilence }

    /// How long ago the last event or sign of life came.
    func silence(at now: Duration) -> Duration { now - lastHeard }

    /// When what the header says about the stream changes by time alone.
    func nextChange(after now: Duration) -> Duration? {
        switch phase {
        case .off: nil
        case .live: isSilent(at: now) ? now + .seconds(1) : lastHeard + Self.longestSilence + .milliseconds(1)
        case .connecting, .down: now + .seconds(1)
        }
    }
}
