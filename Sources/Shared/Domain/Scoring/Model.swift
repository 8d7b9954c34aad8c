package import FoundationEssentials
package import Tenancy

/// A language model by the name that evaluators use for it.
package struct Model: Sendable, Hashable {
    package let id: ModelID
    /// `nil` for a model of the installation, which every organisation may use.
    package let organizationID: OrganizationID?
    package let owner: UserReference
    package let definition: ModelDefinition
    /// The provider it is reached through; `nil` when it has an address of its own.
    package let provider: ProviderReference?
    /// Whether a key of its own is stored. The key itself is never shown.
    package let hasKey: Bool
    package let createdAt: Date

    package init(
        id: ModelID, organizationID: OrganizationID?, owner: UserReference, definition: ModelDefinition,
        provider: ProviderReference?, hasKey: Bool, createdAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.owner = owner
        self.definition = definition
        self.provider = provider
        self.hasKey = hasKey
        self.createdAt = createdAt
    }
}

/// Who is offered a model.
package enum ModelVisibility: String, Sendable, Hashable, CaseIterable {
    case `public` = "PUBLIC"
    case publicUnlisted = "PUBLIC_UNLISTED"
    case `private` = "PRIVATE"
}

/// The content of a model.
package struct ModelDefinition: Sendable, Hashable {
    package var name: String
    /// What the provider calls it, such as `azure/gpt-4-turbo`.
    package var upstreamModel: String
    package var providerID: ProviderID?
    /// The base address of a self-hosted, OpenAI-compatible server.
    package var url: String?
    /// What kind of server that is, where somebody has found out.
    package var serverKind: ProviderKind?
    package var maximumOutputTokens: Int?
    package var maximumTokens: Int?
    package var visibility: ModelVisibility
    /// Other names under which it is found.
    package var aliases: [String]

    /// Takes the values as they are; whoever takes them from a client calls ``validate()``.
    package init(
        name: String, upstreamModel: String, providerID: ProviderID? = nil, url: String? = nil,
        serverKind: ProviderKind? = nil, maximumOutputTokens: Int? = nil, maximumTokens: Int? = nil,
        visibility: ModelVisibility = .private, aliases: [String] = []
    ) {
        self.name = name
        self.upstreamModel = upstreamModel
        self.providerID = providerID
        self.url = url
        self.serverKind = serverKind
        self.maximumOutputTokens = maximumOutputTokens
        self.maximumTokens = maximumTokens
        self.visibility = visibility
        self.aliases = aliases
    }

    /// Names every limit that a client's values break.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.length(of: name, in: 1...100, field: "name")
            findings.length(of: upstreamModel, in: 1...1000, field: "model")
            for alias in aliases { findings.length(of: alias, in: 1...100, field: "aliases") }
            if aliases.count > 20 { findings.add("aliases", "Ensure there are no more than 20.") }
            if let url {
                findings.length(of: url, in: 1...1024, field: "url")
                if !["http://", "https://"].contains(where: url.lowercased().hasPrefix) {
                    findings.add("url", "Enter a URL that begins with http:// or https://.")
                }
            }
            if let maximumOutputTokens, !(800...Int(Int32.max)).contains(maximumOutputTokens) {
                findings.add("max_output_token_count", "Ensure this value is between 800 and \(Int32.max).")
            }
            if let maximumTokens, !(0...Int(Int32.max)).contains(maximumTokens) {
                findings.add("max_token_count", "Ensure this value is between 0 and \(Int32.max).")
            }
        }
    }
}

/// Which protocol a provider speaks. The set grows with the proxy, so an unknown word is kept and not refused.
package struct ProviderKind: RawRepresentable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static let openAICompatible = ProviderKind(rawValue: "openai_compatible")
    package static let vllm = ProviderKind(rawValue: "vllm")
    package static let llamaCpp = ProviderKind(rawValue: "llama_cpp")
    package static let ollama = ProviderKind(rawValue: "ollama")
    package static let demonstration = ProviderKind(rawValue: "demo")

    /// Those whose models run in the proxy itself or on one's own machines: a call costs nothing unless somebody says
    /// otherwise.
    package static let free: [ProviderKind] = [demonstration, vllm, llamaCpp, ollama]
}

/// A place where models are served.
package struct Provider: Sendable, Hashable {
    package let id: ProviderID
    /// `nil` for a provider of the installation, which every organisation may use.
    package let organizationID: OrganizationID?
    package let kind: ProviderKind
    package let name: String
    package let baseURL: String
    package let settings: ProviderSettings
    /// Whether a key is stored. The key itself is never shown.
    package let hasKey: Bool
    package let isEnabled: Bool
    package let createdAt: Date

    /// What keys of providers and models are sealed for: a box made for anything else does not open as one.
    package static let keyPurpose = "scorable provider key"

    package init(
        id: ProviderID, organizationID: OrganizationID?, kind: ProviderKind, name: String, baseURL: String,
        settings: ProviderSettings = ProviderSettings(), hasKey: Bool, isEnabled: Bool, createdAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.kind = kind
        self.name = name
        self.baseURL = baseURL
        self.settings = settings
        self.hasKey = hasKey
        self.isEnabled = isEnabled
        self.createdAt = createdAt
    }
}

/// How a provider appears beside a model.
package struct ProviderReference: Sendable, Hashable {
    package let id: ProviderID
    package let kind: ProviderKind
    package let name: String

    package init(id: ProviderID, kind: ProviderKind, name: String) {
        self.id = id
        self.kind = kind
        self.name = name
    }
}
