internal import EventLoop
internal import Synchronization

/// Work that runs for as long as the daemon, as a service.
final class Work: Sendable {
    private let name: String
    private let loop: Loop
    private let body: @Sendable (DrainSignal) async throws -> Void
    private let reportFailure: @Sendable (String, any Error) -> Void
    private let drain = DrainSignal()
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// The work ended though nobody had asked it to.
    struct EndedEarly: Error, CustomStringConvertible {
        let description = "it ended by itself"
    }

    init(
        _ name: String, on loop: Loop, reportFailure: @escaping @Sendable (String, any Error) -> Void,
        _ body: @escaping @Sendable (DrainSignal) async throws -> Void
    ) {
        self.name = name
        self.loop = loop
        self.reportFailure = reportFailure
        self.body = body
    }

    var service: Service {
        Service(name, start: { self.start() }, stop: { await self.stop(within: $0) })
    }

    /// Starts the task, which `stop` awaits.
    private func start() {
        let running = loop.spawn { [self] in
            do {
                try await body(drain)
                if !drain.hasBegun { reportFailure(name, EndedEarly()) }
            } catch {
                if !(error is CancellationError && drain.hasBegun) { reportFailure(name, error) }
            }
        }
        task.withLock { $0 = running }
    }

    private func stop(within time: Duration) async {
        drain.begin()
        guard let task = task.withLock({ $0 }) else { return }
        // Awaiting a task's value does not end by cancellation, so the clock runs beside it.
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await task.value }
            group.addTask { [loop] in
                do {
                    try await loop.sleep(for: time)
                } catch {
                    return  // The work has ended, and with it the need of a clock.
                }
            }
            await group.next()
            // Without effect when it was the work that ended.
            task.cancel()
            group.cancelAll()
        }
        await task.value
    }
}
