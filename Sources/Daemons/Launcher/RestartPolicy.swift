/// When a program that died is started again: at once the first time, then after pauses that double, up to five
/// seconds. One that ran for ten seconds has proved itself and begins anew.
struct RestartPolicy: Sendable, Hashable {
    private var failures = 0

    private static let proof = Duration.seconds(10)
    private static let longestPause = Duration.seconds(5)

    /// How long to wait before the next start, after the program has died.
    ///
    /// `uptime` is how long it had run.
    mutating func died(after uptime: Duration) -> Duration {
        if uptime >= Self.proof { failures = 0 }
        defer { failures += 1 }
        guard failures > 0 else { return .zero }
        return min(.milliseconds(100 << min(failures, 10)), Self.longestPause)
    }
}
