package import Logging
package import Redis

/// What operators have taken out of service, the same in all replicas while Redis answers, and kept by each while it does
/// not.
package struct Drains: Sendable {
    private let states: DeploymentStates
    /// `nil` where there is only one proxy.
    private let redis: RedisClient?
    private let logger: Logger

    /// A set with a member for every drained place, and one that is empty, so that a set of none can be told from none.
    private static let key = "scorable:llm:drains"
    /// What is announced on the channel of changes.
    static let subject = "drains"

    package init(states: DeploymentStates, redis: RedisClient?, logger: Logger) {
        self.states = states
        self.redis = redis
        self.logger = logger
    }

    /// Takes a place out of service or puts it back, here at once and in the other replicas in a moment.
    func set(_ place: DrainedPlace, to isDrained: Bool) async {
        var drained = states.drained
        if isDrained {
            drained.insert(place)
        } else {
            drained = drained.filter { $0 != place && !(place.model == nil && $0.provider == place.provider) }
        }
        states.replaceDrained(drained)
        await publish(drained)
    }

    /// Takes over what other replicas know; tells them what is known here when they know nothing.
    package func load() async {
        guard let redis else { return }
        do {
            let members = try await redis.command(["SMEMBERS", RedisArgument(Self.key)]).array ?? []
            guard !members.isEmpty else { return await publish(states.drained) }
            states.replaceDrained(Set(members.compactMap(\.text).compactMap(DrainedPlace.init(member:))))
        } catch {
            logger.warning("what operators have drained cannot be looked up", metadata: ["reason": "\(error)"])
        }
    }

    private func publish(_ drained: Set<DrainedPlace>) async {
        guard let redis else { return }
        let members = ([""] + drained.map(\.member)).map { RedisArgument($0) }
        do {
            try await redis.pipeline([
                ["DEL", RedisArgument(Self.key)], ["SADD", RedisArgument(Self.key)] + members,
                ["PUBLISH", RedisArgument(RouteChanges.channel), RedisArgument(Self.subject)],
            ])
        } catch {
            logger.warning(
                "other replicas were not told what an operator has drained", metadata: ["reason": "\(error)"])
        }
    }
}

extension DrainedPlace {
    /// The provider and the model with a line break between: neither has one.
    fileprivate var member: String { model.map { "\(provider)\n\($0)" } ?? provider }

    fileprivate init?(member: String) {
        let parts = member.split(separator: "\n", maxSplits: 1)
        guard let provider = parts.first else { return nil }
        self.init(provider: String(provider), model: parts.count == 2 ? String(parts[1]) : nil)
    }
}
