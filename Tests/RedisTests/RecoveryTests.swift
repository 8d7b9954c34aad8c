import EventLoop
import TestSupport
import Testing

@testable import Redis

@Suite struct RecoveryTests {
    @Test func aKilledServerFailsWhatIsInFlightAndIsFoundAgain() async throws {
        let server = try await PrivateRedis.start(.port)
        try await withClient(of: server) { redis in
            let outcomes = await withTaskGroup(of: [RedisError.Kind?].self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        var kinds: [RedisError.Kind?] = []
                        while kinds.last.flatMap(\.self) == nil, kinds.count < 1_000_000 {
                            kinds.append(
                                await kind { try await redis.command(["INCR", "n"]) })
                        }
                        return kinds
                    }
                }
                try? await Loop.current?.sleep(for: .milliseconds(100))  // ok: nobody cancels this task
                server.kill()
                return await group.reduce(into: []) { $0.append($1) }
            }
            for kinds in outcomes {
                let last = kinds.last.flatMap(\.self)
                #expect(
                    last == .connectionLost(maybeExecuted: true) || last == .connectionLost(maybeExecuted: false)
                        || last == .unavailable)
            }
            // Nobody waits while it is away.
            let away = try await eventually {
                await kind { try await redis.command(["PING"]) } == .unavailable
            }
            #expect(away)
            let started = ContinuousClock.now
            for _ in 0..<100 {
                #expect(await kind { try await redis.command(["PING"]) } == .unavailable)
            }
            #expect(ContinuousClock.now - started < .milliseconds(200))
            try await server.restart()
            let restarted = ContinuousClock.now
            let back = try await eventually {
                await kind { try await redis.command(["PING"]) } == nil
            }
            #expect(back)
            #expect(ContinuousClock.now - restarted < .seconds(3))
        }
    }

    @Test func aServerThatDiesInTheMiddleOfLargeWritesIsFoundAgain() async throws {
        let server = try await PrivateRedis.start(.port)
        try await withClient(of: server, { $0.maximumUnsentBytes = 30 << 20 }) { redis in
            _ = try await redis.command(["PING"])
            server.freeze(true)
            let kinds = await withTaskGroup(of: RedisError.Kind?.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let value = RedisArgument([UInt8](repeating: 1, count: 1 << 20))
                        let deadline = Deadline.after(.seconds(10))
                        return await kind {
                            try await redis.command(["SET", .init(number), value], deadline: deadline)
                        }
                    }
                }
                group.addTask {
                    try? await Loop.current?.sleep(for: .milliseconds(200))  // ok: nobody cancels this task
                    server.kill()
                    return nil
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(kinds.contains(.overloaded))
            #expect(kinds.contains(.connectionLost(maybeExecuted: true)))
            #expect(kinds.contains(.connectionLost(maybeExecuted: false)))
            try await server.restart()
            let back = try await eventually { await kind { try await redis.command(["PING"]) } == nil }
            #expect(back)
            #expect(try await redis.command(["DBSIZE"]).integer == 0)
        }
    }

    @Test func attemptsComeLessAndLessOften() {
        var backoff = Backoff()
        var random = SplitMix(seed: 1)
        let away = RedisError(.unavailable, "away")
        let delays = (0..<12).map { _ in backoff.next(after: away, using: &random) }
        for (delay, ceiling) in zip(delays, [50, 100, 200, 400, 800, 1000, 1000, 1000, 1000, 1000, 1000, 1000]) {
            #expect(delay >= .milliseconds(ceiling / 2) && delay <= .milliseconds(ceiling))
        }
        #expect(Set(delays).count > 8)
        #expect(backoff.next(after: RedisError(.authentication, "no"), using: &random) == .seconds(5))
        backoff.reset()
        #expect(backoff.next(after: away, using: &random) <= .milliseconds(50))
    }

    @Test func commandsWaitForTheFirstConnectionAndNoLonger() async throws {
        let server = try await PrivateRedis.start(.port)
        server.kill()
        try await withClient(of: server) { redis in
            let error = await #expect(throws: RedisError.self) { try await redis.command(["PING"]) }
            #expect(error?.kind == .unavailable)
            #expect(error?.isRetryable == true)
            #expect(error?.description.contains("Connection refused") == true)
        }
    }

    @Test func aSilentServerIsLeft() async throws {
        let server = try await PrivateRedis.start(.port)
        let change: (inout RedisSettings) -> Void = {
            $0.stallTimeout = .milliseconds(500)
            $0.connectTimeout = .milliseconds(500)
        }
        try await withClient(of: server, change) { redis in
            _ = try await redis.command(["PING"])
            server.freeze(true)
            #expect(
                await kind {
                    try await redis.command(["PING"], deadline: .after(.milliseconds(100)))
                } == .timedOut(maybeExecuted: true))
            #expect(
                await kind {
                    try await redis.command(["PING"], deadline: .after(.seconds(10)))
                } == .connectionLost(maybeExecuted: true))
            let down = try await eventually {
                await kind { try await redis.command(["PING"]) } == .unavailable
            }
            #expect(down)
            server.freeze(false)
            let back = try await eventually {
                await kind { try await redis.command(["PING"]) } == nil
            }
            #expect(back)
        }
    }

    @Test func aWrongPasswordIsSaidAndNotTriedAgainAndAgain() async throws {
        let server = try await PrivateRedis.start(configuration: ["requirepass right"])
        for url in [server.url + "?password=wrong", server.url] {
            try await withClient(try RedisSettings(url: url)) { redis in
                let end = ContinuousClock.now + .seconds(1)
                while ContinuousClock.now < end {
                    let error = await #expect(throws: RedisError.self) { try await redis.command(["PING"]) }
                    #expect(error?.kind == .authentication)
                    #expect(error?.isRetryable == false)
                    #expect(error?.description.contains("wrong") == false)
                    try await Loop.current?.sleep(for: .milliseconds(5))
                }
            }
        }
        try await withClient(try RedisSettings(url: server.url + "?password=right")) { redis in
            let stats = try await redis.command(["INFO", "stats"]).text ?? ""
            let line = stats.split(separator: "\r\n").first { $0.hasPrefix("total_connections_received:") }
            // One of each client that was refused, this one, and a few by the server's starter.
            #expect(Int(line?.split(separator: ":").last ?? "") ?? 1000 < 12)
        }
    }

    @Test(arguments: ["hello\r\n", "$5\r\nabc", "*-5\r\n", "+OK\r\n+OK\r\n+OK\r\n", ":\r\n", "\u{0}"])
    func garbageEndsTheConnectionNotTheClient(_ garbage: String) async throws {
        let group = LoopGroup(count: 1, name: "test")
        try await group.next().run {
            let server = try ScriptedServer { connection, input in
                if input.contains("PING\r\n") && input.contains("SETNAME") {
                    return .bytes(Array("+OK\r\n+PONG\r\n".utf8))
                }
                return connection == 1 ? .bytes(Array(garbage.utf8)) : .bytes(Array("$4\r\nfine\r\n".utf8))
            }
            var settings = try server.settings
            settings.stallTimeout = .milliseconds(300)
            let redis = RedisClient(loops: group, settings: settings)
            _ = await kind {
                try await redis.command(["ECHO", "x"], deadline: .after(.milliseconds(500)))
            }
            let good = try await eventually {
                do {
                    return try await redis.command(["ECHO", "x"]).text == "fine"
                } catch {
                    return false
                }
            }
            #expect(good)
            await redis.close()
            server.stop()
        }
        await group.shutdown()
    }

    @Test func aFullServerIsNamedAsSuch() async throws {
        let server = try await PrivateRedis.start(.port, configuration: ["maxclients 1"])
        try await withClient(of: server) { first in
            _ = try await first.command(["PING"])
            try await withClient(of: server) { second in
                let error = await #expect(throws: RedisError.self) { try await second.command(["PING"]) }
                #expect(error?.kind == .unavailable)
                #expect(error?.description.contains("max number of clients") == true)
            }
        }
    }

    @Test func aServerThatDropsEveryConnectionIsNotStormed() async throws {
        let group = LoopGroup(count: 1, name: "test")
        try await group.next().run {
            let server = try ScriptedServer { _, input in
                input.contains("SETNAME") ? .bytes(Array("+OK\r\n+PONG\r\n".utf8)) : .close
            }
            let redis = RedisClient(loops: group, settings: try server.settings)
            let end = ContinuousClock.now + .seconds(2)
            while ContinuousClock.now < end {
                let kind = await kind { try await redis.command(["PING"]) }
                #expect(kind == .unavailable || kind == .connectionLost(maybeExecuted: true))
                try await Loop.current?.sleep(for: .milliseconds(2))
            }
            #expect(server.connections > 2)
            #expect(server.connections < 15)
            await redis.close()
            server.stop()
        }
        await group.shutdown()
    }
}
