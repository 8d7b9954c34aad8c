import EventLoop
import Synchronization
import Testing

@testable import LLMProxy

/// The places that one loop keeps for its calls.
@Suite struct ProviderGateTests {
    private static let owner = WaitingOwner(lane: .online, project: nil)

    private func onLoop(_ body: @escaping @Sendable (Loop) async throws -> Void) async throws {
        let loop = TestLoops.group.loops[0]
        try await loop.run { try await body(loop) }
    }

    @Test func silentProviderHoldsUpItsOwnCallsOnly() async throws {
        try await onLoop { loop in
            let gate = ProviderGate(loop: loop, limit: 2, waitingLimit: 1)
            let silent = gate.line(of: "silent")
            for _ in 0..<2 { try await silent.enter(Self.owner, until: .never) }
            await #expect(throws: ProviderGate.Refusal.timedOut) {
                try await silent.enter(Self.owner, until: .after(.milliseconds(20)))
            }
            #expect(gate.line(of: "other").enterAtOnce())
            #expect(gate.line(of: "silent") === silent)
        }
    }

    @Test func placeGoesToWhoeverWaitsLongest() async throws {
        try await onLoop { loop in
            let line = ProviderGate(loop: loop, limit: 1, waitingLimit: 2).line(of: "p")
            let order = Mutex<[Int]>([])
            try await line.enter(Self.owner, until: .never)
            let tasks = (1...2).map { number in
                loop.spawn {
                    do {
                        try await line.enter(Self.owner, until: .never)
                    } catch {
                        return  // The order below tells.
                    }
                    order.withLock { $0.append(number) }
                    line.leave()
                }
            }
            try await loop.sleep(for: .milliseconds(10))
            await #expect(throws: ProviderGate.Refusal.full) { try await line.enter(Self.owner, until: .never) }
            #expect(order.withLock { $0 }.isEmpty)
            line.leave()
            for task in tasks { await task.value }
            #expect(order.withLock { $0 } == [1, 2])
            #expect(line.enterAtOnce() && !line.enterAtOnce())
        }
    }

    @Test func callerThatLeavesLeavesTheLine() async throws {
        try await onLoop { loop in
            let line = ProviderGate(loop: loop, limit: 1, waitingLimit: 1).line(of: "p")
            try await line.enter(Self.owner, until: .never)
            let refusal = Mutex<ProviderGate.Refusal?>(nil)
            let task = loop.spawn {
                do throws(ProviderGate.Refusal) {
                    try await line.enter(Self.owner, until: .never)
                } catch {
                    refusal.withLock { $0 = error }
                }
            }
            try await loop.sleep(for: .milliseconds(10))
            task.cancel()
            await task.value
            #expect(refusal.withLock { $0 } == .cancelled)
            line.leave()
            #expect(line.enterAtOnce())
        }
    }

    @Test func urgentCallsGoFirstAndNobodyFillsTheLineForAll() async throws {
        try await onLoop { loop in
            let line = ProviderGate(loop: loop, limit: 1, waitingLimit: 4).line(of: "p")
            let order = Note<[String]>([])
            try await line.enter(Self.owner, until: .never)
            func wait(_ name: String, _ lane: CallLane, _ project: UInt64) -> Task<Void, Never> {
                loop.spawn {
                    do {
                        try await line.enter(WaitingOwner(lane: lane, project: .numbered(project)), until: .never)
                        order.update { $0.append(name) }
                        line.leave()
                    } catch {
                        order.update { $0.append("\(name) \(error)") }
                    }
                }
            }
            var tasks = (1...5).map { wait("batch \($0)", .batch, 1) }
            tasks.append(wait("another's", .batch, 2))
            tasks.append(wait("a person's", .interactive, 1))
            try await loop.sleep(for: .milliseconds(10))
            line.leave()
            for task in tasks { await task.value }
            #expect(
                order.value == [
                    "batch 5 full", "a person's", "another's", "batch 1", "batch 2", "batch 3", "batch 4",
                ])
        }
    }
}
