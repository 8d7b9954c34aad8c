/// What an attempt at a delivery came to, as far as it decides what is done next.
package enum DeliveryAnswer: Sendable, Hashable {
    /// The endpoint answered; with how long it wants to be left alone, where it says so.
    case status(Int, retryAfter: Duration?)
    /// It could not be reached, or did not answer in time.
    case silence
    /// It may not be reached: its address is forbidden or none.
    case forbidden
}

/// What becomes of a delivery after an attempt.
///
/// Ten attempts, each four times as long after the one before, take about three days. An endpoint that says when it wants to
/// be asked again costs no attempt by it, for as long as that.
package enum DeliveryRuling: Sendable, Hashable {
    case delivered
    /// There is nobody any more: the endpoint is not to be told of anything.
    case gone
    /// Not before this time has passed, and the attempt does not count.
    case wait(Duration)
    /// Again later, as often as there are attempts.
    case again
    case givenUp

    /// How often a delivery is attempted.
    package static let attempts = 10
    /// The wait after the first failure, how many times as long each further one is, and the longest.
    package static let (firstWait, growth, longestWait) = (Duration.seconds(10), 4, Duration.seconds(36 * 3600))
    /// For how long an endpoint can put a delivery off.
    package static let patience = Duration.seconds(3 * 86_400)
    /// The longest wait that an endpoint can ask for.
    private static let longestPause = Duration.seconds(6 * 3600)

    /// `age` is how old the delivery is, `leases` how often it was begun.
    package init(on answer: DeliveryAnswer, age: Duration, leases: Int) {
        switch answer {
        case .silence: self = .again
        case .forbidden: self = .givenUp
        case .status(200..<300, _): self = .delivered
        case .status(410, _): self = .gone
        case .status(429, let pause?), .status(503, let pause?):
            guard age < Self.patience else {
                self = .givenUp
                return
            }
            // One that asks for no time at all again and again is asked ever more rarely.
            let floor = min(Duration.seconds(1 << min(max(leases, 0), 10)), .seconds(900))
            self = .wait(max(min(pause, Self.longestPause), floor))
        case .status: self = .again
        }
    }
}
