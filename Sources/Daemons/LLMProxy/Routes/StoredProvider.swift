internal import ChatModel
internal import Providers
internal import Scoring
internal import Stores

/// How what is stored of a provider and a model is understood.
enum StoredProvider {
    /// Where a model is asked: at its own address, at its provider, or at OpenAI when it came with nothing but a key.
    /// `nil` when nothing tells.
    static func provider(_ stored: ModelRoute) -> Providers.Provider? {
        let definition = stored.model.definition
        if let url = definition.url, !url.isEmpty {
            return Providers.Provider(
                Providers.ProviderKind(rawValue: definition.ownServerKind.rawValue) ?? .openAICompatible,
                name: stored.provider?.name ?? definition.name, baseURL: url)
        }
        if let provider = stored.provider { return self.provider(provider) }
        let isOpenAI = !definition.upstreamModel.contains("/") || definition.upstreamModel.hasPrefix("openai/")
        return stored.sealedKey != nil && isOpenAI ? Providers.Provider(.openAI, name: "openai") : nil
    }

    /// A provider; `nil` when its kind is not known.
    static func provider(_ stored: Scoring.Provider) -> Providers.Provider? {
        guard let kind = Providers.ProviderKind(rawValue: stored.kind.rawValue) else { return nil }
        var settings = Providers.Provider.Settings()
        settings.apiVersion = stored.settings.apiVersion
        settings.region = stored.settings.region
        settings.project = stored.settings.project
        settings.location = stored.settings.location
        return Providers.Provider(
            kind, name: stored.name, baseURL: stored.baseURL.isEmpty ? nil : stored.baseURL, settings: settings)
    }
}
