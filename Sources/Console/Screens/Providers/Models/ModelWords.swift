import Terminal
import WireAPI

extension OperatorModel: Identifiable {}

extension OperatorModelPlace {
    /// The provider's name, or the address.
    var name: String { providerName ?? url ?? ProviderKindWords.name(kind) }
    /// Whether it costs nothing, or somebody has said what.
    var isPriced: Bool { tariff != nil }
}

extension OperatorPlaceChoice {
    var word: String {
        switch self {
        case .ordered: "in order"
        case .weighted: "by weight"
        case .leastBusy: "least busy"
        }
    }

    var sentence: String {
        switch self {
        case .ordered: "The first place that is in service is asked; the others, when it fails."
        case .weighted: "Each place gets a part of the calls as its weight says."
        case .leastBusy: "The place with the fewest calls for its weight is asked."
        }
    }
}

extension OperatorModel {
    /// The places to which calls may go.
    var placesInService: [OperatorModelPlace] { places.filter(\.isInService) }
    /// That of the place that does best: the calls go on there.
    var bestHealth: OperatorHealth? {
        placesInService.compactMap(\.health).filter { $0.condition != .unknown }.max { $0.score < $1.score }
            ?? placesInService.compactMap(\.health).first
    }

    /// Whether it has an address of its own.
    var hasOwnAddress: Bool { places.first?.providerID == nil && places.first?.url != nil }

    /// Whether it can be called, in one or two words, and how that looks.
    var state: (word: String, ink: Ink) {
        if drain != nil { return ("drained", .caution) }
        if placesInService.isEmpty { return ("no place", .bad) }
        if placesInService.contains(where: { !$0.isPriced }), !isUnpricedAllowed { return ("no price", .bad) }
        if bestHealth?.condition == .unhealthy { return ("failing", .bad) }
        if placesInService.count < places.count { return ("narrowed", .caution) }
        return ("in use", .quiet)
    }

    /// How calls are spread, in a line.
    func route(_ scope: Scope) -> String {
        let names = places.map { place in
            let weight = choice == .ordered || places.count == 1 ? "" : " x\(place.weight)"
            return "\(place.name)\(weight)"
        }
        let between = choice == .ordered ? " \(scope.marks.between) " : ", "
        let back =
            fallbacks.isEmpty
            ? "" : " \(scope.marks.between)\(scope.marks.between) \(fallbacks.joined(separator: ", "))"
        return names.joined(separator: between) + back
    }
}

extension OperatorTariff {
    /// Whether nothing is charged.
    var isFree: Bool { self == OperatorTariff(input: 0, output: 0) }

    /// What a million tokens in and out cost, in a line.
    var words: String { isFree ? "free" : "\(Self.amount(input)) in, \(Self.amount(output)) out" }

    /// Every part that has a price of its own.
    var parts: [(label: String, text: String)] {
        let million: [(String, Int64?)] = [
            ("input", input), ("output", output), ("cached input", cachedInput), ("cache write", cacheWrite),
            ("cache write, 1 h", longCacheWrite), ("reasoning", reasoning), ("sound in", audioInput),
            ("sound out", audioOutput),
        ]
        let each: [(String, Int64)] = [("image", image), ("request", request)]
        return million.compactMap { label, amount in amount.map { (label, "\(Self.amount($0)) a million tokens") } }
            + each.filter { $0.1 != 0 }.map { ($0.0, "\(Self.amount($0.1)) each") }
    }

    /// US dollars without needless digits.
    static func amount(_ nanodollars: Int64) -> String { Formats.exactCost(nanodollars: nanodollars) }
}
