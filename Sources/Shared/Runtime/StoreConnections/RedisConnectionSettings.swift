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
            help: "redis://, rediss:// (TLS), redis+sentinel:// or unix:// address of the Redis server.")
    }
}

extension Composition {
    /// The daemon's Redis, checked for readiness and closed after what uses it.
    /// - Throws: `SettingsError` naming the setting when the address is none.
    package mutating func redis(_ settings: RedisConnectionSettings) throws -> RedisClient {
        let client = RedisClient(loops: loops, settings: try RedisSettings(url: settings.url.reveal()))
        add(Service("redis", stop: { _ in await client.close() }))
        check("redis") { _ = try await client.command(["PING"]) }
        return client
    }
}
