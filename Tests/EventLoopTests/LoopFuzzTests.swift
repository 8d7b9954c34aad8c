import EventLoop
import Glibc
import Synchronization
import Testing

/// Random work on two loops at once: sleeps, hops, timers and pipes that are waited for, cancelled and closed at random
/// moments. Everything must end, and no descriptor may be left.
@Suite struct LoopFuzzTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func everyWaitEndsWhateverHappensToIt(seed: UInt64) async throws {
        let group = LoopGroup(count: 2, name: "fuzz")
        let ended = Counter()
        try await group.loops[0].run {
            try await withDeadline(.after(.seconds(30))) {
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for number in 0..<400 {
                        var random = Sequence64(state: seed &* 1_000_003 &+ UInt64(number))
                        let (kind, delay, home) = (random.next() % 4, Int(random.next() % 8), Int(random.next() % 2))
                        tasks.addTask {
                            try await group.loops[home].run { try await Self.step(kind, .milliseconds(delay), group) }
                            ended.add()
                        }
                    }
                    try await tasks.waitForAll()
                }
            }
        }
        await group.shutdown()
        #expect(ended.value == 400)
    }

    private static func step(_ kind: UInt64, _ delay: Duration, _ group: LoopGroup) async throws {
        guard let loop = Loop.current else { preconditionFailure("steps run on loops") }
        switch kind {
        case 0:
            // A sleep that is cancelled at about the moment it ends.
            let sleeper = loop.spawn { try? await loop.sleep(for: delay) }  // ok: either end is right
            try await loop.sleep(for: delay)
            sleeper.cancel()
            await sleeper.value
        case 1:
            // A hop to the other loop and back.
            let other = group.loops[1 - loop.index]
            let seen = await other.run { Loop.current?.index }
            #expect(seen == other.index)
            #expect(loop.isCurrent)
        case 2:
            try await pipe(closedAfter: delay, loop)
        default:
            let timer = loop.after(delay) {}
            if delay > .milliseconds(3) { timer.cancel() }
            await Task.yield()
        }
    }

    /// Waits for a pipe that is written to, closed or given up, whichever comes first.
    private static func pipe(closedAfter delay: Duration, _ loop: Loop) async throws {
        var ends: [Int32] = [0, 0]
        #expect(unsafe Glibc.pipe(&ends) == 0)
        let (reader, writer) = (ends[0], ends[1])
        let descriptor = try loop.descriptor(reader)
        var isClosed = false
        // The wait may end at the very moment of the timer, and a descriptor closed twice may be somebody else's.
        func closeWriter() {
            guard !isClosed else { return }
            isClosed = true
            close(writer)
        }
        let closing = loop.after(delay) { closeWriter() }
        do throws(WaitError) {
            try await descriptor.readable(until: .after(.milliseconds(4)))
        } catch {
            #expect(error == .timedOut)
        }
        closing.cancel()
        closeWriter()
        descriptor.cancel()
        close(reader)
    }
}

/// Counts from any thread.
private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}

/// SplitMix64, so that a seed names one run.
private struct Sequence64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
