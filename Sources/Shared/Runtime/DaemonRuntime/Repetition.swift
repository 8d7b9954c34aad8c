internal import EventLoop

/// Something that is done again and again while the daemon lives.
enum Repetition {
    /// Calls `body` at once and then every `interval`, on the caller's loop, until the task is cancelled: its owner's
    /// part. `nil` off the loops.
    static func start(every interval: Duration, _ body: @escaping @Sendable () -> Void) -> Task<Void, Never>? {
        guard let loop = Loop.current else { return nil }
        return loop.spawn {
            while !Task.isCancelled {
                body()
                do {
                    try await loop.sleep(for: interval)
                } catch {
                    return  // Cancelled.
                }
            }
        }
    }
}
