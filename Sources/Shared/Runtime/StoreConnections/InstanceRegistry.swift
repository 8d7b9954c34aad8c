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
    private static let interval = Duration.seconds(5)
    /// With every how many signs of life the settings are told, too.
    private static let settingsRounds = 6
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
        let questions: [[RedisArgument]] = names.flatMap { name in
            [
                ["GET", .init(Self.key(name))], ["PTTL", .init(Self.key(name))],
                ["GET", .init(Self.settingsKey(name))],
            ]
        }
        let replies = try await questions.isEmpty ? [] : redis.pipeline(questions)
        for place in stride(from: 0, to: replies.count - 2, by: 3) {
            // One whose announcement has ended is gone, and one of a newer release may say what we do not understand.
            guard let text = replies[place].text, let left = replies[place + 1].integer, left > 0 else { continue }
            do {
                var instance = try JSONCodec.decode(OperatorInstance.self, from: Array(text.utf8))
                if let settings = replies[place + 2].text {
                    instance.settings = try JSONCodec.decode(
                        [OperatorInstance.Setting].self, from: Array(settings.utf8))
                }
                let age = max(0, Double(Self.lifetime) - Double(left) / 1000)
                found.append(OperatorInstances.Instance(instance: instance, seenSeconds: age))
            } catch {
                continue
            }
        }
        return found.sorted { ($0.instance.daemon, $0.instance.name) < ($1.instance.daemon, $1.instance.name) }
    }

    /// Announces a process again and again until its task is cancelled.
    func keep(
        _ instance: OperatorInstance, _ condition: OwnCondition, complaint: @Sendable (any Error) -> Void
    ) async throws {
        guard let loop = Loop.current else { preconditionFailure("a process announces itself on a loop") }
        var told = instance
        told.settings = []
        var round = 0
        while true {
            do {
                // They are long and do not change: with every sign of life they would fill the log of Redis.
                if round.isMultiple(of: Self.settingsRounds) { try await announceSettings(of: instance) }
                told.condition = condition.reading
                try await announce(told)
                round += 1
            } catch let error as RedisError {
                complaint(error)
            }
            try await loop.sleep(for: Self.interval)
        }
    }

    /// Forgets a process that ends.
    func withdraw(_ instance: OperatorInstance) async throws {
        let name = instance.id.uuidString.lowercased()
        _ = try await redis.pipeline([
            ["DEL", .init(Self.key(name)), .init(Self.settingsKey(name))], ["ZREM", Self.index, .init(name)],
        ])
    }

    private func announceSettings(of instance: OperatorInstance) async throws {
        let name = instance.id.uuidString.lowercased()
        let lifetime = Self.lifetime + Int(Self.interval.components.seconds) * Self.settingsRounds
        _ = try await redis.command([
            "SET", .init(Self.settingsKey(name)), .init(JSONCodec.encode(instance.settings)), "EX", .init(lifetime),
        ])
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
    private static func settingsKey(_ name: String) -> String { "scorable:instance-settings:\(name)" }
}

extension Composition {
    /// Has this process announce itself, so that others can tell which processes there are and where their settings differ.
    package mutating func announce(over redis: RedisClient) {
        guard let instance else { return }
        let (registry, condition, logger) = (InstanceRegistry(redis: redis), condition, logger)
        work("announcement") { drain in
            try await drain.cancelling {
                try await registry.keep(instance, condition) { error in
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
