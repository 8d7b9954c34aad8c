/// How many repetitions a deployment may still get: each call earns a part of one, so that repeating cannot multiply the
/// load on a provider that fails because it has too much of it.
struct RetryCredit: Sendable, Hashable {
    /// What a call earns, in hundredths of a repetition.
    private static let earned = 20
    private static let most = 1000

    private var hundredths = RetryCredit.most

    /// A call is made.
    mutating func earn() { hundredths = min(Self.most, hundredths + Self.earned) }

    /// Pays for one repetition; `false` when there is too little left.
    mutating func spend() -> Bool {
        guard hundredths >= 100 else { return false }
        hundredths -= 100
        return true
    }
}
