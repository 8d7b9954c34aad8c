/// Decides when the next picture is drawn: changes within a short interval share one, and no picture is sent before the
/// terminal has shown the last. A slow link then gets fewer pictures, always the newest, instead of a growing backlog.
///
/// What a person did is shown at once. What merely arrives is shown as soon as what came with it is in, then the more
/// seldom the larger the pictures are: nobody reads faster than five times a second, and an idle hand should cost a link
/// next to nothing.
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

    /// Keys that are closer than this share a picture: a hand on a key that repeats sees each step.
    private static let personInterval = Duration.milliseconds(15)
    /// What arrives is seldom alone: events of one moment share a picture.
    private static let dataGathering = Duration.milliseconds(33)
    private static let dataIntervals = Duration.milliseconds(200)...Duration.seconds(1)
    /// The bytes a second that data should cost, and those that it may cost at most.
    private static let dataRate = 1000
    private static let largestDataRate = 8000
    /// A terminal that never answered is not asked again after this.
    private static let firstAnswer = Duration.seconds(1)
    /// An answer that was lost holds the picture no longer than this.
    private static let longestHold = Duration.seconds(5)

    private var cause: Cause? = .person
    /// When data that is not shown yet was first asked about.
    private var dataSince: Duration?
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
        let next = due(cause, at: now)
        return now < next ? .wait(until: next) : .draw
    }

    private mutating func due(_ cause: Cause, at now: Duration) -> Duration {
        switch cause {
        case .person: return lastDrawn.map { $0 + Self.personInterval } ?? now
        case .data:
            let since = dataSince ?? now
            dataSince = since
            let gathered = since + Self.dataGathering
            return lastDrawn.map { max(gathered, $0 + dataInterval) } ?? gathered
        }
    }

    private var dataInterval: Duration {
        let wanted = Duration.microseconds(lastBytes * 1_000_000 / Self.dataRate)
        let least = Duration.microseconds(lastBytes * 1_000_000 / Self.largestDataRate)
        return max(min(max(wanted, Self.dataIntervals.lowerBound), Self.dataIntervals.upperBound), least)
    }

    /// The newest state was looked at, and so many bytes were sent; none when the terminal shows it already.
    package mutating func drawn(at now: Duration, bytes: Int) {
        cause = nil
        dataSince = nil
        guard bytes > 0 else { return }
        lastDrawn = now
        lastBytes = bytes
        if asksForReport { asked = now }
    }

    /// The terminal was someone else's meanwhile: the next picture is a whole one, and no report is under way.
    package mutating func restart() {
        cause = .person
        dataSince = nil
        lastDrawn = nil
        asked = nil
    }

    /// The terminal's report came.
    package mutating func reported(at now: Duration) {
        guard let asked else { return }
        answers = .given
        roundTrip = now - asked
        self.asked = nil
    }
}
