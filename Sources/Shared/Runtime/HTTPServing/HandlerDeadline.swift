package import EventLoop
package import HTTPServer

/// Holds handlers to their deadline.
package enum HandlerDeadline {
    /// Runs `body` and cancels it when `deadline` passes or the caller is cancelled; returns when it has ended.
    ///
    /// `withDeadline` would do, at twice the cost: this is on the way of every request, and here the clock is a callback
    /// of the loop, not a task. What a handler says after the deadline, an answer or a problem, is what counts; any other
    /// error is then taken as a consequence of the cancellation.
    package static func run(
        until deadline: Deadline, _ body: @escaping @Sendable () async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        guard let remaining = deadline.remaining else { return try await body() }
        guard let loop = Loop.current else { return try await withDeadline(deadline, body) }
        // ok: cancelled by the clock or with its caller, and awaited here
        let task = Task(executorPreference: loop) { try await body() }
        let clock = loop.after(remaining) { task.cancel() }
        defer { clock.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch let problem as APIProblem {
            throw problem
        } catch {
            throw deadline.hasPassed && !Task.isCancelled ? DeadlineExceeded() : error
        }
    }
}
