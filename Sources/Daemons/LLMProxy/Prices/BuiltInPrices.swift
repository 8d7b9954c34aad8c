internal import FoundationEssentials
internal import Scoring
internal import Spending
internal import Tenancy

/// What is known of prices without asking anybody: models that run on one's own machines cost nothing for a call. What
/// providers ask for theirs changes, differs between customers, and is the administrator's to say.
enum BuiltInPrices {
    /// The kinds of providers whose models run in this process or on one's own machines.
    private static let freeKinds = ["demo", "vllm", "llama_cpp", "ollama"]

    static var entries: [PriceEntry] {
        freeKinds.enumerated().map { number, kind in
            PriceEntry(
                id: PriceEntryID(uuid: UUID(high: 0, low: UInt64(number + 1))), organizationID: nil, provider: kind,
                model: "*", validFrom: .distantPast, tariff: .free)
        }
    }
}
