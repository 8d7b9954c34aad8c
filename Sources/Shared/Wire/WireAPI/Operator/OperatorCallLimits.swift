package import FoundationEssentials

/// How many calls a provider, one of its models or one of its keys may get, and how many it gets.
package struct OperatorCallLimit: Codable, Sendable, Hashable {
    /// `nil` where nobody has set a limit.
    package let id: UUID?
    package let subject: Subject
    /// What an operator has set.
    package let set: OperatorLimits
    /// What the provider has told of itself.
    package let learned: OperatorLimits
    /// Calls at this moment over all proxies that answered, and those that wait for the limit; `nil` where figures are not
    /// shown.
    package let running: Int?
    package let waiting: Int?
    /// How long nothing is let through, because the provider wants it so.
    package let blockedMs: Int?

    package init(
        id: UUID?, subject: Subject, set: OperatorLimits, learned: OperatorLimits, running: Int?, waiting: Int?,
        blockedMs: Int?
    ) {
        self.id = id
        self.subject = subject
        self.set = set
        self.learned = learned
        self.running = running
        self.waiting = waiting
        self.blockedMs = blockedMs
    }

    /// What is limited: all of the provider when both are `nil`.
    package struct Subject: Codable, Sendable, Hashable {
        /// A model by the name that it has at the provider.
        package let upstreamModel: String?
        package let keyID: UUID?

        package init(upstreamModel: String? = nil, keyID: UUID? = nil) {
            self.upstreamModel = upstreamModel
            self.keyID = keyID
        }
    }
}

/// Three limits; what is `nil` is not limited.
package struct OperatorLimits: Codable, Sendable, Hashable {
    package let requestsPerMinute: Int?
    /// Prompts and answers together.
    package let tokensPerMinute: Int?
    /// Calls at the same time.
    package let concurrency: Int?

    package init(requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil, concurrency: Int? = nil) {
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.concurrency = concurrency
    }
}

/// Sets the limits of one subject in place of those it had, `PUT /internal/providers/ID/limits`; none at all lifts them.
package struct OperatorCallLimitDraft: Codable, Sendable, Hashable {
    package let subject: OperatorCallLimit.Subject
    package let limits: OperatorLimits

    package init(subject: OperatorCallLimit.Subject, limits: OperatorLimits) {
        self.subject = subject
        self.limits = limits
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Sets or lifts the limits of a provider, of one model or of one key there.
    package static func setLimits(_ draft: OperatorCallLimitDraft, of provider: UUID) -> Self {
        Self(.put, "\(OperatorProvider.path)/\(provider.uuidString.lowercased())/limits", body: draft)
    }
}
