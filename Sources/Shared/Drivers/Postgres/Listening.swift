internal import EventLoop

/// What a listener gets to know.
package enum PostgresListenEvent: Sendable, Hashable {
    /// Notifications arrive from now on; some may have been missed before: read afresh what they are about.
    case connected
    /// Somebody executed `NOTIFY`.
    case notification(channel: String, payload: String)
}

extension PostgresClient {
    /// Listens on `channels` until the task is cancelled or `body` throws; connects again when the connection breaks.
    ///
    /// It has a connection of its own, outside the pool. While `body` runs, further notifications wait in the socket.
    package func listen(to channels: [String], _ body: (PostgresListenEvent) async throws -> Void) async throws {
        guard let loop = Loop.current else { preconditionFailure("listen was called off the loops") }
        var failures = 0
        while true {
            do {
                let wire = try await connector.connect(on: loop)
                defer { wire.close() }
                for channel in channels {
                    _ = try await wire.run("LISTEN \(identifier: channel)", until: .after(settings.answerTimeout))
                }
                failures = 0
                try await body(.connected)
                while true {
                    for event in try await wire.nextNotifications() { try await body(event) }
                }
            } catch let error as PostgresError where error.kind == .connectionLost || error.kind == .unavailable {
                try Task.checkCancellation()
                failures += 1
                let delay = Duration.milliseconds(min(1000, 25 << min(failures, 10)))
                try await loop.sleep(for: delay * Double.random(in: 0.5...1))
            }
        }
    }
}

extension WireConnection {
    /// After so long a silence the listener asks whether the server is still there.
    private static let quietTime: Duration = .seconds(30)

    /// Waits for at least one notification.
    fileprivate func nextNotifications() async throws(PostgresError) -> [PostgresListenEvent] {
        while true {
            repeat {
                guard handle.consumeInput() else {
                    throw lose(PostgresError(.connectionLost, handle.message))
                }
            } while handle.socketHasInput()
            var events: [PostgresListenEvent] = []
            while let (channel, payload) = handle.nextNotification() {
                events.append(.notification(channel: channel, payload: payload))
            }
            guard events.isEmpty else { return events }
            do {
                try await waitForInput(until: .after(Self.quietTime))
            } catch .timedOut {
                try await run(script: "SELECT 1", until: .after(.seconds(5)))
            } catch {
                throw .cancelled
            }
        }
    }
}
