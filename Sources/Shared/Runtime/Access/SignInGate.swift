internal import FoundationEssentials

/// Where attempts to sign in are counted, and are slowed down when too many fail.
struct SignInGate: Sendable, Hashable {
    /// What is counted together.
    enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Attempts at one account from one place: nobody locks an owner out from elsewhere.
        case pair
        /// Attempts at one account from all places that it was never signed in from.
        case account
        /// Attempts at all accounts from one place that they were never signed in from.
        case origin
        /// Codes for one account, from such places; whoever tries them has the password.
        case codes
        /// What somebody shows to confirm a session of theirs, passwords and codes alike, wherever it comes from.
        case proofs
    }

    let kind: Kind
    /// What is counted, as a hash.
    let key: String
}

/// When a gate slows down.
struct SignInGateRule: Sendable, Hashable {
    /// How many attempts may fail before the next one has to wait: a second, and each further time twice as long.
    let free: Int
    /// In seconds.
    let longestPause: TimeInterval
    /// How long after the next attempt may be made all are forgotten, in seconds.
    let memory: TimeInterval

    func pause(after failures: Int) -> TimeInterval {
        guard failures >= free else { return 0 }
        return min(longestPause, TimeInterval(1 << min(failures - free, 20)))
    }

    /// The rules in force. An account that is guessed at from everywhere opens twice a minute: seldom enough for guessing
    /// to be hopeless, often enough for its owner to get in from a new place when it is over.
    static let standard: [SignInGate.Kind: SignInGateRule] = [
        .pair: SignInGateRule(free: 5, longestPause: 900, memory: 1800),
        .account: SignInGateRule(free: 20, longestPause: 30, memory: 1800),
        .origin: SignInGateRule(free: 30, longestPause: 300, memory: 1800),
        .codes: SignInGateRule(free: 10, longestPause: 900, memory: 86_400),
        .proofs: SignInGateRule(free: 10, longestPause: 900, memory: 86_400),
    ]
}

/// Whether an attempt may be made.
enum SignInAdmission: Sendable, Hashable {
    /// It may, and counts as failed until it is settled. The last one before the pair has to wait says so.
    case admitted(isLast: Bool)
    /// So long is to be waited. The first refusal since the last attempt is worth telling of.
    case refused(wait: Duration, isFirst: Bool)
}

/// What came of an attempt that was admitted.
enum SignInSettlement: String, Sendable, Hashable {
    /// It succeeded: the pair starts anew, and the others forget this attempt.
    case success
    /// It was not made after all: all forget it.
    case withdrawal
}
