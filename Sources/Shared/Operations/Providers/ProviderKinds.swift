internal import Providers
internal import Scoring
internal import Tenancy
internal import WireAPI

extension OperatorProviderKind {
    /// The kinds of which a provider can be added.
    static let all = Providers.ProviderKind.allCases.map(OperatorProviderKind.init)

    private init(_ kind: Providers.ProviderKind) {
        let usual = kind.defaultBaseURL(Providers.Provider.Settings())
        self.init(
            name: kind.rawValue, usualURL: usual.isEmpty ? nil : usual,
            neededSettings: kind.neededSettings.map(\.rawValue),
            isFree: Scoring.ProviderKind.free.contains(Scoring.ProviderKind(rawValue: kind.rawValue)))
    }
}

/// A name of ``OperatorProviderSettings``, as it is on the wire.
enum ProviderSettingName: String, CaseIterable {
    case apiVersion = "api_version"
    case region
    case project
    case location

    func value(in settings: ProviderSettings) -> String? {
        switch self {
        case .apiVersion: settings.apiVersion
        case .region: settings.region
        case .project: settings.project
        case .location: settings.location
        }
    }
}

extension Providers.ProviderKind {
    fileprivate var neededSettings: [ProviderSettingName] {
        switch self {
        case .bedrock: [.region]
        case .vertexAI: [.project, .location]
        case .openAI, .azureOpenAI, .anthropic, .gemini, .mistral, .cohere, .groq, .openRouter, .vllm, .llamaCpp,
            .ollama, .openAICompatible:
            []
        }
    }
}

extension Scoring.Provider {
    /// Names everything that an operator's values break.
    /// - Throws: `InvalidDefinition`.
    func validate() throws {
        let known = Providers.ProviderKind(rawValue: kind.rawValue)
        try InvalidDefinition.check { findings in
            findings.length(of: name, in: 1...100, field: "name")
            // The demonstration is made by the installation itself, and can be renamed.
            guard kind != .demonstration else { return }
            guard let known else {
                let kinds = Providers.ProviderKind.allCases.map(\.rawValue).joined(separator: ", ")
                return findings.add("kind", "Choose one of: \(kinds).")
            }
            if baseURL.isEmpty, known.defaultBaseURL(Providers.Provider.Settings()).isEmpty {
                findings.add("url", "A provider of this kind needs an address.")
            } else if !baseURL.isEmpty {
                findings.check(url: baseURL, field: "url")
            }
            for name in ProviderSettingName.allCases {
                let isPlain = name.value(in: settings)?.utf8.allSatisfy(Self.isOfName) ?? true
                if !isPlain { findings.add(name.rawValue, "Only letters, digits, “-”, “_”, “.” and “:” can be in it.") }
            }
            for name in known.neededSettings where name.value(in: settings)?.isEmpty ?? true {
                findings.add(name.rawValue, "A provider of this kind needs this setting.")
            }
        }
    }
}

extension Scoring.Provider {
    /// Settings become parts of addresses, where nothing may stand that leads elsewhere.
    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }
}

extension InvalidDefinition.Findings {
    /// Checks that something is the address of a server.
    mutating func check(url: String, field: String) {
        length(of: url, in: 1...1024, field: field)
        let lowered = url.lowercased()
        let scheme = ["http://", "https://"].first { lowered.hasPrefix($0) }
        let host = scheme.map { lowered.dropFirst($0.count).prefix { !"/?#".contains($0) } }
        if host?.isEmpty ?? true { add(field, "Enter a URL that begins with http:// or https:// and names a host.") }
        if host?.contains("@") == true { add(field, "A key or password does not belong into the address.") }
        if url.contains(where: { $0.isWhitespace || $0.isNewline }) { add(field, "An address has no spaces.") }
    }
}
