internal import EventLoop
internal import Redis

/// A master with one replica, and three sentinels that have the replica take over when the master dies.
package struct WatchedRedis: Sendable {
    package let master: PrivateRedis
    package let replica: PrivateRedis
    package let sentinels: [PrivateRedis]

    /// How clients find whichever of the two is the master.
    package var url: String {
        "redis+sentinel://" + sentinels.map { "127.0.0.1:\($0.port)" }.joined(separator: ",") + "/main"
    }

    /// Starts all of them, and returns when they know each other.
    package static func start(configuration: [String] = []) async throws -> WatchedRedis {
        let master = try await PrivateRedis.start(.port, configuration: configuration)
        let replica = try await PrivateRedis.start(
            .port, configuration: configuration + ["replicaof 127.0.0.1 \(master.port)"])
        var sentinels: [PrivateRedis] = []
        for _ in 0..<3 {
            sentinels.append(
                try await PrivateRedis.startSentinel(configuration: [
                    "sentinel monitor main 127.0.0.1 \(master.port) 2", "sentinel down-after-milliseconds main 800",
                    "sentinel failover-timeout main 3000", "sentinel parallel-syncs main 1",
                ]))
        }
        let watched = WatchedRedis(master: master, replica: replica, sentinels: sentinels)
        try await watched.settle()
        return watched
    }

    /// They must know each other and the replica before they can act.
    private func settle() async throws {
        try await Self.ask(replica, ["INFO", "replication"]) { reply in
            reply.text?.contains("master_link_status:up") == true
        }
        for sentinel in sentinels {
            try await Self.ask(sentinel, ["SENTINEL", "master", "main"]) { reply in
                let words = (reply.array ?? []).map { $0.text ?? "" }
                let pairs = stride(from: 0, to: words.count - 1, by: 2).map { (words[$0], words[$0 + 1]) }
                let facts = Dictionary(pairs, uniquingKeysWith: { $1 })
                return facts["num-slaves"] == "1" && facts["num-other-sentinels"] == "2"
            }
        }
    }

    /// Asks again and again until the answer is right.
    private static func ask(
        _ server: PrivateRedis, _ question: [RedisArgument], until isRight: @escaping @Sendable (RedisValue) -> Bool
    ) async throws {
        let loops = LoopGroup(count: 1, name: "watched-redis")
        let settings = try RedisSettings(url: server.url)
        let isSettled = await loops.next().run {
            let client = RedisClient(loops: loops, settings: settings)
            let deadline = Deadline.after(.seconds(30))
            var isSettled = false
            while !isSettled, !deadline.hasPassed {
                do {
                    isSettled = isRight(try await client.command(question))
                    if !isSettled { try await Loop.current?.sleep(for: .milliseconds(20)) }
                } catch {
                    // Not there yet.
                }
            }
            await client.close()
            return isSettled
        }
        await loops.shutdown()
        guard isSettled else { throw PrivateRedisError(description: "sentinels and servers did not find each other") }
    }
}
