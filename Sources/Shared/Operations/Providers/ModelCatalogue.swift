package import FoundationEssentials
package import Scoring
package import Spending
package import Stores
package import Tenancy
package import WireAPI

/// Every model with how its calls are spread and how it does: what the database says, and what the proxies say.
package struct ModelCatalogue: Sendable {
    private let stores: ProviderStores
    private let prices: PriceStore
    /// What the settings say of prices, behind what the database says.
    private let settingsPrices: [PriceEntry]
    private let watch: ProxyWatch
    private let rights: InstallationRights
    private let now: @Sendable () -> Date

    package init(
        stores: ProviderStores, prices: PriceStore, settingsPrices: [PriceEntry], watch: ProxyWatch,
        rights: InstallationRights, now: @escaping @Sendable () -> Date
    ) {
        self.stores = stores
        self.prices = prices
        self.settingsPrices = settingsPrices
        self.watch = watch
        self.rights = rights
        self.now = now
    }

    /// Every model that the caller's organisation may use.
    package func list(for principal: Principal) async throws -> OperatorModelList {
        let known = try await stores.models.catalogue(usableBy: principal.organizationID)
        let view = try await view(for: principal)
        return OperatorModelList(
            results: known.map(view.row), proxies: view.readings.proxies, runsInstallation: view.runsInstallation)
    }

    /// One model.
    /// - Throws: `NotFound`.
    package func find(_ id: ModelID, for principal: Principal) async throws -> OperatorModel {
        guard let known = try await stores.models.catalogued(id, usableBy: principal.organizationID) else {
            throw NotFound("Model")
        }
        return try await view(for: principal).row(known)
    }

    /// What would be affected if a model were deleted.
    /// - Throws: `NotFound`.
    package func effects(_ id: ModelID, for principal: Principal) async throws -> OperatorModelEffects {
        guard try await stores.models.find(id, usableBy: principal.organizationID) != nil else {
            throw NotFound("Model")
        }
        let effects = try await stores.models.effects(ofDeleting: id, seenBy: principal.organizationID)
        return OperatorModelEffects(
            evaluatorCount: effects.evaluatorCount, judgeCount: effects.judgeCount,
            evaluatorNames: effects.evaluatorNames, fallbackOf: effects.fallbackOf)
    }

    /// The models with their places and what these cost.
    func priced(
        for principal: Principal
    ) async throws -> (models: [CataloguedModel], view: ModelView, entries: [Revised<PriceEntry>]) {
        let entries = try await prices.revised(usableBy: principal.organizationID)
        let models = try await stores.models.catalogue(usableBy: principal.organizationID)
        return (models, try await view(for: principal, entries), entries)
    }

    private func view(for principal: Principal) async throws -> ModelView {
        try await view(for: principal, try await prices.revised(usableBy: principal.organizationID))
    }

    private func view(for principal: Principal, _ entries: [Revised<PriceEntry>]) async throws -> ModelView {
        let providers = try await stores.providers.list(usableBy: principal.organizationID)
        return ModelView(
            providers: Dictionary(uniqueKeysWithValues: providers.map { ($0.id, $0) }),
            drains: try await stores.drains.bySubject(usableBy: principal.organizationID),
            readings: try await watch.readings(),
            prices: PriceBook(entries.map(\.value) + settingsPrices + PriceBook.freeKinds), moment: now(),
            organization: principal.organizationID,
            runsInstallation: try await rights.runsInstallation(principal))
    }
}
