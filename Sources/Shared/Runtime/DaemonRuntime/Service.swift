internal import EventLoop

/// A part of a daemon that lives as long as the daemon: a pool, a subscription, a dispatcher.
package struct Service: Sendable {
    package let name: String
    /// Returns when the service can be used.
    package let start: @Sendable () async throws -> Void
    /// Stops taking work, finishes or hands back what it has, frees what it holds; returns within the time given.
    package let stop: @Sendable (_ time: Duration) async -> Void

    package init(
        _ name: String, start: @escaping @Sendable () async throws -> Void = {},
        stop: @escaping @Sendable (_ time: Duration) async -> Void
    ) {
        self.name = name
        self.start = start
        self.stop = stop
    }
}
