package import FoundationEssentials

/// A process of a daemon, as it announces itself and as `GET /instance` of its internal listener answers.
package struct OperatorInstance: Codable, Sendable, Hashable {
    /// Where a daemon tells who it is; for those who show the service token.
    package static let path = "/instance"

    /// Drawn when the process starts.
    package let id: UUID
    /// Without `scorable-`.
    package let daemon: String
    package let host: String
    package let pid: Int
    package let version: String
    package let startedAt: Date
    /// Where its internal listener is, as its settings say.
    package let address: String
    /// Empty where they were not asked for.
    package var settings: [Setting]
    /// How it does; `nil` in what is told by processes of a release that did not.
    package var condition: Condition?

    package init(
        id: UUID, daemon: String, host: String, pid: Int, version: String, startedAt: Date, address: String,
        settings: [Setting], condition: Condition? = nil
    ) {
        self.id = id
        self.daemon = daemon
        self.host = host
        self.pid = pid
        self.version = version
        self.startedAt = startedAt
        self.address = address
        self.settings = settings
        self.condition = condition
    }

    /// As people call it: daemon, host and process.
    package var name: String { "scorable-\(daemon) on \(host) (pid \(pid))" }

    /// How a process does, as it says itself.
    package struct Condition: Codable, Sendable, Hashable {
        package let standing: Standing
        /// Why it is not ready for work, for people; `nil` while it is.
        package let complaint: String?
        package let memoryBytes: Int64?
        /// By how much the slowest of its event loops was late lately.
        package let loopLagSeconds: Double?
        /// When the certificates of its listeners end; empty where none speaks TLS.
        package let certificates: [Certificate]
        /// When it said this, by the clock of its host; `nil` from a release that did not tell.
        package let saidAt: Date?

        package init(
            _ standing: Standing, complaint: String?, memoryBytes: Int64?, loopLagSeconds: Double?,
            certificates: [Certificate] = [], saidAt: Date? = nil
        ) {
            self.standing = standing
            self.complaint = complaint
            self.memoryBytes = memoryBytes
            self.loopLagSeconds = loopLagSeconds
            self.certificates = certificates
            self.saidAt = saidAt
        }
    }

    /// Whether a process should be sent work.
    package enum Standing: String, Codable, Sendable, Hashable, CaseIterable {
        case starting
        case ready
        /// It runs, and something that it depends on is not well.
        case unready
        /// It is being stopped, and finishes what has begun.
        case draining
    }

    /// The certificate that a listener shows.
    package struct Certificate: Codable, Sendable, Hashable {
        /// Such as `public`.
        package let listener: String
        package let endsAt: Date

        package init(listener: String, endsAt: Date) {
            self.listener = listener
            self.endsAt = endsAt
        }
    }

    /// A setting that is in force there.
    package struct Setting: Codable, Sendable, Hashable {
        package let key: String
        /// As it may be shown: secrets are masked; `nil` where nothing is set.
        package let value: String?
        /// Where it came from, such as `file /etc/scorable/scorable.yaml:12`.
        package let source: String
        /// Equal where the whole values are, secrets too; only comparable between processes that have the same service
        /// token. `nil` where nothing is set.
        package let digest: String?
        package let isSecret: Bool
        /// Whether every process that has it should have it alike.
        package let isCommon: Bool

        package init(
            key: String, value: String?, source: String, digest: String?, isSecret: Bool, isCommon: Bool
        ) {
            self.key = key
            self.value = value
            self.source = source
            self.digest = digest
            self.isSecret = isSecret
            self.isCommon = isCommon
        }
    }
}

/// The processes of an installation and where their settings differ, `GET /internal/instances`.
package struct OperatorInstances: Codable, Sendable, Hashable {
    /// Where it is.
    package static let path = "/internal/instances"
    /// In the query: whether the settings are told, too.
    package static let settingsParameter = "settings"

    package let results: [Instance]
    /// The settings that should be alike and are not.
    package let differences: [Difference]
    package let askedAt: Date
    /// Why the list may be incomplete, in one sentence.
    package let complaint: String?

    package init(results: [Instance], differences: [Difference], askedAt: Date, complaint: String?) {
        self.results = results
        self.differences = differences
        self.askedAt = askedAt
        self.complaint = complaint
    }

    /// A process that was heard of.
    package struct Instance: Codable, Sendable, Hashable {
        package var instance: OperatorInstance
        /// How long ago.
        package let seenSeconds: Double

        package init(instance: OperatorInstance, seenSeconds: Double) {
            self.instance = instance
            self.seenSeconds = seenSeconds
        }

        /// By how many seconds the clock of its host is ahead of the one of whoever asked at `moment`; `nil` when unknown.
        package func clockOffset(at moment: Date) -> Double? {
            instance.condition?.saidAt.map { $0.timeIntervalSince(moment) + seenSeconds }
        }
    }

    /// A setting that is not the same everywhere.
    package struct Difference: Codable, Sendable, Hashable {
        package let key: String
        /// Who has which value, those with the most common one first.
        package let values: [Value]

        package init(key: String, values: [Value]) {
            self.key = key
            self.values = values
        }
    }

    /// What some of them have.
    package struct Value: Codable, Sendable, Hashable {
        /// Masked where it is a secret; `nil` where nothing is set.
        package let value: String?
        /// By their names.
        package let instances: [String]

        package init(value: String?, instances: [String]) {
            self.value = value
            self.instances = instances
        }
    }
}

extension OperatorInstances {
    /// From how many seconds on clocks differ by more than asking takes.
    package static let tolerableClockOffset = 2.0

    /// The settings in which these processes differ although they should not.
    ///
    /// Of secrets there are only digests, keyed by the service token: where that differs, nothing more is said of the
    /// other secrets.
    package static func differences(among instances: [OperatorInstance]) -> [Difference] {
        var keys: [String: [(setting: OperatorInstance.Setting, holder: String)]] = [:]
        for instance in instances {
            for setting in instance.settings where setting.isCommon {
                keys[setting.key, default: []].append((setting, instance.name))
            }
        }
        let all = keys.sorted { $0.key < $1.key }.compactMap { key, held -> (Difference, isSecret: Bool)? in
            guard Set(held.map(\.setting.digest)).count > 1 else { return nil }
            let groups = Dictionary(grouping: held, by: \.setting.digest).values.map { group in
                Value(value: group[0].setting.value, instances: group.map(\.holder).sorted())
            }
            let sorted = groups.sorted {
                ($1.instances.count, $0.instances[0]) < ($0.instances.count, $1.instances[0])
            }
            return (Difference(key: key, values: sorted), held[0].setting.isSecret)
        }
        let tokenDiffers = all.contains { $0.0.key == tokenKey }
        return all.filter { !tokenDiffers || !$0.isSecret || $0.0.key == tokenKey }.map(\.0)
    }

    /// By what digests are keyed.
    package static let tokenKey = "service_token"
}

extension OperatorRequest where Reply == OperatorInstances {
    /// The processes, with their settings or without.
    package static func instances(withSettings: Bool) -> Self {
        Self(.get, OperatorInstances.path, withSettings ? [Parameter(OperatorInstances.settingsParameter, "true")] : [])
    }
}
