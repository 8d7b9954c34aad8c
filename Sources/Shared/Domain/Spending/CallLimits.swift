package import Scoring
package import Tenancy

/// How many calls a provider, one of its keys or one of its models may get; `nil` means as many as come.
package struct CallLimits: Sendable, Hashable {
    package var requestsPerMinute: Int?
    /// Prompt and answer together.
    package var tokensPerMinute: Int?
    /// Calls at the same time.
    package var concurrency: Int?

    package init(requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil, concurrency: Int? = nil) {
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.concurrency = concurrency
    }

    /// No limits.
    package static let none = CallLimits()

    /// Whether there is no limit.
    package var isEmpty: Bool { requestsPerMinute == nil && tokensPerMinute == nil && concurrency == nil }

    /// Names every limit that an administrator's values break.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            for (name, value) in [
                ("requests_per_minute", requestsPerMinute), ("tokens_per_minute", tokensPerMinute),
                ("concurrency", concurrency),
            ] {
                if let value, !(1...1_000_000_000).contains(value) {
                    findings.add(name, "Ensure this value is between 1 and 1000000000.")
                }
            }
        }
    }
}

package typealias CallLimitRuleID = EntityID<CallLimitRule>

/// The limits of a provider, or of one key or one model there.
package struct CallLimitRule: Sendable, Hashable {
    package let id: CallLimitRuleID
    package let providerID: ProviderID
    package let subject: CallLimitSubject
    package let limits: CallLimits

    package init(id: CallLimitRuleID, providerID: ProviderID, subject: CallLimitSubject, limits: CallLimits) {
        self.id = id
        self.providerID = providerID
        self.subject = subject
        self.limits = limits
    }
}

/// What at a provider is limited.
package enum CallLimitSubject: Sendable, Hashable {
    /// All its calls together.
    case provider
    /// Those that are made with one key.
    case key(ProviderKeyID)
    /// Those of one model, by the name it has there.
    case model(String)
}
