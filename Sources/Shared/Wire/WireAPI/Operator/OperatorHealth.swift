package import FoundationEssentials

/// How a provider, or one model there, does, over all proxies that answered.
package struct OperatorHealth: Codable, Sendable, Hashable {
    package let condition: Condition
    /// 100 is perfect; every point that is missing is in the sentence.
    package let score: Int
    /// Why, for a person.
    package let sentence: String

    package init(condition: Condition, score: Int, sentence: String) {
        self.condition = condition
        self.score = score
        self.sentence = sentence
    }

    /// The score in one word.
    package enum Condition: String, Codable, Sendable, Hashable, CaseIterable {
        case healthy
        case degraded
        case unhealthy
        /// Nobody has asked it lately.
        case unknown
    }
}

/// Whose something is that calls of models need.
package enum OperatorHolder: String, Codable, Sendable, Hashable, CaseIterable {
    /// The viewer's organisation's own.
    case organization
    /// The installation's: every organisation uses it.
    case installation
}

/// Which proxies an answer is made of.
package struct OperatorProxies: Codable, Sendable, Hashable {
    /// How many are known, and how many of them answered.
    package let known: Int
    package let answering: Int
    /// What was wrong with the others, in one sentence.
    package let complaint: String?
    /// When they were asked.
    package let askedAt: Date

    package init(known: Int, answering: Int, complaint: String?, askedAt: Date) {
        self.known = known
        self.answering = answering
        self.complaint = complaint
        self.askedAt = askedAt
    }
}

/// What somebody has taken out of service: it gets no new calls.
package struct OperatorDrain: Codable, Sendable, Hashable {
    /// Why, as that person wrote it; may be empty.
    package let reason: String
    package let by: OperatorPerson?
    package let since: Date

    package init(reason: String, by: OperatorPerson?, since: Date) {
        self.reason = reason
        self.by = by
        self.since = since
    }
}

/// Takes something out of service or puts it back, `PUT /internal/drains`: all of a provider, one model there, or a model
/// with an address of its own. Calls that run are not touched. Done twice, it is done once.
package struct OperatorDrainWish: Codable, Sendable, Hashable {
    package static let path = "/internal/drains"

    /// A provider, or `nil` for a model with an address of its own.
    package let providerID: UUID?
    /// The model by the name that it has at the provider; `nil` for all of the provider.
    package let upstreamModel: String?
    /// A model with an address of its own, when there is no provider.
    package let modelID: UUID?
    package let isDrained: Bool
    package let reason: String?

    package init(
        providerID: UUID?, upstreamModel: String? = nil, modelID: UUID? = nil, isDrained: Bool, reason: String? = nil
    ) {
        self.providerID = providerID
        self.upstreamModel = upstreamModel
        self.modelID = modelID
        self.isDrained = isDrained
        self.reason = reason
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Takes something out of service or puts it back.
    package static func drain(_ wish: OperatorDrainWish) -> Self { Self(.put, OperatorDrainWish.path, body: wish) }
}
