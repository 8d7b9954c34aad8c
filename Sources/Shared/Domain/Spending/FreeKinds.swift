internal import FoundationEssentials
internal import Scoring
internal import Tenancy

extension PriceBook {
    /// What is known of prices without asking anybody: models that run on one's own machines cost nothing for a call. What
    /// providers ask for theirs changes, differs between customers, and is the administrator's to say.
    package static var freeKinds: [PriceEntry] {
        ProviderKind.free.enumerated().map { number, kind in
            PriceEntry(
                id: PriceEntryID(uuid: UUID(high: 0, low: UInt64(number + 1))), organizationID: nil,
                provider: kind.rawValue, model: "*", validFrom: .distantPast, tariff: .free)
        }
    }
}
