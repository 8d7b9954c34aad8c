import EventLoop
import Synchronization
import Testing

@testable import LLMProxy

/// The places that one loop keeps for its calls.
@Suite struct ProviderGateTests {
    private func onLoop(_ body: @escaping @Sendable (Loop) async throws -> Void) async throws {
        let loop = TestLoops.group.loops[0]
        try await loop.run { try await body(loop) }
    }

    @Test func silentProviderHoldsUpItsOwnCallsOnly() async throws {
        try await onLoop { loop in
            let gate = ProviderGate(loop: loop, limit: 2, waitingLimit: 1)
            let held = [try await gate.enter("silent", until: .never), try await gate.enter("silent", until: .never)]
            await #expect(throws: ProviderGate.Refusal.timedOut) {
                try await gate.enter("silent", until: .after(.milliseconds(20)))
            }
            _ = try await gate.enter("other", until: .never)
            #expect(held.count == 2)
        }
    }

    @Test func placeGoesToWhoeverWaitsLongest() async throws {
        try await onLoop { loop in
            let gate = ProviderGate(loop: loop, limit: 1, waitingLimit: 2)
            let order = Mutex<[Int]>([])
            var first: ProviderGate.Ticket? = try await gate.enter("p", until: .never)
            let tasks = (1...2).map { number in
                loop.spawn {
                    let ticket = try? await gate.enter("p", until: .never)  // ok: the order below tells
                    if ticket != nil { order.withLock { $0.append(number) } }
                }
            }
            try await loop.sleep(for: .milliseconds(10))
            await #expect(throws: ProviderGate.Refusal.full) { try await gate.enter("p", until: .never) }
            #expect(first != nil && order.withLock { $0 }.isEmpty)
            first = nil
            for task in tasks { await task.value }
            #expect(order.withLock { $0 } == [1, 2])
            _ = try await gate.enter("p", until: .after(.seconds(1)))
        }
    }

    @Test func callerThatLeavesLeavesTheLine() async throws {
        try await onLoop { loop in
            let gate = ProviderGate(loop: loop, limit: 1, waitingLimit: 1)
            var ticket: ProviderGate.Ticket? = try await gate.enter("p", until: .never)
            let refusal = Mutex<ProviderGate.Refusal?>(nil)
            let task = loop.spawn {
                do throws(ProviderGate.Refusal) {
                    _ = try await gate.enter("p", until: .never)
                } catch {
                    refusal.withLock { $0 = error }
                }
            }
            try await loop.sleep(for: .milliseconds(10))
            task.cancel()
            await task.value
            #expect(refusal.withLock { $0 } == .cancelled)
            #expect(ticket != nil)
            ticket = nil
            _ = try await gate.enter("p", until: .after(.seconds(1)))
        }
    }
}
