/// How long to wait before the next attempt to connect: longer each time, never the same twice.
struct Backoff {
    private var failures = 0

    /// The delay after another failure. A refused password is not tried again soon, since only a
    /// person can help.
    mutating func next(after error: RedisError, using random: inout some RandomNumberGenerator) -> Duration {
        if error.kind == .authentication || error.kind == .settings { return .seconds(5) }
        let ceiling = min(1000, 50 << min(failures, 5))
        failures += 1
        return .milliseconds(Int.random(in: ceiling / 2...ceiling, using: &random))
    }

    /// A connection has proved itself.
    mutating func reset() { failures = 0 }
}
