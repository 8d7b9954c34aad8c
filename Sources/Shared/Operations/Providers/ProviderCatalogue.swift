package import FoundationEssentials
package import Postgres
internal import Records
package import Scoring
internal import Spending
internal import Stores
package import Tenancy
package import WireAPI

/// Every provider with how it does: what the database says, and what the proxies say.
package struct ProviderCatalogue: Sendable {
    private let stores: ProviderStores
    private let watch: ProxyWatch
    private let rights: InstallationRights
    private let now: @Sendable () -> Date

    package init(
        stores: ProviderStores, watch: ProxyWatch, rights: InstallationRights, now: @escaping @Sendable () -> Date
    ) {
        self.stores = stores
        self.watch = watch
        self.rights = rights
        self.now = now
    }

    /// Every provider that the caller's organisation may use.
    package func list(for principal: Principal) async throws -> OperatorProviderList {
        let overviews = try await stores.providers.overviews(usableBy: principal.organizationID)
        let view = try await view(for: principal)
        return OperatorProviderList(
            results: overviews.map { view.row($0) }, proxies: view.readings.proxies,
            kinds: OperatorProviderKind.all, runsInstallation: view.runsInstallation)
    }

    /// One provider as in the list.
    /// - Throws: `NotFound`.
    package func row(_ id: ProviderID, for principal: Principal) async throws -> OperatorProvider {
        let overview = try await overview(id, principal)
        return try await view(for: principal).row(overview)
    }

    /// All there is to see of a provider.
    /// - Throws: `NotFound`.
    package func find(_ id: ProviderID, for principal: Principal) async throws -> OperatorProviderDetail {
        let overview = try await overview(id, principal)
        let organization = principal.organizationID
        let models = try await stores.models.catalogue(usableBy: organization)
        let keys = try await stores.keys.list(of: id, usableBy: organization)
        let limits = try await stores.limits.list(at: id, usableBy: organization)
        let view = try await view(for: principal)
        let provider = overview.provider.value
        return OperatorProviderDetail(
            provider: view.row(overview), deployments: view.deployments(at: provider, models),
            keys: try await keyRows(of: provider, keys), limits: view.limits(limits, of: provider, keys),
            proxies: view.readings.proxies)
    }

    /// What would be affected if a provider were deleted or switched off.
    /// - Throws: `NotFound`.
    package func effects(_ id: ProviderID, for principal: Principal) async throws -> OperatorProviderEffects {
        let overview = try await overview(id, principal)
        let effects = try await stores.providers.effects(ofDeleting: id, seenBy: principal.organizationID)
        let hour = try await view(for: principal).row(overview).figures?.hour
        return OperatorProviderEffects(
            modelsLost: effects.modelsLost, modelsNarrowed: effects.modelsNarrowed,
            evaluatorCount: effects.evaluatorCount, keyCount: overview.keyCount, limitCount: effects.limitCount,
            callsLastHour: hour?.calls.reduce(0, +))
    }

    /// How a provider, or one model there, did over a window.
    /// - Throws: `NotFound`.
    package func history(
        _ id: ProviderID, _ window: OperatorProviderHistory.Window, upstreamModel: String?, for principal: Principal
    ) async throws -> OperatorProviderHistory {
        let owner = try await overview(id, principal).provider.value.organizationID
        let showsFigures = try await rights.mayEdit(whatIsOf: owner, principal)
        let step = TimeInterval(window.bucket.components.seconds)
        let count = Int(window.duration.components.seconds / window.bucket.components.seconds)
        let end = (now().timeIntervalSince1970 / step).rounded(.down) * step + step
        let from = Date(timeIntervalSince1970: end - step * Double(count))
        let to = Date(timeIntervalSince1970: end)
        let known = try await stores.spans.history(
            of: id.uuid, upstreamModel: upstreamModel, from: from, to: to, every: window.bucket)
        let byStart = Dictionary(uniqueKeysWithValues: known.map { ($0.start, $0) })
        let minutes = Int(step / 60)
        return OperatorProviderHistory(
            window: window, from: from, to: to, bucketSeconds: Int(step),
            buckets: (0..<count).map { number in
                let start = from.addingTimeInterval(step * Double(number))
                let found = byStart[start]
                return OperatorProviderHistory.Bucket(
                    start: start, health: found.map { OperatorHealth($0.worst) },
                    sums: OperatorCallSums(
                        (showsFigures ? found?.sums : nil) ?? DeploymentSums(), minutes: minutes))
            }, hasFigures: showsFigures)
    }

    private func overview(_ id: ProviderID, _ principal: Principal) async throws -> ProviderOverview {
        guard let found = try await stores.providers.overview(id, usableBy: principal.organizationID) else {
            throw NotFound("Provider")
        }
        return found
    }

    private func view(for principal: Principal) async throws -> ProviderView {
        ProviderView(
            readings: try await watch.readings(),
            drains: try await stores.drains.bySubject(usableBy: principal.organizationID),
            runsInstallation: try await rights.runsInstallation(principal))
    }

    /// The keys with what the proxy that answers knows of them.
    private func keyRows(
        of provider: Provider, _ keys: [StoredProviderKey]
    ) async throws -> [OperatorProviderKey] {
        guard !keys.isEmpty else { return [] }
        let reports = try await watch.keys(of: provider.id)
        return keys.map { key in OperatorProviderKey(key, reports.filter { $0.id == key.id.uuid }) }
    }
}

/// The stores that are asked for providers.
package struct ProviderStores: Sendable {
    let providers: ProviderStore
    let models: ModelStore
    let keys: ProviderKeyStore
    let limits: CallLimitStore
    let drains: DrainStore
    let spans: DeploymentSpanStore

    /// All of them in one database.
    package init(database: PostgresClient) {
        providers = ProviderStore(database: database)
        models = ModelStore(database: database)
        keys = ProviderKeyStore(database: database)
        limits = CallLimitStore(database: database)
        drains = DrainStore(database: database)
        spans = DeploymentSpanStore(database: database)
    }
}
