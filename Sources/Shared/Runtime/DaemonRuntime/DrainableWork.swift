internal import EventLoop

extension DrainSignal {
    /// Runs `body` until it returns or draining begins, which cancels it and is no error.
    package func cancelling(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask { await self.wait() }
            do {
                try await group.next()
            } catch is CancellationError where hasBegun {
                return
            }
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch {
                // It was told to end: however it does, it has.
                guard hasBegun else { throw error }
            }
        }
    }

    /// Returns when draining begins, but no later than after `duration`.
    package func wait(atMost duration: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask {
                do {
                    try await Loop.current?.sleep(for: duration)
                } catch {
                    // Draining began first.
                }
            }
            await group.next()
            group.cancelAll()
        }
    }
}
