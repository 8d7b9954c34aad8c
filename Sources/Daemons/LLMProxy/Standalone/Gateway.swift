internal import ChatModel
internal import FoundationEssentials
internal import HTTPServing
internal import Providers
package import Scoring
package import Spending
internal import Synchronization
package import Stores
internal import Tenancy

/// A proxy that serves alone: what the database says elsewhere, its file says.
package final class Gateway: Sendable {
    /// There is one organisation, to which all callers belong.
    static let organization: OrganizationID = .named("organization")

    /// Who is recognised by which key.
    package let callers: CallerRecognition
    /// The keys of its callers.
    let keys = CallerKeys([:])
    private let governor: Governor
    private let content: Mutex<Content>

    private struct Content {
        var file: GatewayFile
        /// Every model by every name it has.
        var models: [String: GatewayModel]
        var providers: [String: GatewayProvider]
        /// Those of the file before, for calls that are under way.
        var replaced: [GatewayProvider] = []
        /// How often the file was read anew.
        var generation = 0
    }

    package init(_ file: GatewayFile, governor: Governor) {
        self.governor = governor
        content = Mutex(Self.content(file))
        callers = .keys(keys)
        recognize(file)
    }

    /// Serves by another file from now on. Whoever has looked something up before looks it up again in a moment.
    package func replace(with file: GatewayFile) {
        content.withLock { old in
            var file = file
            let generation = old.generation + 1
            file.providers = file.providers.map { provider in
                old.providers[provider.name].map { provider.succeeding($0, in: generation) } ?? provider
            }
            let replaced = old.file.providers
            old = Self.content(file)
            old.replaced = replaced
            old.generation = generation
        }
        recognize(file)
    }

    private func recognize(_ file: GatewayFile) {
        keys.replace(
            with: callers(of: file),
            others: file.isOpen ? Caller(payer: Payer(organization: Self.organization)) : nil)
    }

    /// Where routes come from.
    package var routes: RouteSource {
        RouteSource(route: { [self] _, name in route(to: name) }, models: { [self] _ in listedModels })
    }

    /// All prices.
    package var prices: [PriceEntry] { content.withLock { $0.file.prices } }

    /// All budgets.
    package var budgets: [Budget] { content.withLock { $0.file.budgets } }

    private static func content(_ file: GatewayFile) -> Content {
        var models: [String: GatewayModel] = [:]
        for model in file.models {
            for name in model.names { models[name] = model }
        }
        return Content(
            file: file, models: models,
            providers: Dictionary(uniqueKeysWithValues: file.providers.map { ($0.name, $0) }))
    }

    private func callers(of file: GatewayFile) -> [CallerKeys.Digest: Caller] {
        var callers: [CallerKeys.Digest: Caller] = [:]
        for key in file.keys {
            callers[key.digest] = Caller(
                payer: key.payer, lane: key.lane, keyName: key.name, models: key.models.map { Self.names($0, file) },
                place: key.limits.isEmpty ? nil : governor.place("caller:\(key.name)", key.limits))
        }
        return callers
    }

    /// Whoever may ask for a model may do so by any of its names.
    private static func names(_ models: Set<String>, _ file: GatewayFile) -> Set<String> {
        file.models.reduce(into: models) { names, model in
            if !names.isDisjoint(with: model.names) { names.formUnion(model.names) }
        }
    }

    // MARK: Routes

    private func route(to name: String) -> CallRoute? {
        content.withLock { content in
            guard let model = content.models[name] else {
                return content.file.demonstrationNames.contains(name) ? .demonstration : nil
            }
            let stages = model.fallbacks.map { name in
                // What is none of the file's models is the demonstration.
                content.models[name].map { Self.stage($0, content) } ?? CallRoute.Stage(.ordered, [.demonstration])
            }
            return CallRoute(stages: [Self.stage(model, content)] + stages, terms: model.terms)
        }
    }

    private static func stage(_ model: GatewayModel, _ content: Content) -> CallRoute.Stage {
        CallRoute.Stage(model.choice, model.servers.compactMap { deployment($0, content) })
    }

    private static func deployment(_ server: GatewayModel.Server, _ content: Content) -> Deployment? {
        content.providers[server.provider].map { provider in
            Deployment(
                server: .provider(provider.provider, model: server.model),
                keys: provider.keys.isEmpty ? .fixed(nil) : .pool(provider.id), place: provider.name,
                providerID: provider.id, weight: server.weight)
        }
    }

    private var listedModels: [ListedModel] {
        content.withLock { content in
            content.file.models.flatMap { model in
                model.names.map { name in
                    ListedModel(
                        name: name, answeredBy: model.servers.first?.model ?? model.name,
                        provider: model.servers.first?.provider ?? "")
                }
            }
                + content.file.demonstrationNames.map { name in
                    ListedModel(name: name, answeredBy: DemoModel.name, provider: DemoModel.provider)
                }
        }
    }

    // MARK: What operators name

    /// The provider of that name.
    /// - Throws: `APIProblem` when there is none.
    func served(_ provider: String) throws -> GatewayProvider {
        guard let found = content.withLock({ $0.providers[provider] }) else {
            throw APIProblem.notFound("There is no provider called “\(provider)”.")
        }
        return found
    }

    /// Passes when a provider serves a model by that name, or is there at all.
    /// - Throws: `APIProblem`.
    func requireServed(_ model: String?, by provider: String) throws {
        _ = try served(provider)
        guard let model else { return }
        let servers = content.withLock(\.file).models.flatMap(\.servers)
        guard servers.contains(where: { $0.provider == provider && $0.model == model }) else {
            throw APIProblem.notFound("Provider “\(provider)” serves no model that it calls “\(model)”.")
        }
    }

    // MARK: Keys and limits

    /// The keys of providers, as their pools take them: not sealed, since the file is where they are written.
    package func providerKeys(of wanted: [ProviderID]) -> [SealedProviderKey] {
        let (current, replaced) = content.withLock { ($0.file.providers, $0.replaced) }
        let others = replaced.filter { old in !current.contains { $0.id == old.id } }
        return (current + others).filter { wanted.contains($0.id) }.flatMap { provider in
            provider.keys.map { key in
                SealedProviderKey(
                    key: StoredProviderKey(
                        id: key.id, providerID: provider.id, name: key.name, weight: key.weight,
                        createdAt: Date(timeIntervalSince1970: 0)), box: Array(key.secret.utf8))
            }
        }
    }

    /// The limits of providers, their models and their keys.
    package var limits: [CallLimitRule] {
        let file = content.withLock(\.file)
        var rules: [CallLimitRule] = []
        func add(_ subject: CallLimitSubject, _ limits: CallLimits, at provider: GatewayProvider, _ name: String) {
            guard !limits.isEmpty else { return }
            rules.append(
                CallLimitRule(
                    id: .named("\(provider.name)/\(name)"), providerID: provider.id, subject: subject, limits: limits))
        }
        for provider in file.providers {
            add(.provider, provider.limits, at: provider, "provider")
            for key in provider.keys { add(.key(key.id), key.limits, at: provider, "key/\(key.name)") }
            for server in file.models.flatMap(\.servers) where server.provider == provider.name {
                add(.model(server.model), server.limits, at: provider, "model/\(server.model)")
            }
        }
        return rules
    }
}
