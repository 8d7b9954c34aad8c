package import DaemonRuntime
internal import EventLoop
package import Redis
package import Settings
internal import Synchronization

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
    /// The daemon's Redis, closed after what uses it. It is looked after for readiness: whether it answers and can be written
    /// to, which some need and others can do without, and whether it keeps what it is given, which all need. `presence` is
    /// told what is seen.
    /// - Throws: `SettingsError` naming the setting when the address is none.
    package mutating func redis(
        _ settings: RedisConnectionSettings, _ dependence: Dependence, presence: RedisPresence = RedisPresence()
    ) throws -> RedisClient {
        let client = RedisClient(loops: loops, settings: try RedisSettings(url: settings.url.reveal()))
        add(Service("redis", stop: { _ in await client.close() }))
        check("redis", dependence) { try await presence.look(at: client) }
        check("redis policy") {
            do {
                try await RedisPolicy.require(of: client)
            } catch is RedisError {
                // Whether it answers is the other check's to say.
            }
        }
        return client
    }
}

/// Whether Redis can be used, as of the last look.
package final class RedisPresence: Sendable {
    private let away = Atomic(false)

    private static let key: RedisArgument = "scorable:health"
    /// Shorter than the patience of who asks, so that it is known who did not answer.
    fileprivate static let patience = Duration.milliseconds(1500)

    package init() {}

    /// Whether it did not answer at all.
    package var isAway: Bool { away.load(ordering: .relaxed) }

    /// Writes something that is forgotten at once. A server whose disk or memory is full, or that has become a replica, goes on
    /// answering what only reads.
    func look(at client: RedisClient) async throws(RedisError) {
        do {
            _ = try await client.command(["SET", Self.key, "1", "PX", 1000], deadline: .after(Self.patience))
            away.store(false, ordering: .relaxed)
        } catch {
            switch error.kind {
            case .server, .authentication, .overloaded: away.store(false, ordering: .relaxed)
            case .cancelled: break
            case .connectionLost, .timedOut, .unavailable, .protocolViolation, .settings, .closed:
                away.store(true, ordering: .relaxed)
            }
            throw error
        }
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
            return try await client.command(["INFO", "memory"], deadline: .after(RedisPresence.patience)).text ?? ""
        } catch {
            guard error.kind == .authentication else { throw error }
        }
        _ = try await client.command(["PING"], deadline: .after(RedisPresence.patience))
        return nil
    }

    private static func value(of name: String, in text: String) -> String? {
        text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + ":") }.map {
            String($0.dropFirst(name.count + 1))
        }
    }
}
