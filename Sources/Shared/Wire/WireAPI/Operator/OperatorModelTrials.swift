package import FoundationEssentials

/// A call to see whether a model answers, `POST /internal/models/ID/test-call`. It costs what a call costs.
package struct OperatorTestCall: Codable, Sendable, Hashable {
    /// What is asked; a short question when absent.
    package let prompt: String?

    package init(prompt: String? = nil) { self.prompt = prompt }
}

/// What came of a test call. That the model fails is a finding.
package struct OperatorTestResult: Codable, Sendable, Hashable {
    package let isAnswered: Bool
    /// One sentence for a person.
    package let sentence: String
    package let provider: String?
    /// The model that answered, by its provider's name for it.
    package let upstreamModel: String?
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
        isAnswered: Bool, sentence: String, provider: String?, upstreamModel: String?, text: String?,
        durationMs: Int, promptTokens: Int?, completionTokens: Int?, costNanodollars: Int64?, code: String?,
        providerStatus: Int?, providerMessage: String?
    ) {
        self.isAnswered = isAnswered
        self.sentence = sentence
        self.provider = provider
        self.upstreamModel = upstreamModel
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

/// A server of which one wants to know what it can do, `POST /internal/server-probes`. It is asked for a few short answers.
package struct OperatorServerProbeWish: Codable, Sendable, Hashable {
    package static let path = "/internal/server-probes"

    /// The base address, such as `http://gpu1:8000/v1`.
    package let url: String
    package let key: String?
    /// The model to try; the first that the server lists when absent.
    package let model: String?

    package init(url: String, key: String? = nil, model: String? = nil) {
        self.url = url
        self.key = key
        self.model = model
    }
}

/// What was found out about a server. It is known for an hour by its `id`, for models that are added of it.
package struct OperatorServerProbe: Codable, Sendable, Hashable {
    package let id: UUID
    package let url: String
    /// The models that the server lists.
    package let models: [String]
    /// The one that was tried; `nil` when there was none to try.
    package let model: String?
    package let abilities: OperatorAbilities
    /// Until the end of a short answer.
    package let durationMs: Int?

    package init(
        id: UUID, url: String, models: [String], model: String?, abilities: OperatorAbilities, durationMs: Int?
    ) {
        self.id = id
        self.url = url
        self.models = models
        self.model = model
        self.abilities = abilities
        self.durationMs = durationMs
    }
}

/// What a model on a server of one's own can do, as far as trying shows it.
package struct OperatorAbilities: Codable, Sendable, Hashable {
    /// `vllm`, `llama_cpp`, `ollama` or `openai_compatible`.
    package let kind: String
    /// How many tokens it reads, where the server says so.
    package let contextLength: Int?
    package let findings: [Finding]
    package let foundAt: Date

    package init(kind: String, contextLength: Int?, findings: [Finding], foundAt: Date) {
        self.kind = kind
        self.contextLength = contextLength
        self.findings = findings
        self.foundAt = foundAt
    }

    /// One thing that it can or cannot do.
    package struct Finding: Codable, Sendable, Hashable {
        /// `chat`, `streaming`, `usage`, `schema_output`, `tools`, `logprobs`.
        package let ability: String
        package let answer: Answer
        /// What it is concluded from, in a sentence.
        package let evidence: String

        package init(ability: String, answer: Answer, evidence: String) {
            self.ability = ability
            self.answer = answer
            self.evidence = evidence
        }
    }

    /// Whether it can.
    package enum Answer: String, Codable, Sendable, Hashable, CaseIterable {
        case yes
        case no
        case unknown
    }
}

extension OperatorRequest where Reply == OperatorTestResult {
    /// Asks a model something.
    package static func testCall(of model: UUID, _ call: OperatorTestCall = OperatorTestCall()) -> Self {
        Self(.post, "\(OperatorModel.path)/\(model.uuidString.lowercased())/test-call", body: call).askingModels
    }
}

extension OperatorRequest where Reply == OperatorServerProbe {
    /// Finds out what a server can do.
    package static func probeServer(_ wish: OperatorServerProbeWish) -> Self {
        Self(.post, OperatorServerProbeWish.path, body: wish).askingModels
    }
}
