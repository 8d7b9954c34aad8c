/// Decides when the next picture is drawn: changes within a short interval share one, and no picture is sent before the
/// terminal has shown the last. A slow link then gets fewer pictures, always the newest, instead of a growing backlog.
///
/// What a person did is shown at once. What merely arrives is shown at once after a pause, else twice a second, and
/// more seldom the larger the pictures are: nobody reads faster, and an idle hand should cost a link next to nothing.
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

    /// Why the state changed.
    package enum Cause: Sendable, Hashable {
        /// A key, a new size: someone waits for it.
        case person
        /// Data or time.
        case data
    }

    /// Whether the terminal answers status questions.
    private enum Answers: Hashable {
        case unknown
        case given
        case never
    }

    /// Changes that are closer than this share a picture, by their cause.
    private static let personInterval = Duration.milliseconds(33)
    private static let dataInterval = Duration.milliseconds(500)
    /// The bytes a second that data may cost.
    private static let dataRate = 8000
    /// A terminal that never answered is not asked again after this.
    private static let firstAnswer = Duration.seconds(1)
    /// An answer that was lost holds the picture no longer than this.
    private static let longestHold = Duration.seconds(5)

    private var cause: Cause? = .person
    private var lastDrawn: Duration?
    private var lastBytes = 0
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
    package mutating func changed(by cause: Cause) { if self.cause != .person { self.cause = cause } }

    /// What to do at a time.
    package mutating func decide(at now: Duration) -> Decision {
        if let asked {
            let limit = asked + (answers == .unknown ? Self.firstAnswer : Self.longestHold)
            if now < limit { return cause == nil ? .idle : .wait(until: limit) }
            if answers == .unknown { answers = .never }
            self.asked = nil
        }
        guard let cause else { return .idle }
        guard let lastDrawn else { return .draw }
        let next = lastDrawn + interval(cause)
        return now < next ? .wait(until: next) : .draw
    }

    private func interval(_ cause: Cause) -> Duration {
        switch cause {
        case .person: Self.personInterval
        case .data: max(Self.dataInterval, .microseconds(lastBytes * 1_000_000 / Self.dataRate))
        }
    }

    /// The newest state was looked at, and so many bytes were sent; none when the terminal shows it already.
    package mutating func drawn(at now: Duration, bytes: Int) {
        cause = nil
        guard bytes > 0 else { return }
        lastDrawn = now
        lastBytes = bytes
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
