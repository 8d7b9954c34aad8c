package import FoundationEssentials
internal import Scoring
package import Spending
package import Stores
package import Tenancy
package import WireAPI

/// What models cost, as operators see it and say it.
package struct PriceLists: Sendable {
    private let store: PriceStore
    private let models: ModelCatalogue
    private let rights: InstallationRights
    private let identifiers: IdentifierSource
    private let changes: Changes
    private let now: @Sendable () -> Date

    package init(
        store: PriceStore, models: ModelCatalogue, rights: InstallationRights, identifiers: IdentifierSource,
        changes: Changes, now: @escaping @Sendable () -> Date
    ) {
        self.store = store
        self.models = models
        self.rights = rights
        self.identifiers = identifiers
        self.changes = changes
        self.now = now
    }

    /// Every price that concerns the caller's organisation, and what has none.
    package func list(for principal: Principal) async throws -> OperatorPriceList {
        let (known, view, entries) = try await models.priced(for: principal)
        let places = known.flatMap { model in
            view.places(of: model).map { (model: model, place: $0) }
        }
        var names: [PriceEntryID: Set<String>] = [:]
        for (model, place) in places {
            if let entry = view.entry(for: place) { names[entry.id, default: []].insert(model.model.definition.name) }
        }
        return OperatorPriceList(
            results: entries.map { OperatorPrice($0, models: names[$0.value.id] ?? [], view) },
            unpriced: places.filter { view.tariff(of: $0.place) == nil }.map { model, place in
                OperatorPriceList.Unpriced(
                    model: model.model.definition.name, provider: place.providerName,
                    upstreamModel: place.upstreamModel, isAllowed: model.routing.isUnpricedAllowed)
            }, freeKinds: ProviderKind.free.map(\.rawValue), runsInstallation: view.runsInstallation)
    }

    /// Adds a price. One of the same provider and model that held until further notice ends where this one begins.
    /// - Throws: `InvalidDefinition`, also when another one holds at the same time; `NotOfInstallation`.
    package func add(_ draft: OperatorPriceDraft, for principal: Principal) async throws -> OperatorPriceOutcome {
        let owner = try await rights.owner(draft.holder, for: principal)
        let entry = PriceEntry(draft, id: identifiers.next(), owner: owner, now: now())
        return try await store(entry, replacing: nil, .created, principal)
    }

    /// Replaces a price. What calls have cost before stays as it was.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`, `ChangedMeanwhile`.
    package func change(
        _ id: PriceEntryID, to draft: OperatorPriceDraft, for principal: Principal
    ) async throws -> OperatorPriceOutcome {
        let current = try await editable(id, principal)
        guard let revision = draft.revision else { throw ProviderChanges.noRevision }
        let entry = PriceEntry(draft, id: id, owner: current.organizationID, now: current.validFrom)
        return try await store(entry, replacing: revision, .updated, principal)
    }

    /// Deletes a price.
    /// - Throws: `NotFound`, `ReadOnly`, `ChangedMeanwhile`.
    package func delete(_ id: PriceEntryID, at revision: Int, for principal: Principal) async throws {
        let current = try await editable(id, principal)
        try await store.delete(id, of: current.organizationID, at: revision).require("Price")
        await announce(current, .deleted, principal)
    }

    private func store(
        _ entry: PriceEntry, replacing revision: Int?, _ action: CatalogueChange.Action, _ principal: Principal
    ) async throws -> OperatorPriceOutcome {
        try entry.validate()
        var ended: PriceEntry?
        switch try await store.store(entry, replacing: revision) {
        case .done(let other): ended = other
        case .missing: throw NotFound("Price")
        case .outdated: throw ChangedMeanwhile(kind: "price")
        case .overlaps(let other): throw InvalidDefinition(problems: [other.overlapProblem])
        }
        await announce(entry, action, principal)
        let (_, view, entries) = try await models.priced(for: principal)
        func row(_ id: PriceEntryID?) -> OperatorPrice? {
            entries.first { $0.value.id == id }.map { OperatorPrice($0, models: [], view) }
        }
        guard let price = row(entry.id) else { throw NotFound("Price") }
        return OperatorPriceOutcome(price: price, ended: row(ended?.id))
    }

    private func editable(_ id: PriceEntryID, _ principal: Principal) async throws -> PriceEntry {
        let known = try await store.list(usableBy: principal.organizationID)
        guard let found = known.first(where: { $0.id == id }) else { throw NotFound("Price") }
        try await rights.requireEditable("Price", of: found.organizationID, for: principal)
        return found
    }

    private func announce(
        _ entry: PriceEntry, _ action: CatalogueChange.Action, _ principal: Principal
    ) async {
        await changes.announce(
            CatalogueChange(
                .price, entry.id.uuid, named: "\(entry.provider) \(entry.model)", action,
                isInstalled: entry.organizationID == nil), by: principal)
    }
}
