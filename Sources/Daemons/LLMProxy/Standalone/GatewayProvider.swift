internal import ChatModel
internal import FoundationEssentials
internal import HTTPTransfer
internal import Providers
internal import Scoring
internal import Settings
internal import Spending
internal import Tenancy

/// A provider of a gateway's file.
struct GatewayProvider: Sendable {
    /// One of its keys.
    struct Key: Sendable {
        var id: ProviderKeyID
        let name: String
        let secret: String
        let weight: Int
        let limits: CallLimits
    }

    private(set) var id: ProviderID
    let name: String
    /// Without a key.
    let provider: Providers.Provider
    private(set) var keys: [Key]
    let limits: CallLimits

    init(_ section: GatewaySection) throws(SettingsError) {
        name = try section.requiredText("name")
        id = .named(name)
        let kind: Providers.ProviderKind = try section.choice("kind") ?? .openAICompatible
        let baseURL = try section.text("base_url")
        let settings = try Self.settings(section, of: kind)
        if baseURL == nil, kind.defaultBaseURL(settings).isEmpty {
            throw section.refusal("base_url", expected: "the address of the server, such as http://127.0.0.1:8000/v1")
        }
        if let complaint = baseURL.flatMap(ServerURL.complaint) {
            throw section.refusal(
                "base_url", isSecret: baseURL?.contains("@") ?? false,
                expected: "an address such as http://127.0.0.1:8000/v1 (\(complaint))")
        }
        provider = Providers.Provider(kind, name: name, baseURL: baseURL, settings: settings)
        limits = try CallLimits(section.section("limits"))
        keys = try Self.keys(section, of: name, kind)
        try section.refuseUnknown()
        // One with an address of its own may stand behind something that adds the key.
        if keys.isEmpty, baseURL == nil, kind.descriptor.authentication != .optionalBearer {
            throw section.refusal(
                "key", isSecret: true,
                expected: "key, key_file, key_env or keys: \(kind.descriptor.title) serves nobody without one")
        }
    }

    /// The same as the successor of another one in a file that was read anew, for the `generation`th time.
    ///
    /// What is another server, or another key, is another thing than before: it gets other identifiers, so that no call that
    /// is under way takes a key to a server that it is not for, and nothing that was known of the old one is held against it.
    func succeeding(_ other: GatewayProvider, in generation: Int) -> GatewayProvider {
        var successor = self
        let isSame = provider.baseURL == other.provider.baseURL && provider.kind == other.provider.kind
        successor.id = isSame ? other.id : .named("\(name)#\(generation)")
        successor.keys = keys.map { key in
            var key = key
            let known = isSame ? other.keys.first { $0.name == key.name && $0.secret == key.secret } : nil
            key.id = known?.id ?? .named("\(name)/\(key.name)#\(generation)")
            return key
        }
        return successor
    }

    /// What its kind needs, and nothing that would have no effect there.
    private static func settings(
        _ section: GatewaySection, of kind: Providers.ProviderKind
    ) throws(SettingsError) -> Providers.Provider.Settings {
        var settings = Providers.Provider.Settings()
        let all: [(ProviderDescriptor.Setting, WritableKeyPath<Providers.Provider.Settings, String?>)] = [
            (.apiVersion, \.apiVersion), (.region, \.region), (.project, \.project), (.location, \.location),
        ]
        for (setting, place) in all {
            settings[keyPath: place] = try section.text(setting.rawValue)
            let isSet = settings[keyPath: place] != nil
            if isSet, !kind.uses(setting) {
                throw section.refusal(
                    setting.rawValue, expected: "nothing here: providers of kind \(kind.rawValue) have no such setting")
            }
            if !isSet, kind.descriptor.required.contains(setting) {
                throw section.refusal(
                    setting.rawValue, expected: "a value: providers of kind \(kind.rawValue) need it")
            }
        }
        return settings
    }

    /// One key beside the others, or a list of them.
    private static func keys(
        _ section: GatewaySection, of name: String, _ kind: Providers.ProviderKind
    ) throws(SettingsError) -> [Key] {
        var keys: [Key] = []
        func add(_ secret: String, _ keyName: String, _ entry: GatewaySection, _ weight: Int, _ limits: CallLimits)
            throws(SettingsError)
        {
            guard kind.access(by: ProviderKey(secret)) != nil else {
                throw entry.refusal(
                    "key", isSecret: true, expected: "a key of \(kind.descriptor.title), and it is none of its kind")
            }
            guard !keys.contains(where: { $0.name == keyName }) else {
                throw entry.refusal("name", expected: "every key's name once")
            }
            keys.append(
                Key(id: .named("\(name)/\(keyName)"), name: keyName, secret: secret, weight: weight, limits: limits))
        }
        if let secret = try GatewaySecrets.read("key", of: section) { try add(secret, "key", section, 1, .none) }
        for entry in try section.sections("keys") {
            let keyName = try entry.requiredText("name")
            guard let secret = try GatewaySecrets.read("key", of: entry) else {
                throw entry.refusal("key", isSecret: true, expected: "a key, or key_file or key_env that leads to one")
            }
            let weight = try entry.int("weight", in: 1...1000) ?? 1
            try add(secret, keyName, entry, weight, try CallLimits(entry.section("limits")))
            try entry.refuseUnknown()
        }
        return keys
    }
}

extension Providers.ProviderKind {
    /// Whether a setting has an effect at providers of this kind.
    fileprivate func uses(_ setting: ProviderDescriptor.Setting) -> Bool {
        switch setting {
        case .apiVersion: self == .azureOpenAI || self == .anthropic || self == .vertexAI
        case .region: self == .bedrock
        case .project, .location: self == .vertexAI
        }
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
