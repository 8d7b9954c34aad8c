import Testing

/// Something did not happen within its time.
struct NotInTime: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Waits until `condition` gives a value, and returns it with how long that took.
/// - Throws: `NotInTime` with `what`.
func eventualValue<Value>(
    _ what: @autoclosure () -> String, within limit: Duration = .seconds(30), every pause: Duration = .milliseconds(20),
    _ condition: () async throws -> Value?
) async throws -> (value: Value, after: Duration) {
    let started = ContinuousClock.now
    while true {
        if let value = try await condition() { return (value, started.duration(to: .now)) }
        guard started.duration(to: .now) < limit else { throw NotInTime("not within \(limit): \(what())") }
        try await Task.sleep(for: pause)
    }
}

/// Waits until `condition` holds, and returns how long that took.
/// - Throws: `NotInTime` with `what`.
@discardableResult
func eventually(
    _ what: @autoclosure () -> String, within limit: Duration = .seconds(30), every pause: Duration = .milliseconds(20),
    _ condition: () async throws -> Bool
) async throws -> Duration {
    try await eventualValue(what(), within: limit, every: pause) { try await condition() ? true : nil }.after
}

/// What an optimised build must do within `limit`; a debug build beside other tests is given more time.
func patience(_ limit: Duration) -> Duration {
    #if DEBUG
        limit * 6
    #else
        limit * 2
    #endif
}
