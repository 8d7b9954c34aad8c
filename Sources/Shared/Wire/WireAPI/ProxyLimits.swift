package import FoundationEssentials

/// How the limits of providers, their models and their keys stand in the replica that answers:
/// `GET /operations/limits`.
package struct ProxyLimitReport: Codable, Sendable, Hashable {
    /// Where it is.
    package static let path = "/operations/limits"

    /// Whether limits are shared with the other replicas; while Redis is away each keeps to a cautious part.
    package let isSharing: Bool
    /// Since when not.
    package let awayMs: Int?
    /// Calls that wait for a limit.
    package let waiting: Int
    package let places: [Place]

    package init(isSharing: Bool, awayMs: Int?, waiting: Int, places: [Place]) {
        self.isSharing = isSharing
        self.awayMs = awayMs
        self.waiting = waiting
        self.places = places
    }

    /// Three limits; what is `nil` is not limited.
    package struct Limits: Codable, Sendable, Hashable {
        package let requestsPerMinute: Int?
        package let tokensPerMinute: Int?
        package let concurrency: Int?

        package init(requestsPerMinute: Int?, tokensPerMinute: Int?, concurrency: Int?) {
            self.requestsPerMinute = requestsPerMinute
            self.tokensPerMinute = tokensPerMinute
            self.concurrency = concurrency
        }
    }

    /// One provider, key or model.
    package struct Place: Codable, Sendable, Hashable {
        /// Such as `provider:UUID`, `key:UUID` or `model:UUID:NAME`.
        package let name: String
        package let limits: Limits
        /// What the provider has told beside them.
        package let learned: Limits
        package let running: Int
        package let waiting: Int
        /// How long nothing is let through.
        package let blockedMs: Int?
        /// How many replicas have a share.
        package let replicas: Int

        package init(
            name: String, limits: Limits, learned: Limits, running: Int, waiting: Int, blockedMs: Int?, replicas: Int
        ) {
            self.name = name
            self.limits = limits
            self.learned = learned
            self.running = running
            self.waiting = waiting
            self.blockedMs = blockedMs
            self.replicas = replicas
        }
    }
}

/// How the keys of a provider do, without the keys: `GET /operations/providers/{id}/keys`.
package struct ProxyKeyReport: Codable, Sendable, Hashable {
    /// Where it is, for the router.
    package static let pattern = "/operations/providers/{id}/keys"

    package let keys: [Key]

    package init(keys: [Key]) { self.keys = keys }

    /// One key.
    package struct Key: Codable, Sendable, Hashable {
        package let id: UUID
        package let name: String
        /// `active`, `draining` or `revoked`.
        package let state: String
        package let weight: Int
        /// How much of its limits is in use, from 0 to about 1.
        package let load: Double
        /// How long it is not used.
        package let coolsMs: Int?
        /// Why: `refused`, `throttled`, `exhausted`, or `sealed` for another proxy.
        package let reason: String?

        package init(
            id: UUID, name: String, state: String, weight: Int, load: Double, coolsMs: Int?, reason: String?
        ) {
            self.id = id
            self.name = name
            self.state = state
            self.weight = weight
            self.load = load
            self.coolsMs = coolsMs
            self.reason = reason
        }
    }
}
