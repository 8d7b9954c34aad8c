internal import FoundationEssentials
package import Redis
package import Tenancy

/// Of all processes one tells of something that is true for the whole installation, as long as it does: a key in Redis holds
/// its name.
package struct Teller: Sendable {
    private let redis: RedisClient
    private let key: RedisArgument
    private let term: [RedisArgument]
    /// How this process is told from others.
    private let name: String

    /// Whoever has not asked for so many milliseconds is not the teller any more.
    package init(_ key: String, termInMilliseconds: Int, redis: RedisClient, identifiers: IdentifierSource) {
        self.redis = redis
        self.key = RedisArgument(key)
        term = ["PX", RedisArgument("\(termInMilliseconds)")]
        name = identifiers.uuid().uuidString
    }

    /// Whether it is for this process to tell. It is no loss when for a moment two do, or nobody.
    package func isThisProcess() async throws -> Bool {
        let holder = try await redis.command(["SET", key, .init(name), "NX", "GET"] + term)
        guard let holder = holder.text else { return true }
        guard holder == name else { return false }
        _ = try await redis.command(["SET", key, .init(name)] + term)
        return true
    }
}
