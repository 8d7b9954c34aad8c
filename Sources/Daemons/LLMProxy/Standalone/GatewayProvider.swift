internal import ChatModel
internal import FoundationEssentials
internal import Providers
internal import Scoring
internal import Settings
internal import Spending
internal import Tenancy

/// A provider of a gateway's file.
struct GatewayProvider: Sendable {
    /// One of its keys.
    struct Key: Sendable {
        let id: ProviderKeyID
        let name: String
        let secret: String
        let weight: Int
        let limits: CallLimits
    }

    let id: ProviderID
    let name: String
    /// Without a key.
    let provider: Providers.Provider
    let keys: [Key]
    let limits: CallLimits

    init(_ section: GatewaySection) throws(SettingsError) {
        name = try section.requiredText("name")
        id = .named(name)
        let kind: Providers.ProviderKind = try section.choice("kind") ?? .openAICompatible
        let baseURL = try section.text("base_url")
        var settings = Providers.Provider.Settings()
        settings.apiVersion = try section.text("api_version")
        settings.region = try section.text("region")
        settings.project = try section.text("project")
        settings.location = try section.text("location")
        if baseURL == nil, kind.defaultBaseURL(settings).isEmpty {
            throw section.refusal("base_url", expected: "the address of the server, such as http://127.0.0.1:8000/v1")
        }
        provider = Providers.Provider(kind, name: name, baseURL: baseURL, settings: settings)
        limits = try CallLimits(section.section("limits"))
        keys = try Self.keys(section, of: name)
        try section.refuseUnknown()
    }

    /// One key beside the others, or a list of them.
    private static func keys(_ section: GatewaySection, of name: String) throws(SettingsError) -> [Key] {
        var keys: [Key] = []
        if let secret = try GatewaySecrets.read("key", of: section) {
            keys.append(Key(id: .named(name + "/key"), name: "key", secret: secret, weight: 1, limits: .none))
        }
        for entry in try section.sections("keys") {
            let keyName = try entry.requiredText("name")
            guard let secret = try GatewaySecrets.read("key", of: entry) else {
                throw entry.refusal("key", expected: "a key, or key_file with the path of a file that holds one")
            }
            keys.append(
                Key(
                    id: .named("\(name)/\(keyName)"), name: keyName, secret: secret,
                    weight: try entry.int("weight", in: 1...1000) ?? 1, limits: try CallLimits(entry.section("limits")))
            )
            try entry.refuseUnknown()
        }
        return keys
    }
}

extension CallLimits {
    /// The limits in a section; none when there is no section.
    init(_ section: GatewaySection?) throws(SettingsError) {
        self.init()
        guard let section else { return }
        requestsPerMinute = try section.int("requests_per_minute", in: 1...1_000_000_000)
        tokensPerMinute = try section.int("tokens_per_minute", in: 1...1_000_000_000)
        concurrency = try section.int("concurrency", in: 1...1_000_000_000)
        try section.refuseUnknown()
    }
}
