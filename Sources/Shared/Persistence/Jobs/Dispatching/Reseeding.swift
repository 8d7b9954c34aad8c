internal import EventLoop
internal import FoundationEssentials
internal import Logging
internal import Observability
internal import Queueing

extension Dispatching {
    private static let seedPiece = 2000
    /// How many jobs that were running are held back at once.
    private static let mostHeldBack = 50_000

    /// Fills Redis again when it has lost everything, or has come back from a copy that is older than what the database
    /// knows. One worker does it; a worker that takes over goes on in the same epoch. Returns true when it did.
    func seedIfEmpty() async throws -> Bool {
        guard try await mustSeed() else { return false }
        let count = try await database.leadingLong(.seeding) { stay in
            // Somebody may just have done it.
            guard try await mustSeed() else { return 0 }
            return try await seed(stay)
        }
        guard let count, count > 0 else { return false }
        return true
    }

    private func mustSeed() async throws -> Bool {
        guard let found = try await queue.dispatcher.epoch() else { return true }
        guard found.isSeeded else { return true }
        return found.epoch < (try await database.epoch())
    }

    private func seed(_ stay: @Sendable () async throws -> Void) async throws -> Int {
        let dispatcher = queue.dispatcher
        let began = ContinuousClock.now
        let found = try await dispatcher.epoch()
        var epoch = try await database.epoch()
        // An epoch that was begun and not finished goes on; everything is idempotent within it.
        if found == nil || found?.isSeeded == true || found?.epoch != epoch || epoch == 0 {
            epoch = try await database.raiseEpoch(above: found?.epoch ?? 0)
            try await dispatcher.begin(epoch: epoch)
        }
        let adoptionEnd = Moment.now + settings.adoption
        try await dispatcher.apply(try await queue.controls.all())
        var count = 0
        // Their workers say that they have them, which costs nobody a second run; the rest follows.
        var heldBack: [JobTicket] = []
        var page = try await database.sent(from: .start, limit: Self.seedPiece)
        while true {
            try await stay()
            let tickets = page.jobs.filter { !$0.isRunning }.map(\.ticket)
            heldBack += page.jobs.filter(\.isRunning).map(\.ticket)
            count += page.jobs.count
            guard let place = page.next else {
                try await dispatcher.enqueue(tickets)
                break
            }
            // The next page is read while this one is sent.
            async let next = database.sent(from: place, limit: Self.seedPiece)
            try await dispatcher.enqueue(tickets)
            page = try await next
            if heldBack.count >= Self.mostHeldBack { try await release(&heldBack, at: adoptionEnd, stay) }
        }
        try await release(&heldBack, at: adoptionEnd, stay)
        try await dispatcher.finishSeeding(epoch: epoch)
        queue.metrics.reseedings.increment()
        queue.metrics.dispatched.increment(by: UInt64(count))
        logger.warning(
            "Redis had lost the jobs and was filled again",
            metadata: [
                "jobs": "\(count)", "epoch": "\(epoch)",
                "seconds": "\(began.duration(to: .now) / .seconds(1))",
            ])
        return max(count, 1)
    }

    /// Gives Redis what was running and is nobody's: those that were spoken for are known there by now.
    private func release(
        _ tickets: inout [JobTicket], at moment: Moment, _ stay: @Sendable () async throws -> Void
    ) async throws {
        guard !tickets.isEmpty else { return }
        while case let left = Moment.now.duration(to: moment), left > .zero {
            try await Loop.current?.sleep(for: min(left, .seconds(1)))
            try await stay()
        }
        try await queue.dispatcher.enqueue(tickets)
        tickets = []
    }
}
