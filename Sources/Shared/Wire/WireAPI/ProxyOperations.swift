package import FoundationEssentials

/// What an operator asks a proxy that serves alone, to take a provider, or one model there, out of service or to put it
/// back: `POST /operations/drains`. Calls that run are not touched, new ones go elsewhere. The proxies of a deployment
/// follow what is in the database instead.
package struct ProxyDrain: Codable, Sendable, Hashable {
    /// Where it is posted.
    package static let path = "/operations/drains"

    package let provider: String
    /// The model by the name it has at the provider; `nil` for all its models.
    package let model: String?
    package let isDrained: Bool

    package init(provider: String, model: String? = nil, isDrained: Bool) {
        self.provider = provider
        self.model = model
        self.isDrained = isDrained
    }
}

/// A call that an operator makes to see whether a model answers: `POST /operations/test-calls`.
package struct ProxyTestCall: Codable, Sendable, Hashable {
    /// Where it is posted.
    package static let path = "/operations/test-calls"

    /// Whose model it is, and who pays; not needed where the proxy serves alone.
    package let organizationID: UUID?
    /// The name by which callers ask for the model.
    package let model: String
    /// What is asked; a short question when absent.
    package let prompt: String?

    package init(organizationID: UUID?, model: String, prompt: String? = nil) {
        self.organizationID = organizationID
        self.model = model
        self.prompt = prompt
    }
}

/// What came of a test call. That the model fails is a finding, not an error of the request.
package struct ProxyTestResult: Codable, Sendable, Hashable {
    package let isAnswered: Bool
    /// One sentence for a person.
    package let sentence: String
    package let provider: String?
    /// The model that answered, by the name it has at its provider.
    package let model: String?
    /// The beginning of the answer.
    package let text: String?
    package let durationMs: Int
    package let promptTokens: Int?
    package let completionTokens: Int?
    package let costNanodollars: Int64?
    /// The failure's code, and what the provider said with which status.
    package let code: String?
    package let providerStatus: Int?
    package let providerMessage: String?

    package init(
        isAnswered: Bool, sentence: String, provider: String? = nil, model: String? = nil, text: String? = nil,
        durationMs: Int, promptTokens: Int? = nil, completionTokens: Int? = nil, costNanodollars: Int64? = nil,
        code: String? = nil, providerStatus: Int? = nil, providerMessage: String? = nil
    ) {
        self.isAnswered = isAnswered
        self.sentence = sentence
        self.provider = provider
        self.model = model
        self.text = text
        self.durationMs = durationMs
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.costNanodollars = costNanodollars
        self.code = code
        self.providerStatus = providerStatus
        self.providerMessage = providerMessage
    }
}

/// What apid asks llmproxyd to find out about a server before a model is added: `POST /operations/ability-probes`.
package struct ProxyAbilityProbe: Codable, Sendable, Hashable {
    /// Where it is posted.
    package static let path = "/operations/ability-probes"

    /// The base address of the server.
    package let url: String
    /// The key, sealed for the proxy, in base64.
    package let sealedKey: String?
    /// The model to try; the first that the server lists when absent.
    package let model: String?

    package init(url: String, sealedKey: String? = nil, model: String? = nil) {
        self.url = url
        self.sealedKey = sealedKey
        self.model = model
    }
}

/// What was found out about a server.
package struct ProxyAbilityReport: Codable, Sendable, Hashable {
    /// Something that a model can or cannot do.
    package struct Ability: Codable, Sendable, Hashable {
        /// `chat`, `streaming`, `usage`, `schema_output`, `tools`, `logprobs`.
        package let name: String
        /// `yes`, `no` or `unknown`.
        package let finding: String
        /// What it is concluded from, in a sentence.
        package let evidence: String

        package init(name: String, finding: String, evidence: String) {
            self.name = name
            self.finding = finding
            self.evidence = evidence
        }
    }

    /// `vllm`, `llama_cpp`, `ollama` or `openai_compatible`.
    package let kind: String
    /// The models that the server lists.
    package let models: [String]
    /// The one that was tried; `nil` when there was none to try.
    package let model: String?
    /// How many tokens the model reads, where the server says so.
    package let contextLength: Int?
    package let abilities: [Ability]
    /// Until the end of a short answer.
    package let durationMs: Int?

    package init(
        kind: String, models: [String], model: String?, contextLength: Int?, abilities: [Ability], durationMs: Int?
    ) {
        self.kind = kind
        self.models = models
        self.model = model
        self.contextLength = contextLength
        self.abilities = abilities
        self.durationMs = durationMs
    }
}
