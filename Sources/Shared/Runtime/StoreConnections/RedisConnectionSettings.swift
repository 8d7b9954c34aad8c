package import DaemonRuntime
internal import EventLoop
package import Redis
package import Settings

/// How a daemon reaches Redis.
package struct RedisConnectionSettings: Sendable {
    package let url: Secret

    package init(from scope: SettingsScope) throws(SettingsError) {
        url = try scope.connection(
            "url", example: "redis://:password@redis.example:6379/0",
            help: "redis://, rediss:// (TLS), redis+sentinel:// or unix:// address of the Redis server. Its "
                + "maxmemory-policy must be noeviction.")
    }
}

extension Composition {
    /// The daemon's Redis, checked for readiness and closed after what uses it.
    /// - Throws: `SettingsError` naming the setting when the address is none.
    package mutating func redis(_ settings: RedisConnectionSettings) throws -> RedisClient {
        let client = RedisClient(loops: loops, settings: try RedisSettings(url: settings.url.reveal()))
        add(Service("redis", stop: { _ in await client.close() }))
        check("redis") { try await RedisPolicy.require(of: client) }
        return client
    }
}

/// What a Redis server must never do: throw away what it was given, such as jobs that are being worked on.
struct RedisPolicy: Error, CustomStringConvertible {
    let description: String

    /// Asks the server, which may be another one than a moment ago.
    static func require(of client: RedisClient) async throws {
        guard let text = try await memoryReport(of: client) else { return }
        let policy = value(of: "maxmemory_policy", in: text)
        guard value(of: "maxmemory", in: text) != "0", let policy, policy != "noeviction" else { return }
        throw RedisPolicy(
            description: "its maxmemory-policy is \(policy), by which it may throw away jobs; set it to noeviction")
    }

    /// `nil` when the user has too few rights to ask; that the server answers is known then.
    private static func memoryReport(of client: RedisClient) async throws(RedisError) -> String? {
        do {
            return try await client.command(["INFO", "memory"]).text ?? ""
        } catch {
            guard error.kind == .authentication else { throw error }
        }
        _ = try await client.command(["PING"])
        return nil
    }

    private static func value(of name: String, in text: String) -> String? {
        text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + ":") }.map {
            String($0.dropFirst(name.count + 1))
        }
    }
}
