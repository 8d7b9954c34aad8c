import EventLoop
import Glibc
import Logging
import Synchronization
import Testing

@testable import DaemonRuntime

@Suite struct PartsTests {
    // MARK: DrainSignal

    @Test func waitingEndsWhenDrainingBegins() async {
        let drain = DrainSignal()
        async let waited: Void = drain.wait()
        drain.begin()
        await waited
        #expect(drain.hasBegun)
        await drain.wait()
    }

    @Test func waitingEndsByCancellation() async {
        let drain = DrainSignal()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { await drain.wait() } }
            group.cancelAll()
        }
        #expect(!drain.hasBegun)
    }

    // MARK: LoopProgress

    @Test func aLoopThatIsStuckIsNamed() async throws {
        let loops = LoopGroup(count: 2, name: "stuck")
        let progress = LoopProgress(loops, interval: .milliseconds(5))
        progress.start()
        let release = Atomic(false)
        loops.loops[1].submit {
            // ok: the loop is to be stuck
            while !release.load(ordering: .relaxed) { usleep(1000) }
        }
        try await loops.loops[0].run {
            let deadline = Deadline.after(.seconds(20))
            while progress.stalled(for: .milliseconds(100)) != ["stuck-1"] {
                try #require(!deadline.hasPassed)
                try await Loop.current?.sleep(for: .milliseconds(5))
            }
        }
        release.store(true, ordering: .relaxed)
        try await loops.loops[0].run {
            let deadline = Deadline.after(.seconds(20))
            while !progress.stalled(for: .seconds(1)).isEmpty {
                try #require(!deadline.hasPassed)
                try await Loop.current?.sleep(for: .milliseconds(5))
            }
        }
        progress.stop()
        await loops.shutdown()
        #expect(progress.stalled(for: .seconds(3600)).isEmpty)
    }

    // MARK: Supervisor

    @Test func theServiceManagerIsToldWhatItUnderstands() throws {
        let path = "/tmp/notify-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let fd = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        try #require(fd >= 0)
        defer {
            close(fd)
            unsafe unlink(path)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(fd, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let supervisor = Supervisor(environment: ["NOTIFY_SOCKET": path])
        supervisor.tell(.ready, .status("database: no\nanswer"), .needsTime(.seconds(40)), logger: logger)
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = unsafe recv(fd, &buffer, buffer.count, 0)
        #expect(
            String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
                == "READY=1\nSTATUS=database: no answer\nEXTEND_TIMEOUT_USEC=40000000")
    }

    @Test func theWatchdogIsForThisProcessOnly() {
        #expect(Supervisor(environment: ["WATCHDOG_USEC": "3000000"]).watchdogInterval == .seconds(3))
        #expect(
            Supervisor(environment: ["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "\(getpid())"]).watchdogInterval
                == .seconds(3))
        #expect(Supervisor(environment: ["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"]).watchdogInterval == nil)
        #expect(Supervisor(environment: [:]).watchdogInterval == nil)
    }

    @Test func socketsAreTakenByTheirNamesWhenTheyAreForThisProcess() {
        let pid = "\(getpid())"
        let named = ["LISTEN_PID": pid, "LISTEN_FDS": "3", "LISTEN_FDNAMES": "public:unknown:internal"]
        #expect(Supervisor(environment: named).sockets == ["public": 3, "4": 4, "internal": 5])
        #expect(Supervisor(environment: ["LISTEN_PID": "1", "LISTEN_FDS": "1"]).sockets.isEmpty)
    }

    // MARK: Readiness

    private struct Refused: Error, CustomStringConvertible {
        let description = "refused"
    }

    @Test func checksRunOnceForManyQuestions() async {
        let runs = Atomic(0)
        let readiness = Readiness(
            [ReadinessCheck(name: "a") { runs.wrappingAdd(1, ordering: .relaxed) }],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, lifetime: .seconds(60))
        readiness.enter(.running)
        for _ in 0..<10 { #expect(await readiness.report().isReady) }
        #expect(readiness.standing == "running, all is well")
        #expect(runs.load(ordering: .relaxed) == 1)
        readiness.enter(.draining)
        #expect(await !readiness.report().isReady)
    }

    @Test func whatItCanDoWithoutLeavesItReadyAndDegraded() async {
        let isWell = Atomic(false)
        let readiness = Readiness(
            [
                ReadinessCheck(name: "a") {},
                ReadinessCheck(name: "b", dependence: .useful) {
                    if !isWell.load(ordering: .relaxed) { throw Refused() }
                },
            ], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, lifetime: .zero)
        readiness.enter(.running)
        let report = await readiness.report()
        #expect(report.isReady && report.status == .degraded && report.checks == ["a": "ok", "b": "refused"])
        #expect(readiness.isDegraded && readiness.standing == "running, degraded: b: refused")
        isWell.store(true, ordering: .relaxed)
        #expect(await readiness.report().status == .running)
        #expect(!readiness.isDegraded && readiness.complaint == nil)
    }

    @Test func aCheckThatHangsIsNotWell() async throws {
        let loops = LoopGroup(count: 1, name: "test")
        let readiness = Readiness(
            [ReadinessCheck(name: "slow") { try await Loop.current?.sleep(for: .seconds(600)) }],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, patience: .milliseconds(20))
        readiness.enter(.running)
        let report = await loops.next().run { await readiness.report() }
        #expect(!report.isReady)
        #expect(report.checks["slow"]?.hasPrefix("no answer within") == true)
        await loops.shutdown()
    }

    @Test func aCallerWhoLeavesMakesNoDependencyUnwell() async {
        let readiness = Readiness(
            [ReadinessCheck(name: "a") { try Task.checkCancellation() }],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, lifetime: .zero)
        readiness.enter(.running)
        #expect(await readiness.report().isReady)
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask { _ = await readiness.report() }
        }
        #expect(readiness.isReady)
        #expect(await readiness.report().isReady)
    }
}
