internal import FoundationEssentials
internal import Scoring
internal import Spending
internal import Stores
internal import Tenancy
internal import WireAPI

/// Models as somebody sees them at a moment.
struct ModelView {
    let providers: [ProviderID: Provider]
    let drains: [DrainSubject: OperatorDrain]
    let readings: ProxyReadings
    let prices: PriceBook
    let moment: Date
    let organization: OrganizationID
    let runsInstallation: Bool

    /// A model's row.
    func row(_ known: CataloguedModel) -> OperatorModel {
        let (model, routing) = (known.model, known.routing)
        let definition = model.definition
        let choice: OperatorPlaceChoice =
            switch routing.choice {
            case .ordered: .ordered
            case .weighted: .weighted
            case .leastBusy: .leastBusy
            }
        return OperatorModel(
            id: model.id.uuid, name: definition.name, aliases: definition.aliases,
            holder: OperatorHolder(model.organizationID), isEditable: model.organizationID != nil || runsInstallation,
            isListed: definition.visibility != .publicUnlisted, revision: known.revision,
            owner: OperatorPerson(model.owner), createdAt: model.createdAt,
            places: places(of: known).map { place($0) }, choice: choice, fallbacks: routing.fallbacks,
            isUnpricedAllowed: routing.isUnpricedAllowed, cacheSeconds: routing.answersKeptForSeconds,
            maximumOutputTokens: definition.maximumOutputTokens, maximumTokens: definition.maximumTokens,
            hasKey: model.hasKey,
            abilities: known.abilities.map { OperatorAbilities($0, kind: definition.ownServerKind) },
            drain: drains[.model(model.id)])
    }

    /// A place that serves a model.
    struct Place {
        let model: Model
        /// `nil` for an address of the model's own.
        let provider: Provider?
        let upstreamModel: String
        let weight: Int

        /// The name by which prices know where it is.
        var providerName: String { provider?.name ?? model.definition.name }
        var kind: ProviderKind { provider?.kind ?? model.definition.ownServerKind }
    }

    /// The places of a model, its own first.
    func places(of known: CataloguedModel) -> [Place] {
        let (model, routing) = (known.model, known.routing)
        let isAtOwnAddress = !(model.definition.url?.isEmpty ?? true)
        let own = Place(
            model: model, provider: isAtOwnAddress ? nil : model.definition.providerID.flatMap { providers[$0] },
            upstreamModel: ServedName.of(model.definition.upstreamModel), weight: routing.weight)
        return [own]
            + routing.furtherPlaces.compactMap { place in
                providers[place.providerID].map {
                    Place(
                        model: model, provider: $0, upstreamModel: ServedName.of(place.upstreamModel),
                        weight: place.weight)
                }
            }
    }

    /// What a call costs at a place at this moment; `nil` when nobody has said.
    func tariff(of place: Place) -> Tariff? {
        prices.tariff(
            for: organization, provider: place.providerName, kind: place.kind.rawValue, model: place.upstreamModel,
            at: moment)
    }

    private func place(_ place: Place) -> OperatorModelPlace {
        let id = place.provider.map { ProxyPlace($0) } ?? ProxyPlace(id: place.model.id.uuid)
        let found = readings.deployments(at: id, upstreamModel: place.upstreamModel)
        return OperatorModelPlace(
            providerID: place.provider?.id.uuid, providerName: place.provider?.name, kind: place.kind.rawValue,
            url: place.provider == nil ? place.model.definition.url : nil, upstreamModel: place.upstreamModel,
            weight: place.weight, isInService: isInService(place),
            health: found.isEmpty
                ? nil : .worst(of: found.map { ($0.proxy, OperatorHealth($0.deployment)) }, among: "proxies"),
            tariff: tariff(of: place).map(OperatorTariff.init))
    }

    private func isInService(_ place: Place) -> Bool {
        guard let provider = place.provider else { return drains[.model(place.model.id)] == nil }
        return provider.isEnabled && drains[.provider(provider.id)] == nil
            && drains[.deployment(provider.id, upstreamModel: place.upstreamModel)] == nil
    }
}

extension OperatorTariff {
    init(_ tariff: Tariff) {
        self.init(
            input: tariff.input.nanoDollars, output: tariff.output.nanoDollars,
            cachedInput: tariff.cachedInput?.nanoDollars, cacheWrite: tariff.cacheWrite?.nanoDollars,
            longCacheWrite: tariff.longCacheWrite?.nanoDollars, reasoning: tariff.reasoning?.nanoDollars,
            audioInput: tariff.audioInput?.nanoDollars, audioOutput: tariff.audioOutput?.nanoDollars,
            image: tariff.image.nanoDollars, request: tariff.request.nanoDollars)
    }
}
