import EventLoop
import Redis
import TestSupport
import Testing

@Suite struct FunctionTests {
    private let library = """
        #!lua name=tests
        redis.register_function('add_up', function(keys, arguments)
            local sum = redis.call('INCRBY', keys[1], arguments[1])
            return {sum, keys[1]}
        end)
        """

    @Test func functionsAreCalledAndLoadedAgainWhenTheServerLostThem() async throws {
        let server = try await PrivateRedis.start()
        try await withClient(of: server) { [library] redis in
            try await redis.loadFunctions(library)
            let reply = try await redis.call(function: "add_up", keys: ["k"], arguments: [5])
            #expect(reply == .array([.integer(5), .string(Array("k".utf8))]))
            _ = try await redis.command(["FUNCTION", "FLUSH"])
            try await withThrowingTaskGroup(of: Int64?.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await redis.call(function: "add_up", keys: ["k"], arguments: [1]).array?.first?.integer
                    }
                }
                let sums = try await group.reduce(into: []) { $0.append($1) }
                #expect(Set(sums.compactMap(\.self)) == Set(6...55))
            }
            server.kill()
            try await server.restart()
            let back = try await eventually {
                await kind {
                    try await redis.call(function: "add_up", keys: ["k"], arguments: [1])
                } == nil
            }
            #expect(back)
        }
    }

    @Test func brokenLibrariesAndUnknownFunctionsAreErrors() async throws {
        try await withClient(of: try await PrivateRedis.start()) { redis in
            let broken = await #expect(throws: RedisError.self) {
                try await redis.loadFunctions("#!lua name=x\nthis is no lua")
            }
            #expect(broken?.kind == .server(code: "ERR"))
            let unknown = await #expect(throws: RedisError.self) {
                try await redis.call(function: "unknown", keys: [])
            }
            #expect(unknown?.kind == .server(code: "ERR"))
        }
    }
}

@Suite struct BlockingTests {
    @Test func aBlockedReaderDoesNotHoldUpCommands() async throws {
        try await withClient(of: try await PrivateRedis.start()) { redis in
            async let popped = redis.blockingCommand(["BLPOP", "queue", 5], wait: .seconds(5))
            async let empty = redis.blockingCommand(["BLPOP", "other", "0.05"], wait: .seconds(1))
            for number in 0..<100 { _ = try await redis.command(["ECHO", .init(number)]) }
            #expect(try await empty.isNull)
            _ = try await redis.command(["RPUSH", "queue", "x"])
            #expect(try await popped.array?.last?.text == "x")
        }
    }

    @Test func aStreamIsReadOnFromItsLastEntry() async throws {
        let server = try await PrivateRedis.start(configuration: ["appendonly yes", "appendfsync always"])
        try await withClient(of: server) { redis in
            func add(_ number: Int) async throws {
                _ = try await redis.command(["XADD", "s", .init("\(number)-1"), "number", .init(number), "x", "y"])
            }
            #expect(try await redis.readStream("s", after: "0-0", block: .milliseconds(20), count: 10).isEmpty)
            for number in 1...5 { try await add(number) }
            let first = try await redis.readStream("s", after: "0-0", block: .seconds(1), count: 3)
            #expect(first.map(\.id) == ["1-1", "2-1", "3-1"])
            #expect(first[0]["number"].map { String(decoding: $0, as: UTF8.self) } == "1")
            #expect(first[0].fields.map(\.0) == ["number", "x"])
            let rest = try await redis.readStream("s", after: "3-1", block: .seconds(1), count: 3)
            #expect(rest.map(\.id) == ["4-1", "5-1"])
            async let next = redis.readStream("s", after: "5-1", block: .seconds(5), count: 3)
            try await add(6)
            #expect(try await next.map(\.id) == ["6-1"])
            server.kill()
            #expect(
                await kind {
                    try await redis.readStream("s", after: "6-1", block: .seconds(5), count: 3)
                } != nil)
            try await server.restart()
            let back = try await eventually {
                await kind { try await redis.command(["PING"]) } == nil
            }
            #expect(back)
            #expect(try await redis.range(of: "s", from: "(5-1", to: "+", count: 5).map(\.id) == ["6-1"])
            #expect(
                try await redis.range(of: "s", from: "+", to: "-", count: 1, newestFirst: true).map(\.id) == ["6-1"])
        }
    }
}
