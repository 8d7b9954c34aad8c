/// Why a wait ended without what it waited for.
package enum WaitError: Error, Hashable, CustomStringConvertible {
    /// The deadline passed.
    case timedOut
    /// The waiting task was cancelled.
    case cancelled
    /// The descriptor was cancelled.
    case closed

    package var description: String {
        switch self {
        case .timedOut: "timed out"
        case .cancelled: "cancelled"
        case .closed: "closed"
        }
    }
}

/// One suspended task on a loop, resumed exactly once: by success, deadline, cancellation or close.
///
/// `@unchecked Sendable`: confined to `loop`; the cancellation handler only submits to it.
@safe package final class Waiter: @unchecked Sendable {
    private let loop: Loop
    private var continuation: UnsafeContinuation<Result<Void, WaitError>, Never>?
    private var timer: LoopTimer?
    private var early: Result<Void, WaitError>?

    /// A task of `loop` is about to wait.
    package init(on loop: Loop) { self.loop = loop }

    /// Suspends the calling task, which runs on the loop, until `resume`, the deadline or cancellation.
    package func wait(until deadline: Deadline) async throws(WaitError) {
        loop.preconditionCurrent()
        let outcome = await withTaskCancellationHandler {
            unsafe await withUnsafeContinuation { continuation in
                if let early { return unsafe continuation.resume(returning: early) }
                unsafe self.continuation = continuation
                if deadline != .never {
                    timer = loop.at(deadline.moment) { [self] in resume(.failure(.timedOut)) }
                }
            }
        } onCancel: {
            // Always deferred, so that it comes after the continuation is stored.
            loop.submit { [self] in resume(.failure(.cancelled)) }
        }
        try outcome.get()
    }

    /// Lets the task go on; whether it was still waiting, or about to.
    @discardableResult
    package func resume() -> Bool { resume(.success(())) }

    /// Ends the wait; later calls are without effect, which they say.
    @discardableResult
    func resume(_ outcome: Result<Void, WaitError>) -> Bool {
        guard early == nil else { return false }
        early = outcome
        timer?.cancel()
        timer = nil
        unsafe continuation?.resume(returning: outcome)
        unsafe continuation = nil
        return true
    }
}

extension Loop {
    /// Suspends the calling task for `duration`.
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    package func sleep(for duration: Duration) async throws {
        guard isCurrent else {
            return try await run { try await self.sleep(for: duration) }
        }
        do {
            try await Waiter(on: self).wait(until: .after(duration))
        } catch .timedOut {
            return
        } catch {
            throw CancellationError()
        }
    }
}
