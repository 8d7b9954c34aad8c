internal import ChatModel
internal import FoundationEssentials
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
    private let keys = CallerKeys([:])
    private let governor: Governor
    private let content: Mutex<Content>

    private struct Content {
        var file: GatewayFile
        /// Every model by every name it has.
        var models: [String: GatewayModel]
        var providers: [String: GatewayProvider]
    }

    package init(_ file: GatewayFile, governor: Governor) {
        self.governor = governor
        content = Mutex(Self.content(file))
        let everybody = Caller(payer: Payer(organization: Self.organization))
        callers = file.isOpen ? .everybody(everybody) : .keys(keys)
        keys.replace(with: callers(of: file))
    }

    /// Serves by another file from now on. Whoever has looked something up before looks it up again in a moment.
    package func replace(with file: GatewayFile) {
        content.withLock { $0 = Self.content(file) }
        keys.replace(with: callers(of: file))
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
            for name in [model.name] + model.aliases { models[name] = model }
        }
        return Content(
            file: file, models: models,
            providers: Dictionary(uniqueKeysWithValues: file.providers.map { ($0.name, $0) }))
    }

    private func callers(of file: GatewayFile) -> [CallerKeys.Digest: Caller] {
        var callers: [CallerKeys.Digest: Caller] = [:]
        for key in file.keys {
            callers[key.digest] = Caller(
                payer: key.payer, lane: key.lane, keyName: key.name, models: key.models,
                place: key.limits.isEmpty ? nil : governor.place("caller:\(key.name)", key.limits))
        }
        return callers
    }

    // MARK: Routes

    private func route(to name: String) -> CallRoute? {
        content.withLock { content in
            guard let model = content.models[name] else {
                return content.file.hasDemonstration && ([DemoModel.name] + DemoModel.aliases).contains(name)
                    ? .demonstration : nil
            }
            let stages = [model] + model.fallbacks.compactMap { content.models[$0] }
            return CallRoute(
                stages: stages.map {
                    CallRoute.Stage($0.choice, $0.servers.compactMap { Self.deployment($0, content) })
                },
                terms: model.terms)
        }
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
            var listed = content.file.models.map { model in
                ListedModel(
                    name: model.name, answeredBy: model.servers.first?.model ?? model.name,
                    provider: model.servers.first?.provider ?? "")
            }
            if content.file.hasDemonstration {
                listed.append(
                    ListedModel(name: DemoModel.name, answeredBy: DemoModel.name, provider: DemoModel.provider))
            }
            return listed
        }
    }

    // MARK: Keys and limits

    /// The keys of providers, as their pools take them: not sealed, since the file is where they are written.
    package func providerKeys(of wanted: [ProviderID]) -> [SealedProviderKey] {
        content.withLock(\.file).providers.filter { wanted.contains($0.id) }.flatMap { provider in
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
