internal import ChatModel
internal import Providers
internal import Scoring
package import Stores
internal import Tenancy

/// The routes of the models and providers in the database, and the demonstration where it is switched on.
package struct StoredRoutes: Sendable {
    private let models: ModelStore
    private let prices: PriceList
    private let isDemoOn: Bool
    private let defaultModel: String?
    private let open: @Sendable ([UInt8]) throws -> String

    /// The names that mean "whatever is used here".
    private static let defaultNames: Set<String> = ["root", "RootJudge"]
    private static let openAI = "https://api.openai.com/v1"

    /// Routes whose keys `open` unseals. `defaultModel` is the model behind `root`; without it the oldest one that a
    /// provider serves is.
    package init(
        models: ModelStore, prices: PriceList, isDemoOn: Bool, defaultModel: String?,
        open: @escaping @Sendable ([UInt8]) throws -> String
    ) {
        self.models = models
        self.prices = prices
        self.isDemoOn = isDemoOn
        self.defaultModel = defaultModel
        self.open = open
    }

    /// The same for ``RouteCache`` and ``ProxyRoutes``.
    package var source: RouteSource {
        RouteSource(route: { try await route(to: $1, for: $0) }, models: { try await list(for: $0) })
    }

    /// A stored route; else, for a default name, the route of the default model; else the demonstration, under its own
    /// name, or under a well-known one where no provider is configured. A model with an address of its own does not
    /// count as a provider: whoever adds one to try it out did not choose it for everything.
    private func route(to name: String, for organization: OrganizationID) async throws -> CallRoute? {
        let stored = try await models.route(to: name, for: organization)
        if let stored, name == stored.model.definition.name || !isDemonstration(stored.model) { return route(stored) }
        if isDemoOn, name == DemoModel.name { return .demo }
        let provided = try await all(for: organization).first { isProvided($0) }?.definition.name
        if let model = defaultModel ?? provided, Self.defaultNames.contains(name) {
            return try await models.route(to: model, for: organization).map { route($0) }
        }
        guard provided == nil, isDemoOn else { return nil }
        return stored != nil || DemoModel.aliases.contains(name) ? .demo : nil
    }

    private func route(_ stored: ModelRoute) -> CallRoute {
        let definition = stored.model.definition
        let place = (stored.provider?.id.description ?? stored.model.id.description)
        func obstacle(_ code: ChatFailure.Code, _ message: String) -> CallRoute {
            let name = stored.provider?.name ?? definition.name
            let upstream = Upstream(
                provider: name, model: definition.upstreamModel, dialect: .openAICompatible(endpoint: ""))
            return CallRoute(
                upstream: upstream, place: place, price: nil, obstacle: ChatFailure(code, message, provider: name))
        }
        if isDemonstration(stored.model) {
            return isDemoOn ? .demo : obstacle(.noProvider, "the demonstration provider is switched off")
        }
        guard let (provider, baseURL) = address(stored) else {
            return obstacle(.noProvider, "nothing is known of how to reach the model \"\(definition.name)\"")
        }
        let key: ProviderKey?
        do {
            key = try (stored.sealedKey ?? stored.providerSealedKey).map { ProviderKey(try open($0)) }
        } catch {
            return obstacle(.authentication, "the key of provider \(provider) cannot be opened with this proxy's key")
        }
        let upstream = Upstream(
            provider: provider, model: Self.upstreamName(definition.upstreamModel),
            dialect: .openAICompatible(endpoint: OpenAIRequest.endpoint(base: baseURL)), key: key)
        return CallRoute(
            upstream: upstream, place: place, price: prices[definition.name] ?? prices[upstream.model])
    }

    /// The provider's name and its base address: the model's own one, its provider's, or OpenAI's for a model that came
    /// with nothing but a key.
    private func address(_ stored: ModelRoute) -> (provider: String, baseURL: String)? {
        let definition = stored.model.definition
        if let url = definition.url, !url.isEmpty { return (stored.provider?.name ?? definition.name, url) }
        if let provider = stored.provider {
            return provider.kind == .openAICompatible ? (provider.name, provider.baseURL) : nil
        }
        let isOpenAI = !definition.upstreamModel.contains("/") || definition.upstreamModel.hasPrefix("openai/")
        return stored.sealedKey != nil && isOpenAI ? ("openai", Self.openAI) : nil
    }

    /// The server's own name of a model: clients write the kind of server before it.
    private static func upstreamName(_ name: String) -> String {
        for prefix in ["ollama/", "ollama_chat/", "hosted_vllm/"] where name.hasPrefix(prefix) {
            return String(name.dropFirst(prefix.count))
        }
        return name
    }

    private func isDemonstration(_ model: Model) -> Bool { model.provider?.kind == .demonstration }

    /// Whether a real provider that is configured here serves the model.
    private func isProvided(_ model: Model) -> Bool { model.provider != nil && !isDemonstration(model) }

    private func list(for organization: OrganizationID) async throws -> [ListedModel] {
        let stored = try await all(for: organization)
        var listed = stored.filter { isDemoOn || !isDemonstration($0) }.map { model in
            isDemonstration(model)
                ? ListedModel(name: model.definition.name, answeredBy: DemoModel.name, provider: DemoModel.provider)
                : ListedModel(
                    name: model.definition.name, answeredBy: Self.upstreamName(model.definition.upstreamModel),
                    provider: model.provider?.name ?? model.definition.name)
        }
        guard isDemoOn else { return listed }
        let demo = stored.contains { isProvided($0) } ? [DemoModel.name] : [DemoModel.name] + DemoModel.aliases
        for name in demo where !listed.contains(where: { $0.name == name }) {
            listed.append(ListedModel(name: name, answeredBy: DemoModel.name, provider: DemoModel.provider))
        }
        return listed
    }

    /// The models that an organisation may use, oldest first, at most a thousand.
    private func all(for organization: OrganizationID) async throws -> [Model] {
        var models: [Model] = []
        var position = PageRequest.Position.start
        while models.count < 1000 {
            let page = try await self.models.list(
                usableBy: organization, page: PageRequest(limit: 100, order: .oldestFirst, position: position))
            models += page.items
            guard page.hasNext, let last = page.items.last else { break }
            position = .after(Keyset(createdAt: last.createdAt, id: last.id.uuid))
        }
        return models
    }
}
