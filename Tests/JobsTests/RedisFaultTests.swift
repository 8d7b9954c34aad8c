import EventLoop
import FoundationEssentials
import Queueing
import Redis
import Tenancy
import TestSupport
import Testing

@testable import Jobs

/// A Redis that is full, busy, loading or replaced under load: everything that was accepted is done, and once in effect.
@Suite struct RedisFaultTests {
    /// Two workers do `count` jobs while `fault` happens; afterwards all must have ended well, each with one effect.
    /// Returns how long that took after the fault, and how often each job was begun.
    @discardableResult
    private func endure(
        _ what: String, _ count: Int = 200, in world: LedgerWorld, _ fault: () async throws -> Void
    ) async throws -> (Duration, [JobID: Int]) {
        try await world.makeEffects()
        let notes = Notes()
        let work = ScriptedWork { job in
            try await notes.sleep(job, for: .milliseconds(50))
            return LedgerWorld.effect(job.job.id)
        }
        let jobs = (0..<count).map { _ in world.job() }
        var recovery = Duration.zero
        let dispatching = world.startDispatching()
        let workers = try ["a", "b"].map { try RunningWorker(in: world, [work], name: $0, slots: 4) }
        do {
            try await world.queue.submit(jobs)
            #expect(try await eventually { (try await world.states()[.finished] ?? 0) > count / 10 })
            try await fault()
            let since = ContinuousClock.now
            try await world.reaches([.finished: count], within: .seconds(60))
            recovery = since.duration(to: .now)
        } catch {
            for worker in workers { await worker.abort() }
            dispatching.cancel()
            throw error
        }
        for worker in workers { await worker.stop() }
        dispatching.cancel()
        await dispatching.value
        #expect(Set(try await world.effects()) == Set(jobs.map(\.id)))
        let again = notes.starts.values.count { $0 > 1 }
        print("\(what): all of \(count) jobs ended \(recovery) after it, \(again) of them begun more than once")
        return (recovery, notes.starts)
    }

    @Test func aFullRedisLosesNothingAndSaysThatItIsFull() async throws {
        let server = try await PrivateRedis.start(configuration: ["maxmemory-policy noeviction"])
        try await LedgerWorld.run(LedgerWorld.Terms(redis: server)) { world in
            var more: [NewJob] = []
            let (_, starts) = try await endure("a full Redis", in: world) {
                _ = try await world.redis.command(["SET", "ballast", .init([UInt8](repeating: 1, count: 8 << 20))])
                _ = try await world.redis.command(["CONFIG", "SET", "maxmemory", "2mb"])
                #expect(await kind { try await world.dispatcher.enqueue(QueueFixture.tickets(1)) } == .full)
                let memory = try await world.dispatcher.memory()
                #expect(memory.isFull)
                // Accepted all the same, and what Redis has already goes on.
                more = (0..<50).map { _ in world.job("later") }
                try await world.queue.submit(more)
                try await world.reaches([.finished: 200, .waiting: 50])
                _ = try await world.redis.command(["DEL", "ballast"])
                _ = try await world.redis.command(["CONFIG", "SET", "maxmemory", "0"])
                let room = ContinuousClock.now
                let ids = more.map(\.id)
                #expect(try await eventually { await world.hasAll(ids) })
                print("a full Redis: it knew all jobs \(room.duration(to: .now)) after there was room")
                #expect(try await !world.dispatcher.memory().isFull)
                _ = try await world.queue.perform(.cancel, on: JobFilter(ids: ids))
                // What a worker holds at that moment ends as cancelled when it lets go, and can be deleted then.
                try await world.reaches([.finished: 200, .cancelled: 50])
                _ = try await world.queue.perform(.delete, on: JobFilter(ids: ids))
            }
            #expect(starts.values.allSatisfy { $0 == 1 })
        }
    }

    @Test func aBusyRedisCostsNobodyHisLease() async throws {
        let server = try await PrivateRedis.start(configuration: ["busy-reply-threshold 100"])
        try await LedgerWorld.run(LedgerWorld.Terms(redis: server)) { world in
            let (_, starts) = try await endure("a slow script", in: world) {
                // Longer than three leases.
                let script = """
                    local function now() local t = redis.call('TIME') return t[1] * 1000 + t[2] / 1000 end
                    local till = now() + 3500
                    while now() < till do end
                    return 1
                    """
                let other = RedisClient(loops: world.loops, settings: try RedisSettings(url: server.url))
                #expect(
                    try await other.command(["EVAL", .init(script), 0], deadline: .after(.seconds(30))).integer == 1)
                await other.close()
            }
            #expect(starts.values.allSatisfy { $0 == 1 })
        }
    }

    @Test func aRedisThatLoadsItsFileForLongLosesNothing() async throws {
        // Each key takes its time, so that it loads for some seconds.
        let server = try await PrivateRedis.start(configuration: [
            "appendonly yes", "appendfsync everysec", "key-load-delay 200",
            "loading-process-events-interval-bytes 1024",
            "enable-debug-command yes",
        ])
        try await LedgerWorld.run(LedgerWorld.Terms(redis: server)) { world in
            _ = try await world.redis.command(["DEBUG", "POPULATE", 15_000], deadline: .after(.seconds(20)))
            _ = try await world.redis.command(["BGREWRITEAOF"])
            #expect(
                try await eventually {
                    try await world.redis.command(["INFO", "persistence"]).text?
                        .contains("aof_rewrite_in_progress:0") == true
                })
            let (_, starts) = try await endure("a restart with a large file", in: world) {
                server.kill()
                try await server.restart()
                let kind = await kind { try await world.dispatcher.memory() }
                #expect(kind == .unavailable, "\(String(describing: kind))")
                #expect(try await eventually { await JobsTests.kind { try await world.dispatcher.memory() } == nil })
            }
            #expect(starts.values.allSatisfy { $0 == 1 })
        }
    }

    @Test func whenSentinelsHaveAnotherRedisTakeOverNothingIsLost() async throws {
        let watched = try await WatchedRedis.start()
        try await LedgerWorld.run(LedgerWorld.Terms(redis: watched.master, redisURL: watched.url)) { world in
            try await endure("a fail-over", 400, in: world) {
                watched.master.kill()
                watched.sentinels[0].kill()
            }
            let port = try await world.redis.command(["CONFIG", "GET", "port"]).array?.last?.integer
            #expect(port == Int64(watched.replica.port))
        }
    }

    @Test func anOldMasterThatComesBackAsAReplicaIsLeft() async throws {
        let watched = try await WatchedRedis.start()
        try await LedgerWorld.run(LedgerWorld.Terms(redis: watched.master, redisURL: watched.url)) { world in
            try await endure("a hand-over", 400, in: world) {
                let sentinel = RedisClient(
                    loops: world.loops, settings: try RedisSettings(url: watched.sentinels[0].url))
                _ = try await sentinel.command(["SENTINEL", "FAILOVER", "main"])
                await sentinel.close()
                #expect(
                    try await eventually {
                        do {
                            let port = try await world.redis.command(["CONFIG", "GET", "port"]).array?.last?.integer
                            return port == Int64(watched.replica.port)
                        } catch is RedisError {
                            return false
                        }
                    })
            }
        }
    }
}
