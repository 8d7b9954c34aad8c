internal import EventLoop
internal import FoundationEssentials
internal import Logging
internal import Observability
internal import Queueing

/// Compares what Redis should have with what it has, over and over, and gives it what it has lost: single keys that were
/// deleted, or what an older copy did not know. One worker at a time does it.
struct Reconciler: Sendable {
    private let dispatching: Dispatching

    /// How many jobs are compared at once, and for how long others have their turn after each piece: with very many jobs
    /// the cycle takes longer rather than keeping both stores busy.
    private static let piece = 2000
    private static let shortest = Duration.milliseconds(10)

    init(_ dispatching: Dispatching) { self.dispatching = dispatching }

    /// Compares until cancelled.
    func run() async throws {
        guard let loop = Loop.current else { preconditionFailure("jobs are compared on a loop") }
        var failures = 0
        while true {
            let began = ContinuousClock.now
            do {
                try await cycle(on: loop)
                failures = 0
            } catch {
                try Task.checkCancellation()
                failures += 1
                dispatching.complain(of: "reconciliation", error, failures)
            }
            let left = dispatching.settings.reconcileCycle - began.duration(to: .now)
            try await loop.sleep(for: max(left, Self.shortest))
        }
    }

    private func cycle(on loop: Loop) async throws {
        var place: DispatchLedger.Place? = .start
        while let here = place {
            // The lock is taken for each piece: whoever is slow does not keep the others from it.
            let next = try await dispatching.database.leading(.reconciling) { _ in try await compare(from: here) }
            guard let next else { return }
            place = next
            try await loop.sleep(for: Self.shortest)
        }
        dispatching.queue.metrics.reconciliations.increment()
    }

    /// Compares a piece; the place of the next one, `nil` at the end.
    func compare(from place: DispatchLedger.Place) async throws -> DispatchLedger.Place? {
        let (jobs, next) = try await dispatching.database.sent(from: place, limit: Self.piece)
        let dispatcher = dispatching.queue.dispatcher
        // While Redis is being filled, whoever does that knows better what is missing.
        guard try await dispatcher.epoch()?.isSeeded == true else { return nil }
        let missing = try await dispatcher.missing(of: jobs.map(\.ticket.id))
        if !missing.isEmpty {
            // Those that have ended since they were read are rightly gone.
            let lost = try await dispatching.database.stillSent(missing)
            if !lost.isEmpty {
                try await dispatcher.enqueue(lost)
                dispatching.queue.metrics.redispatched.increment(by: UInt64(lost.count))
                dispatching.logger.warning(
                    "Redis had lost jobs and was given them again", metadata: ["jobs": "\(lost.count)"])
            }
        }
        let unheard = jobs.filter(\.isCancelRequested).map(\.ticket.id)
        if !unheard.isEmpty { try await dispatcher.cancel(unheard) }
        return next
    }
}
