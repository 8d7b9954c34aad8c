internal import EventLoop

/// One suspended task of a loop, resumed exactly once.
///
/// `@unchecked Sendable`: confined to `loop`; the cancellation handler only submits to it.
final class LoopWaiter: @unchecked Sendable {
    enum Outcome: Sendable {
        case ready, cancelled, timedOut
    }

    private let loop: Loop
    private var continuation: CheckedContinuation<Outcome, Never>?
    private var outcome: Outcome?
    private var timer: LoopTimer?

    init(on loop: Loop) { self.loop = loop }

    /// Suspends the calling task until `resume`, its cancellation, or `deadline`.
    func wait(until deadline: Deadline = .never) async -> Outcome {
        loop.preconditionCurrent()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let outcome { return continuation.resume(returning: outcome) }
                self.continuation = continuation
                guard let remaining = deadline.remaining else { return }
                timer = loop.after(remaining) { [self] in end(.timedOut) }
            }
        } onCancel: {
            // Always deferred, so that it comes after the continuation is stored.
            loop.submit { [self] in end(.cancelled) }
        }
    }

    /// Lets the task go on; without effect when it does already.
    func resume() { end(.ready) }

    private func end(_ outcome: Outcome) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        timer?.cancel()
        timer = nil
        continuation?.resume(returning: outcome)
        continuation = nil
    }
}
