/// A wish of a request that a provider cannot fulfil. Nothing is ever left out in silence: whoever asks learns what it
/// was and what can be done, or another provider is asked.
package struct Unsupported: Error, Sendable, Hashable, CustomStringConvertible {
    /// The member of the request, by OpenAI's name of it.
    package let parameter: String
    /// What about it cannot be, as the end of a sentence that begins with the provider.
    package let reason: String
    /// What to do instead.
    package let advice: String

    package init(_ parameter: String, _ reason: String, advice: String) {
        self.parameter = parameter
        self.reason = reason
        self.advice = advice
    }

    package var description: String { "\(parameter): \(reason); \(advice)" }
}

extension ChatFailure {
    /// The failure that tells the caller about it.
    package init(_ unsupported: Unsupported, provider: String) {
        self.init(
            .invalidRequest, "provider \(provider) \(unsupported.reason); \(unsupported.advice)", provider: provider,
            parameter: unsupported.parameter)
    }
}

extension Unsupported {
    /// A part of the request that cannot be sent.
    package static func part(_ parameter: String, _ reason: String) -> Unsupported {
        Unsupported(parameter, reason, advice: "leave it out or choose another model")
    }
}

extension ChatRequest {
    /// The error that a member which only the caller's dialect knows has no place at this provider.
    fileprivate func foreign(_ extra: ChatExtra) -> Unsupported {
        Unsupported(extra.name, "has no \(extra.name)", advice: "leave it out or choose a model that knows it")
    }
}

extension ChatRequest {
    /// Members that OpenAI's two dialects call the same.
    private static let common = harmless.union(["verbosity"])

    /// Whether an extra has its place in another of OpenAI's dialects than the request came in.
    package func isOpenAI(_ extra: ChatExtra) -> Bool {
        switch dialect {
        case .chatCompletions, .responses: Self.common.contains(extra.name)
        case nil, .messages: false
        }
    }

    /// Members of OpenAI's dialects that change nothing about an answer.
    private static let harmless: Set<String> = [
        "store", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "safety_identifier",
    ]

    /// The member of Anthropic's that changes nothing about an answer: it marks what is worth caching.
    private static let harmlessOfMessages = "cache_control"

    /// For a provider that has none of the callers' own members: notes those without influence on the answer.
    /// - Throws: For any other.
    package func refuseExtras(_ adjustments: inout [Adjustment]) throws(Unsupported) {
        for extra in extras { try refuse(extra, &adjustments) }
    }

    /// For a provider that does not know the member: notes it when it is without influence on the answer.
    /// - Throws: For any other.
    package func refuse(_ extra: ChatExtra, _ adjustments: inout [Adjustment]) throws(Unsupported) {
        guard Self.harmless.contains(extra.name) || dialect == .messages && extra.name == Self.harmlessOfMessages else {
            throw foreign(extra)
        }
        adjustments.note(.omitted(extra.name))
    }
}
