import EventLoop
import Glibc
import Synchronization
import Testing

@Suite struct LoopTests {
    /// Runs `body` on a loop of a group of two that ends with it.
    private func onLoop<R: Sendable>(_ body: @escaping @Sendable (LoopGroup) async throws -> R) async throws -> R {
        let group = LoopGroup(count: 2, name: "test")
        let result: Result<R, any Error>
        do {
            result = .success(try await group.next().run { try await body(group) })
        } catch {
            result = .failure(error)
        }
        await group.shutdown()
        return try result.get()
    }

    @Test func tasksAndTheirChildrenRunOnTheLoopTheyPrefer() async throws {
        try await onLoop { group in
            let home = try #require(Loop.current)
            await withTaskGroup(of: Bool.self) { children in
                for _ in 0..<50 {
                    children.addTask {
                        await Task.yield()
                        return home.isCurrent
                    }
                }
                for await isHome in children { #expect(isHome) }
            }
            let other = group.loops[1 - home.index]
            let visited = await other.run { Loop.current?.index }
            #expect(visited == other.index)
            #expect(home.isCurrent)
        }
    }

    @Test func timersFireInTheOrderOfTheirMomentsAndCancelledOnesNever() async throws {
        try await onLoop { _ in
            let loop = try #require(Loop.current)
            let fired = Mutex<[Int]>([])
            var timers: [LoopTimer] = []
            for delay in [30, 10, 20, 40, 5, 25] {
                timers.append(loop.after(.milliseconds(delay)) { fired.withLock { $0.append(delay) } })
            }
            timers[2].cancel()
            try await loop.sleep(for: .milliseconds(80))
            #expect(fired.withLock { $0 } == [5, 10, 25, 30, 40])
        }
    }

    @Test func aValueThatIsBoundToALoopIsReachedThere() async throws {
        try await onLoop { group in
            final class Plain { var number = 1 }
            let bound = LoopBound(Plain())
            await group.loops[0].run {}
            bound.value.number += 1
            #expect(bound.value.number == 2)
        }
    }

    @Test func whatHasHappenedIsHeardBeforeATimerHoweverMuchItIs() async throws {
        try await onLoop { _ in
            let loop = try #require(Loop.current)
            var ends: [Int32] = [0, 0]
            #expect(unsafe pipe(&ends) == 0)
            // More than are reported at once: every copy of the reading end becomes readable together.
            let copies = (0..<600).map { _ in dup(ends[0]) }
            let heard = Mutex(Set<Int32>())
            let heardByThen = Mutex<Int?>(nil)
            let watches = try copies.map { fd in
                try loop.watch(fd, .readable, edgeTriggered: true) { _ in heard.withLock { _ = $0.insert(fd) } }
            }
            let timer = loop.after(.zero) { heardByThen.withLock { $0 = heard.withLock { $0.count } } }
            #expect(unsafe write(ends[1], "x", 1) == 1)
            while heardByThen.withLock({ $0 }) == nil { try await loop.sleep(for: .milliseconds(1)) }
            #expect(heardByThen.withLock { $0 } == 600)
            timer.cancel()
            for watch in watches { watch.cancel() }
            for fd in copies + ends { close(fd) }
        }
    }

    @Test func aSleepEndsAtOnceWhenItsTaskIsCancelled() async throws {
        try await onLoop { group in
            let task = Task(executorPreference: group.loops[0]) {
                try await group.loops[0].sleep(for: .seconds(60))
            }
            let began = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(began.duration(to: .now) < .seconds(5))
        }
    }

    @Test func aDescriptorWakesItsReaderAcrossLoops() async throws {
        try await onLoop { group in
            var ends: [Int32] = [0, 0]
            #expect(unsafe pipe(&ends) == 0)
            let (reader, writer) = (ends[0], ends[1])
            let descriptor = try (try #require(Loop.current)).descriptor(reader)
            let writing = group.loops[1].spawn {
                var byte: UInt8 = 7
                _ = unsafe write(writer, &byte, 1)
            }
            try await descriptor.readable(until: .after(.seconds(5)))
            var got: UInt8 = 0
            #expect(unsafe read(reader, &got, 1) == 1)
            #expect(got == 7)
            await writing.value
            descriptor.cancel()
            await #expect(throws: WaitError.closed) { try await descriptor.readable(until: .never) }
            close(reader)
            close(writer)
        }
    }

    @Test func aWaitEndsWithItsDeadline() async throws {
        try await onLoop { _ in
            var ends: [Int32] = [0, 0]
            #expect(unsafe pipe(&ends) == 0)
            let descriptor = try (try #require(Loop.current)).descriptor(ends[0])
            await #expect(throws: WaitError.timedOut) {
                try await descriptor.readable(until: .after(.milliseconds(20)))
            }
            descriptor.cancel()
            ends.forEach { close($0) }
        }
    }

    @Test func workThatOutlivesItsDeadlineIsCancelledAndAwaited() async throws {
        try await onLoop { group in
            let ended = Gate()
            await #expect(throws: DeadlineExceeded.self) {
                try await withDeadline(.after(.milliseconds(20))) {
                    defer { ended.open() }
                    try await group.loops[0].sleep(for: .seconds(60))
                }
            }
            #expect(ended.isOpen)
            let quick = try await withDeadline(.after(.seconds(60))) { 5 }
            #expect(quick == 5)
        }
    }

    @Test func workerThreadsReturnResultsAndRefuseWhatTheyCannotQueue() async throws {
        try await onLoop { _ in
            let workers = WorkerThreads(name: "work", count: 1, queueLimit: 1)
            defer { workers.shutdown() }
            let sum = try await workers.run { (1...100).reduce(0, +) }
            #expect(sum == 5050)
            let gate = Gate()
            let outcomes = await withTaskGroup(of: Bool.self) { tasks in
                for _ in 0..<20 {
                    tasks.addTask {
                        do {
                            try await workers.run { while !gate.isOpen { sched_yield() } }
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                tasks.addTask {
                    gate.open()
                    return true
                }
                return await tasks.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(outcomes.contains(false))
            #expect(outcomes.contains(true))
        }
    }

    @Test func tenThousandTimersCancelledAtRandomLeaveOnlyTheOthers() async throws {
        try await onLoop { _ in
            let loop = try #require(Loop.current)
            var random = SystemRandomNumberGenerator()
            let fired = Mutex(0)
            var kept = 0
            for _ in 0..<10_000 {
                let timer = loop.after(.milliseconds(Int.random(in: 0..<30, using: &random))) {
                    fired.withLock { $0 += 1 }
                }
                if Bool.random(using: &random) { timer.cancel() } else { kept += 1 }
            }
            try await loop.sleep(for: .milliseconds(60))
            #expect(fired.withLock { $0 } == kept)
        }
    }
}

/// A flag that threads share.
private final class Gate: Sendable {
    private let state = Mutex(false)
    var isOpen: Bool { state.withLock { $0 } }
    func open() { state.withLock { $0 = true } }
}
