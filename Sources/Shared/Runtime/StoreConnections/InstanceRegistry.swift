package import DaemonRuntime
internal import EventLoop
internal import FoundationEssentials
internal import JSON
internal import Logging
package import Redis
package import WireAPI

/// The processes of the daemons, each as it has announced itself lately. What is here ends by itself with the process.
package struct InstanceRegistry: Sendable {
    private let redis: RedisClient

    /// For how long an announcement holds, in seconds, and how often it is renewed.
    private static let lifetime = 45
    private static let interval = Duration.seconds(15)
    private static let index: RedisArgument = "scorable:instances"
    /// More than any installation has.
    private static let most = 1000

    package init(redis: RedisClient) { self.redis = redis }

    /// Those that were heard of.
    package func all() async throws -> [OperatorInstances.Instance] {
        let names =
            try await redis.command([
                "ZREVRANGE", Self.index, 0, .init(Self.most),
            ]).array?.compactMap(\.text) ?? []
        var found: [OperatorInstances.Instance] = []
        for name in names {
            let replies = try await redis.pipeline([
                ["GET", .init(Self.key(name))], ["PTTL", .init(Self.key(name))],
            ])
            // One whose announcement has ended is gone, and one of a newer release may say what we do not understand.
            guard replies.count == 2, let text = replies[0].text, let left = replies[1].integer, left > 0 else {
                continue
            }
            let instance = try JSONCodec.decode(OperatorInstance.self, from: Array(text.utf8))
            let age = max(0, Double(Self.lifetime) - Double(left) / 1000)
            found.append(OperatorInstances.Instance(instance: instance, seenSeconds: age))
        }
        return found.sorted { ($0.instance.daemon, $0.instance.name) < ($1.instance.daemon, $1.instance.name) }
    }

    /// Announces a process again and again until its task is cancelled.
    func keep(_ instance: OperatorInstance, complaint: @Sendable (any Error) -> Void) async throws {
        guard let loop = Loop.current else { preconditionFailure("a process announces itself on a loop") }
        while true {
            do {
                try await announce(instance)
            } catch let error as RedisError {
                complaint(error)
            }
            try await loop.sleep(for: Self.interval)
        }
    }

    /// Forgets a process that ends.
    func withdraw(_ instance: OperatorInstance) async throws {
        let name = instance.id.uuidString.lowercased()
        _ = try await redis.pipeline([["DEL", .init(Self.key(name))], ["ZREM", Self.index, .init(name)]])
    }

    private func announce(_ instance: OperatorInstance) async throws {
        let name = instance.id.uuidString.lowercased()
        let moment = Int(Date().timeIntervalSince1970)
        _ = try await redis.pipeline([
            ["SET", .init(Self.key(name)), .init(JSONCodec.encode(instance)), "EX", .init(Self.lifetime)],
            ["ZADD", Self.index, .init(moment), .init(name)],
            // What was killed leaves its name; clocks may differ by much less than an hour.
            ["ZREMRANGEBYSCORE", Self.index, "-inf", .init(moment - 3600)],
        ])
    }

    private static func key(_ name: String) -> String { "scorable:instance:\(name)" }
}

extension Composition {
    /// Has this process announce itself, so that others can tell which processes there are and where their settings differ.
    package mutating func announce(over redis: RedisClient) {
        guard let instance else { return }
        let (registry, logger) = (InstanceRegistry(redis: redis), logger)
        work("announcement") { drain in
            try await drain.cancelling {
                try await registry.keep(instance) { error in
                    logger.debug("this process could not be announced", metadata: ["reason": "\(error)"])
                }
            }
            do {
                try await registry.withdraw(instance)
            } catch {
                logger.debug("the announcement of this process ends by itself", metadata: ["reason": "\(error)"])
            }
        }
    }
}

/// How many settings differ between the processes of an installation.
package struct SettingsDrift: Sendable {
    private let registry: InstanceRegistry

    /// How often they are compared.
    private static let interval = Duration.seconds(15)

    package init(redis: RedisClient) { registry = InstanceRegistry(redis: redis) }

    /// Compares them again and again until its task is cancelled; `told` gets the number, also while it is 0.
    package func watch(_ told: @Sendable (Int) -> Void, complaint: @Sendable (any Error) -> Void) async throws {
        guard let loop = Loop.current else { preconditionFailure("settings are compared on a loop") }
        while true {
            do {
                let instances = try await registry.all().map(\.instance)
                told(OperatorInstances.differences(among: instances).count)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                complaint(error)
            }
            try await loop.sleep(for: Self.interval)
        }
    }
}
