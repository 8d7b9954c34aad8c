import EventLoop
import Redis
import TestSupport
import Testing

@Suite struct CommandTests {
    @Test func repliesHaveTheirTypes() async throws {
        try await withClient(of: try await PrivateRedis.start()) { redis in
            #expect(try await redis.command(["PING"]) == .status("PONG"))
            #expect(try await redis.command(["SET", "k", .init([0, 13, 10, 255])]) == .status("OK"))
            #expect(try await redis.command(["GET", "k"]).bytes == [0, 13, 10, 255])
            #expect(try await redis.command(["GET", "absent"]).isNull)
            #expect(try await redis.command(["INCRBY", "n", 41]).integer == 41)
            #expect(try await redis.command(["GET", "n"]).integer == 41)
            _ = try await redis.command(["RPUSH", "l", "a", "b"])
            #expect(try await redis.command(["LRANGE", "l", 0, -1]).array?.map(\.text) == ["a", "b"])
            let large = [UInt8](repeating: 7, count: 5_000_000)
            _ = try await redis.command(["SET", "large", .init(large)])
            #expect(try await redis.command(["GET", "large"]).bytes == large)
        }
    }

    @Test func anErrorReplyIsThrownToItsCallerAlone() async throws {
        try await withClient(of: try await PrivateRedis.start()) { redis in
            _ = try await redis.command(["SET", "text", "x"])
            async let bad = kind { try await redis.command(["INCR", "text"]) }
            async let good = redis.command(["INCR", "n"])
            #expect(await bad == .server(code: "ERR"))
            #expect(try await good.integer == 1)
            #expect(
                await kind { try await redis.command(["LPUSH", "text", "x"]) }
                    == .server(code: "WRONGTYPE"))
            #expect(
                await kind {
                    try await redis.pipeline([["SET", "a", "1"], ["INCR", "text"], ["SET", "b", "2"]])
                } == .server(code: "ERR"))
            #expect(try await redis.command(["GET", "b"]).text == "2")
        }
    }

    @Test func tenThousandCommandsAreAnsweredInOrder() async throws {
        try await withClient(of: try await PrivateRedis.start(.port)) { redis in
            let commands = (0..<10_000).map { ["ECHO", RedisArgument($0)] }
            let replies = try await redis.pipeline(commands, deadline: .after(.seconds(30)))
            #expect(replies.compactMap(\.integer) == (0..<10_000).map(Int64.init))
            let sum = try await withThrowingTaskGroup(of: Int64.self) { group in
                for number in 0..<10_000 {
                    group.addTask {
                        let deadline = Deadline.after(.seconds(30))
                        let reply = try await redis.command(["ECHO", .init(number)], deadline: deadline)
                        #expect(reply.integer == Int64(number))
                        return reply.integer ?? 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 49_995_000)
        }
    }

    @Test func aBlockHasNothingOfOthersInIt() async throws {
        try await withClient(of: try await PrivateRedis.start()) { redis in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let replies = try await redis.pipeline([
                            ["MULTI"], ["SET", "shared", .init(number)], ["GET", "shared"], ["EXEC"],
                        ])
                        #expect(replies.last?.array?.last?.integer == Int64(number))
                    }
                    group.addTask { _ = try await redis.command(["SET", "shared", "other"]) }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func aLateReplyIsDroppedAndOthersStayInPlace() async throws {
        let server = try await PrivateRedis.start(configuration: ["enable-debug-command local"])
        try await withClient(of: server) { redis in
            _ = try await redis.command(["SET", "k", "mine"])
            let started = ContinuousClock.now
            async let slow = kind {
                try await redis.command(["DEBUG", "SLEEP", "0.5"], deadline: .after(.milliseconds(50)))
            }
            async let hasty = kind {
                try await redis.command(["ECHO", "late"], deadline: .after(.milliseconds(50)))
            }
            async let patient = redis.command(["GET", "k"])
            #expect(await slow == .timedOut(maybeExecuted: true))
            #expect(await hasty == .timedOut(maybeExecuted: true))
            #expect(ContinuousClock.now - started < .milliseconds(450))
            #expect(try await patient.text == "mine")
            #expect(try await redis.command(["ECHO", "next"]).text == "next")
        }
    }

    @Test func aCancelledCallerLeavesAtOnce() async throws {
        let server = try await PrivateRedis.start(configuration: ["enable-debug-command local"])
        try await withClient(of: server) { redis in
            _ = try await redis.command(["PING"])
            let started = ContinuousClock.now
            await withTaskGroup(of: RedisError.Kind?.self) { group in
                group.addTask {
                    await kind { try await redis.command(["DEBUG", "SLEEP", "1"]) }
                }
                group.addTask {
                    await kind {
                        try await redis.blockingCommand(["BLPOP", "empty", 5], wait: .seconds(5))
                    }
                }
                try? await Loop.current?.sleep(for: .milliseconds(50))  // ok: cancelled below at the latest
                group.cancelAll()
                for await kind in group { #expect(kind == .cancelled) }
            }
            #expect(ContinuousClock.now - started < .milliseconds(800))
            #expect(try await redis.command(["ECHO", "after"], deadline: .after(.seconds(5))).text == "after")
        }
    }

    @Test func moreCommandsThanAllowedAreRefused() async throws {
        try await withClient(of: try await PrivateRedis.start(), { $0.maximumInFlight = 10 }) { redis in
            _ = try await redis.command(["PING"])
            let kinds = await withTaskGroup(of: RedisError.Kind?.self) { group in
                for _ in 0..<50 {
                    group.addTask { await kind { try await redis.command(["PING"]) } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(kinds.filter { $0 == nil }.count == 10)
            #expect(kinds.filter { $0 == .overloaded }.count == 40)
            #expect(try await redis.command(["PING"]).text == "PONG")
        }
    }

    @Test func theConnectionIsSetUpAsTheAddressSays() async throws {
        let server = try await PrivateRedis.start(configuration: ["requirepass right", "user reader on >key ~* +@all"])
        let base = server.url
        for query in ["?db=3&password=right", "?db=3&user=reader&password=key"] {
            try await withClient(try RedisSettings(url: base + query)) { redis in
                let info = try await redis.command(["CLIENT", "INFO"]).text ?? ""
                #expect(info.contains("db=3"))
                #expect(info.contains("name=scorable"))
            }
        }
    }

    @Test func aCallerWithoutALoopIsServed() async throws {
        let server = try await PrivateRedis.start()
        let group = LoopGroup(count: 1, name: "test")
        let redis = RedisClient(loops: group, settings: try RedisSettings(url: server.url))
        #expect(try await redis.command(["PING"]).text == "PONG")
        #expect(try await redis.readStream("s", after: "0", block: .milliseconds(1), count: 1).isEmpty)
        await redis.close()
        #expect(await kind { try await redis.command(["PING"]) } == .closed)
        await group.shutdown()
    }

    @Test func hostNamesAreLookedUp() async throws {
        let server = try await PrivateRedis.start(.port)
        try await withClient(try RedisSettings(url: "redis://localhost:\(server.port)")) { redis in
            let reply = try await redis.command(["PING"])
            #expect(reply.text == "PONG")
        }
        try await withClient(try RedisSettings(url: "redis://no-such-host.invalid")) { redis in
            let error = await #expect(throws: RedisError.self) { try await redis.command(["PING"]) }
            #expect(error?.kind == .unavailable)
            #expect(error?.description.contains("no-such-host.invalid") == true)
        }
    }
}
