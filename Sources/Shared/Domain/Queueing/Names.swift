/// What a job does, such as `evaluation` or `webhook_delivery`: whoever registers work for it decides. At most 100
/// characters of lower-case letters, digits, `_`, `.` and `-`.
package struct JobKind: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ name: String) { rawValue = name }

    package var description: String { rawValue }
}

/// The name of a queue. Any can be used; those that are built in are constants.
package struct QueueName: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ name: String) { rawValue = name }

    /// Somebody waits in front of a screen.
    package static let interactive = QueueName("interactive")
    /// Items of batches, and whatever else calls models.
    package static let evaluations = QueueName("evaluations")
    /// The making of batches: work that nobody waits for by the second.
    package static let background = QueueName("background")
    /// What is told to addresses outside.
    package static let webhooks = QueueName("webhooks")
    /// The installation's own chores.
    package static let maintenance = QueueName("maintenance")

    /// Those that every worker serves unless it is told otherwise, the most urgent one first.
    package static let builtIn: [QueueName] = [
        .interactive, .evaluations, .background, .webhooks, .maintenance,
    ]

    package var description: String { rawValue }
    package static func < (left: QueueName, right: QueueName) -> Bool { left.rawValue < right.rawValue }
}

/// Which of a queue's jobs go first: all of a smaller number before any of a greater one.
package enum JobPriority: Int, Sendable, Hashable, Comparable, CaseIterable {
    case urgent = 0
    case high = 1
    case normal = 2
    case low = 3

    package static func < (left: JobPriority, right: JobPriority) -> Bool { left.rawValue < right.rawValue }
}

/// Something that bounds how many jobs of its like run at once, beside their queue and tenant: a provider, a key, or an
/// endpoint of webhooks.
package struct JobLimit: Sendable, Hashable, CustomStringConvertible {
    /// As it is stored and shown: `provider:NAME`, `key:ID` or `webhook:ID`.
    package let text: String

    /// All jobs that call a provider.
    package static func provider(_ name: String) -> JobLimit { JobLimit(kind: "provider", name) }
    /// All jobs that use a key of a provider.
    package static func key(_ id: String) -> JobLimit { JobLimit(kind: "key", id) }

    /// All deliveries to an endpoint of webhooks.
    package static func webhook(_ id: String) -> JobLimit { JobLimit(kind: "webhook", id) }
    /// Whether it is that of an endpoint of webhooks, which has one from its beginning on.
    package var isOfWebhook: Bool { text.hasPrefix("webhook:") }

    /// A limit from its stored form; `nil` for what is none.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, ["provider", "key", "webhook"].contains(parts[0]), !text.contains(where: Self.separates)
        else {
            return nil
        }
        self.text = text
    }

    private init(kind: String, _ name: String) {
        text = "\(kind):" + String(name.map { Self.separates($0) ? "_" : $0 })
    }

    /// What stands between limits, and between the parts of a flow in Redis.
    private static func separates(_ character: Character) -> Bool { character == "," || character == "|" }

    package var description: String { text }
}
