import EventLoop
import Redis
import Synchronization
import TestSupport
import Testing

@Suite struct SubscriptionTests {
    @Test func messagesArriveInOrderUntilTheTaskIsCancelled() async throws {
        try await withClient(of: try await PrivateRedis.start()) { redis in
            let heard = Heard()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await message in redis.subscribe(to: ["a", "b"], matching: ["c.*"]) {
                        heard.add(message)
                    }
                }
                let begun = try await eventually { heard.all == [.resumed] }
                #expect(begun)
                for number in 0..<100 { _ = try await redis.command(["PUBLISH", "a", .init(number)]) }
                _ = try await redis.command(["PUBLISH", "b", .init([0, 255])])
                _ = try await redis.command(["PUBLISH", "c.d", "x"])
                _ = try await redis.command(["PUBLISH", "d", "not for us"])
                let complete = try await eventually { heard.all.count == 103 }
                #expect(complete)
                group.cancelAll()
                try await group.waitForAll()
            }
            var expected: [RedisMessage] = [.resumed]
            expected += (0..<100).map { .message(channel: "a", payload: Array("\($0)".utf8)) }
            expected += [.message(channel: "b", payload: [0, 255]), .message(channel: "c.d", payload: [0x78])]
            #expect(heard.all == expected)
        }
    }

    @Test func aSubscriptionOutlivesTheServer() async throws {
        let server = try await PrivateRedis.start(.port)
        try await withClient(of: server) { redis in
            let heard = Heard()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await message in redis.subscribe(to: ["a"]) { heard.add(message) }
                }
                let begun = try await eventually { heard.all.count == 1 }
                #expect(begun)
                server.kill()
                try await server.restart()
                let resumed = try await eventually { heard.all == [.resumed, .resumed] }
                #expect(resumed)
                let back = try await eventually {
                    await kind { try await redis.command(["PUBLISH", "a", "x"]) } == nil
                }
                #expect(back)
                let complete = try await eventually { heard.all.count == 3 }
                #expect(complete)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test func itEndsWhenTheClientIsClosedAndThrowsWhenRefused() async throws {
        let server = try await PrivateRedis.start(configuration: ["requirepass right"])
        try await withClient(try RedisSettings(url: server.url + "?password=right")) { redis in
            let heard = Heard()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await message in redis.subscribe(to: ["a"]) { heard.add(message) }
                }
                let begun = try await eventually { heard.all == [.resumed] }
                #expect(begun)
                await redis.close()
                try await group.waitForAll()
            }
            #expect(heard.all == [.resumed])
        }
        try await withClient(try RedisSettings(url: server.url + "?password=wrong")) { redis in
            let error = await #expect(throws: RedisError.self) {
                for try await _ in redis.subscribe(to: ["a"]) {}
            }
            #expect(error?.kind == .authentication)
        }
    }
}

/// What a subscriber has heard so far.
private final class Heard: Sendable {
    private let messages = Mutex<[RedisMessage]>([])
    var all: [RedisMessage] { messages.withLock { $0 } }
    func add(_ message: RedisMessage) { messages.withLock { $0.append(message) } }
}
