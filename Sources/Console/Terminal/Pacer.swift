/// Decides when the next picture is drawn: changes within a short interval share one, and no picture is sent before the
/// terminal has shown the last. A slow link then gets fewer pictures, always the newest, instead of a growing backlog.
package struct Pacer: Sendable {
    /// What to do now.
    package enum Decision: Sendable, Hashable {
        /// Nothing has changed.
        case idle
        /// Draw the newest state.
        case draw
        /// Ask again at this time, or when a report came.
        case wait(until: Duration)
    }

    /// Whether the terminal answers status questions.
    private enum Answers: Hashable {
        case unknown
        case given
        case never
    }

    /// Changes that are closer than this share a picture.
    private static let interval = Duration.milliseconds(33)
    /// A terminal that never answered is not asked again after this.
    private static let firstAnswer = Duration.seconds(1)
    /// An answer that was lost holds the picture no longer than this.
    private static let longestHold = Duration.seconds(5)

    private var isDirty = true
    private var lastDrawn: Duration?
    private var asked: Duration?
    private var answers = Answers.unknown
    /// The time between a picture and its report, `nil` before the first.
    package private(set) var roundTrip: Duration?

    package init() {}

    /// Whether a picture should end with a status question.
    package var asksForReport: Bool { answers != .never }
    /// Whether a report is still under way.
    package var awaitsReport: Bool { asked != nil }

    /// The state that pictures show has changed.
    package mutating func changed() { isDirty = true }

    /// What to do at a time.
    package mutating func decide(at now: Duration) -> Decision {
        if let asked {
            let limit = asked + (answers == .unknown ? Self.firstAnswer : Self.longestHold)
            if now < limit { return isDirty ? .wait(until: limit) : .idle }
            if answers == .unknown { answers = .never }
            self.asked = nil
        }
        guard isDirty else { return .idle }
        if let lastDrawn, now < lastDrawn + Self.interval { return .wait(until: lastDrawn + Self.interval) }
        return .draw
    }

    /// The newest state was looked at; `isSent` tells whether it differed from what the terminal shows.
    package mutating func drawn(at now: Duration, isSent: Bool) {
        isDirty = false
        guard isSent else { return }
        lastDrawn = now
        if asksForReport { asked = now }
    }

    /// The terminal's report came.
    package mutating func reported(at now: Duration) {
        guard let asked else { return }
        answers = .given
        roundTrip = now - asked
        self.asked = nil
    }
}
