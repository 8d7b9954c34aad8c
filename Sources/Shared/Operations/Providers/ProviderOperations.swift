package import FoundationEssentials
package import Logging
package import Postgres
package import Redis
internal import Scoring
package import Spending
internal import Stores
package import Tenancy

/// Every operation on providers, models, prices and budgets, over one database, one Redis and the LLM proxies.
package struct ProviderOperations: Sendable {
    package let catalogue: ProviderCatalogue
    package let changes: ProviderChanges
    package let keys: ProviderKeys
    package let limits: ProviderLimits
    package let drains: ServiceDrains
    package let models: ModelCatalogue
    package let modelChanges: ModelChanges
    package let probes: ServerProbes
    package let trials: ModelTrials
    package let prices: PriceLists
    package let budgets: BudgetBook
    package let spending: SpendingFigures
    package let watch: ProxyWatch
    package let rights: InstallationRights
    let audit: ProviderAudit
    let announcing: Changes
    /// The same operations on another database.
    let on: @Sendable (PostgresClient, Changes) -> ProviderOperations

    /// `settingsPrices` is what the settings say of prices; `moment` for how long what the proxies say is shown; `now` is
    /// the wall clock.
    package init(
        database: PostgresClient, redis: RedisClient, client: LLMProxyClient, probes: ServerProbes,
        identifiers: IdentifierSource, changes announcing: Changes, settingsPrices: [PriceEntry],
        logger: Logger,
        showingReadingsFor moment: Duration = .seconds(1),
        now: @escaping @Sendable () -> Date = Date.init
    ) {
        let watch = ProxyWatch(client: client, for: moment, now: now)
        let audit = Audit(database: database, identifiers: identifiers, logger: logger)
        self.init(
            database, announcing, client, probes, identifiers, settingsPrices, watch,
            ProviderAudit(database: database, audit: audit, now: now), now)
    }

    private init(
        _ database: PostgresClient, _ announcing: Changes, _ client: LLMProxyClient, _ probes: ServerProbes,
        _ identifiers: IdentifierSource, _ settingsPrices: [PriceEntry], _ watch: ProxyWatch, _ audit: ProviderAudit,
        _ now: @escaping @Sendable () -> Date
    ) {
        on = { database, changes in
            ProviderOperations(
                database, changes, client, probes, identifiers, settingsPrices, watch, audit, now)
        }
        self.audit = audit
        self.announcing = announcing
        let stores = ProviderStores(database: database)
        let sealing = ProviderKeySealing(installation: InstallationStore(database: database))
        let rights = InstallationRights(organizations: OrganizationStore(database: database))
        self.rights = rights
        self.watch = watch
        self.probes = probes
        catalogue = ProviderCatalogue(stores: stores, watch: watch, rights: rights, now: now)
        changes = ProviderChanges(
            stores: stores, keys: sealing, rights: rights, identifiers: identifiers, changes: announcing, now: now)
        keys = ProviderKeys(
            stores: stores, sealing: sealing, rights: rights, identifiers: identifiers, changes: announcing, now: now)
        limits = ProviderLimits(stores: stores, rights: rights, identifiers: identifiers, changes: announcing)
        drains = ServiceDrains(
            stores: stores, rights: rights, identifiers: identifiers, changes: announcing, now: now)
        models = ModelCatalogue(
            stores: stores, prices: PriceStore(database: database), settingsPrices: settingsPrices, watch: watch,
            rights: rights, now: now)
        modelChanges = ModelChanges(
            stores: stores, sealing: sealing, probes: probes, rights: rights, identifiers: identifiers,
            changes: announcing, now: now)
        trials = ModelTrials(client: client, models: stores.models)
        prices = PriceLists(
            store: PriceStore(database: database), models: models, rights: rights, identifiers: identifiers,
            changes: announcing, now: now)
        spending = SpendingFigures(store: SpendingStore(database: database), now: now)
        budgets = BudgetBook(
            store: BudgetStore(database: database), spending: spending, identifiers: identifiers, changes: announcing,
            now: now)
    }
}
