import Terminal
import WireAPI

/// The columns of the list of models.
enum ModelColumns {
    static let all: [Column<OperatorModel>] = [
        Column(
            "name", "MODEL", .flexible(minimum: 16), precedes: ascending { $0.name.lowercased() },
            ink: { model, _ in model.placesInService.isEmpty ? .quiet : .strong }, text: { model, _ in model.name }),
        Column(
            "state", "STATE", .fixed(8), precedes: ascending { $0.state.word },
            ink: { model, _ in model.state.ink }, text: { model, _ in model.state.word }),
        Column(
            "health", "HEALTH", .fixed(12), rank: 2, precedes: ascending { $0.bestHealth.order },
            ink: { model, _ in model.bestHealth.ink }, text: { model, _ in model.bestHealth.words }),
        Column(
            "route", "ROUTE", .flexible(minimum: 14), precedes: ascending { $0.places.first?.name },
            ink: { _, _ in .quiet }, text: { model, scope in model.route(scope) }),
        Column(
            "input", "$/M IN", .fixed(8), isNumber: true, rank: 1,
            precedes: ascending { $0.places.first?.tariff?.input }, ink: { model, _ in priceInk(model) },
            text: { model, _ in price(model) { $0.input } }),
        Column(
            "output", "$/M OUT", .fixed(8), isNumber: true, rank: 3,
            precedes: ascending { $0.places.first?.tariff?.output }, ink: { model, _ in priceInk(model) },
            text: { model, _ in price(model) { $0.output } }),
        Column(
            "choice", "CHOICE", .fixed(10), rank: 5, precedes: ascending { $0.choice.rawValue },
            ink: { _, _ in .quiet }, text: { model, _ in model.places.count > 1 ? model.choice.word : "" }),
        Column(
            "cache", "CACHE", .fixed(6), isNumber: true, rank: 4, precedes: ascending { $0.cacheSeconds },
            ink: { _, _ in .quiet }, text: { model, _ in model.cacheSeconds.map { Formats.span(seconds: $0) } ?? "off" }
        ),
        Column(
            "context", "CONTEXT", .fixed(7), isNumber: true, rank: 6, precedes: ascending { context($0) },
            ink: { _, _ in .quiet }, text: { model, _ in context(model).map { Formats.compact(Double($0)) } ?? "-" }),
        Column(
            "holder", "WHOSE", .fixed(6), rank: 7, precedes: ascending { $0.holder.word }, ink: { _, _ in .quiet },
            text: { model, _ in model.holder.word }),
        Column(
            "upstream", "MODEL THERE", .fixed(26), rank: 8, precedes: ascending { $0.places.first?.upstreamModel },
            ink: { _, _ in .quiet }, text: { model, _ in model.places.first?.upstreamModel ?? "" }),
    ]

    private static func context(_ model: OperatorModel) -> Int? {
        model.maximumTokens ?? model.abilities?.contextLength
    }

    private static func price(_ model: OperatorModel, _ amount: (OperatorTariff) -> Int64) -> String {
        guard let tariff = model.places.first?.tariff else { return "no price" }
        return tariff.isFree ? "free" : OperatorTariff.amount(amount(tariff))
    }

    private static func priceInk(_ model: OperatorModel) -> Ink {
        guard model.places.first?.tariff == nil else { return .plain }
        return model.isUnpricedAllowed ? .caution : .bad
    }
}

/// What the filter of models may ask for.
package enum ModelQuery {
    package static let vocabulary = [
        QueryField("provider", .text, example: "provider:openai", "Served at it, by a part of its name"),
        QueryField(
            "state", .text, example: "state:failing", "By its state: in use, narrowed, failing, no place, no price"),
        QueryField("unpriced", .flag, example: "unpriced", "With a place that nobody has said a price of"),
        QueryField("cached", .flag, example: "cached", "Whose answers are given again"),
        QueryField("own", .flag, example: "own", "Your organisation's own"),
        QueryField("shared", .flag, example: "shared", "The installation's, which every organisation uses"),
        QueryField("hosted", .flag, example: "hosted", "With an address of its own"),
        QueryField("price", .money, example: "price>2", "By the price of a million tokens in, in US dollars"),
        QueryField("context", .number, example: "context>=100000", "By how many tokens it reads"),
    ]

    static func facts(of model: OperatorModel) -> Query.Facts {
        Query.Facts(
            words: [model.name] + model.aliases + model.places.map(\.upstreamModel),
            texts: { field in
                switch field {
                case "provider": model.places.map(\.name)
                case "state": [model.state.word]
                case "unpriced": flag(model.places.contains { !$0.isPriced })
                case "cached": flag(model.cacheSeconds != nil)
                case "own": flag(model.holder == .organization)
                case "shared": flag(model.holder == .installation)
                case "hosted": flag(model.hasOwnAddress)
                default: []
                }
            },
            number: { field in
                switch field {
                case "price": model.places.first?.tariff.map { Double($0.input) }
                case "context": (model.maximumTokens ?? model.abilities?.contextLength).map(Double.init)
                default: nil
                }
            })
    }

    private static func flag(_ holds: Bool) -> [String] { holds ? ["yes"] : [] }
}
