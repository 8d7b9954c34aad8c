internal import FoundationEssentials
internal import JSON
internal import Scoring
internal import Spending
internal import Stores
internal import Tenancy
internal import WireAPI

extension OperatorPrice {
    init(_ known: Revised<PriceEntry>, models: Set<String>, _ view: ModelView) {
        let entry = known.value
        let state: State =
            if entry.validFrom > view.moment {
                .future
            } else if let end = entry.validUntil, end <= view.moment {
                .past
            } else {
                .current
            }
        self.init(
            id: entry.id.uuid, holder: OperatorHolder(entry.organizationID),
            isEditable: entry.organizationID != nil || view.runsInstallation, revision: known.revision,
            provider: entry.provider, model: entry.model, validFrom: entry.validFrom, validUntil: entry.validUntil,
            state: state, tariff: OperatorTariff(entry.tariff), models: models.sorted())
    }
}

extension ModelView {
    /// The price that holds at a place at this moment; `nil` when nobody has said one.
    func entry(for place: Place) -> PriceEntry? {
        prices.entry(
            for: organization, provider: place.providerName, kind: place.kind.rawValue, model: place.upstreamModel,
            at: moment)
    }
}

extension PriceEntry {
    init(_ draft: OperatorPriceDraft, id: PriceEntryID, owner: OrganizationID?, now: Date) {
        self.init(
            id: id, organizationID: owner, provider: draft.provider, model: draft.model,
            validFrom: draft.validFrom ?? now, validUntil: draft.validUntil, tariff: Tariff(draft.tariff))
    }

    /// Why another one cannot be stored: this one holds at the same time.
    var overlapProblem: InvalidDefinition.Problem {
        let from = ISO8601.string(validFrom) ?? ""
        let end = validUntil.flatMap { ISO8601.string($0) }.map { "until \($0)" } ?? "until further notice"
        return .init(
            field: "valid_from",
            message:
                "The price of “\(model)” at “\(provider)” that holds from \(from) \(end) would hold at the same time. "
                + "Change that one, or choose other dates.")
    }
}

extension Tariff {
    fileprivate init(_ tariff: OperatorTariff) {
        func money(_ amount: Int64?) -> Money? { amount.map { Money(nanoDollars: $0) } }
        self.init(
            input: Money(nanoDollars: tariff.input), output: Money(nanoDollars: tariff.output),
            cachedInput: money(tariff.cachedInput), cacheWrite: money(tariff.cacheWrite),
            longCacheWrite: money(tariff.longCacheWrite), reasoning: money(tariff.reasoning),
            audioInput: money(tariff.audioInput), audioOutput: money(tariff.audioOutput),
            image: Money(nanoDollars: tariff.image), request: Money(nanoDollars: tariff.request))
    }
}
