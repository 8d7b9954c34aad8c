internal import ChatModel
internal import Providers
internal import Scoring
internal import Spending
package import Stores
internal import Tenancy

/// The routes of the models and providers in the database, and the demonstration where it is switched on.
package struct StoredRoutes: Sendable {
    private let models: ModelStore
    private let isDemoOn: Bool
    private let defaultModel: String?
    private let open: @Sendable ([UInt8]) throws -> String

    /// The names that mean "whatever is used here".
    private static let defaultNames: Set<String> = ["root", "RootJudge"]

    /// Routes whose keys `open` unseals. `defaultModel` is the model behind `root`; without it the oldest one that a
    /// provider serves is.
    package init(
        models: ModelStore, isDemoOn: Bool, defaultModel: String?,
        open: @escaping @Sendable ([UInt8]) throws -> String
    ) {
        self.models = models
        self.isDemoOn = isDemoOn
        self.defaultModel = defaultModel
        self.open = open
    }

    /// The same for ``RouteCache`` and ``ModelFront``.
    package var source: RouteSource {
        RouteSource(route: { try await route(to: $1, for: $0) }, models: { try await list(for: $0) })
    }

    /// A stored route; else, for a default name, the route of the default model; else the demonstration, under its own
    /// name, or under a well-known one where no provider is configured. A model with an address of its own does not
    /// count as a provider: whoever adds one to try it out did not choose it for everything.
    private func route(to name: String, for organization: OrganizationID) async throws -> CallRoute? {
        let stored = try await models.route(to: name, for: organization)
        if let stored, name == stored.model.definition.name || !isDemonstration(stored.model) {
            return try await route(stored, organization)
        }
        if isDemoOn, name == DemoModel.name { return .demonstration }
        let provided = try await all(for: organization).first { isProvided($0) }?.definition.name
        if let model = defaultModel ?? provided, Self.defaultNames.contains(name) {
            guard let stored = try await models.route(to: model, for: organization) else { return nil }
            return try await route(stored, organization)
        }
        guard provided == nil, isDemoOn else { return nil }
        return stored != nil || DemoModel.aliases.contains(name) ? .demonstration : nil
    }

    private func route(_ stored: ModelRoute, _ organization: OrganizationID) async throws -> CallRoute {
        if isDemonstration(stored.model), isDemoOn { return .demonstration }
        var stages = [stage(stored)]
        for name in stored.routing.fallbacks {
            guard let fallback = try await models.route(to: name, for: organization) else { continue }
            stages.append(
                isDemonstration(fallback.model) && isDemoOn
                    ? CallRoute.Stage(.ordered, [.demonstration]) : stage(fallback))
        }
        return CallRoute(
            stages: stages,
            terms: RouteTerms(
                isUnpricedAllowed: stored.routing.isUnpricedAllowed,
                answersKeptFor: stored.routing.answersKeptForSeconds.map { .seconds($0) },
                maximumOutputTokens: stored.model.definition.maximumOutputTokens))
    }

    /// The places that serve a model, its own first.
    private func stage(_ stored: ModelRoute) -> CallRoute.Stage {
        var deployments = [deployment(stored)]
        for place in stored.furtherPlaces {
            guard let provider = StoredProvider.provider(place.provider) else { continue }
            let model = ServedName.of(place.upstreamModel)
            deployments.append(
                Deployment(
                    server: .provider(provider, model: model), keys: .pool(place.provider.id),
                    place: place.provider.id.description, providerID: place.provider.id, weight: place.weight))
        }
        return CallRoute.Stage(CallRoute.Choice(stored.routing.choice), deployments)
    }

    private func deployment(_ stored: ModelRoute) -> Deployment {
        let definition = stored.model.definition
        let place = stored.provider?.id.description ?? stored.model.id.description
        if isDemonstration(stored.model) {
            return obstacle(stored, place, .noProvider, "the demonstration provider is switched off")
        }
        let key: ProviderKey?
        do {
            key = try stored.sealedKey.map { ProviderKey(try open($0)) }
        } catch {
            let name = stored.provider?.name ?? definition.name
            return obstacle(
                stored, place, .authentication, "the key of provider \(name) cannot be opened with this proxy's key")
        }
        guard let provider = StoredProvider.provider(stored) else {
            return obstacle(
                stored, place, .noProvider, "nothing is known of how to reach the model \"\(definition.name)\"")
        }
        let model = ServedName.of(definition.upstreamModel)
        return Deployment(
            server: .provider(provider, model: model), keys: keys(key, stored.provider), place: place,
            providerID: stored.provider?.id, weight: stored.routing.weight)
    }

    /// A key of the model's own, else one of its provider's.
    private func keys(_ own: ProviderKey?, _ provider: Scoring.Provider?) -> Deployment.Keys {
        guard own == nil, let provider else { return .fixed(own) }
        return .pool(provider.id)
    }

    private func obstacle(
        _ stored: ModelRoute, _ place: String, _ code: ChatFailure.Code, _ message: String
    ) -> Deployment {
        let name = stored.provider?.name ?? stored.model.definition.name
        return Deployment(
            server: .provider(
                Providers.Provider(.openAICompatible, name: name, baseURL: ""),
                model: stored.model.definition.upstreamModel), place: place,
            obstacle: ChatFailure(code, message, provider: name))
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
                    name: model.definition.name,
                    answeredBy: ServedName.of(model.definition.upstreamModel),
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

extension CallRoute.Choice {
    fileprivate init(_ stored: ModelRouting.Choice) {
        self =
            switch stored {
            case .ordered: .ordered
            case .weighted: .weighted
            case .leastBusy: .leastBusy
            }
    }
}
