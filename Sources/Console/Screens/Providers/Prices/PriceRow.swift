import FoundationEssentials
import Terminal
package import WireAPI

/// A row of the list of prices: a price, or a place of a model that nobody has said a price of.
package enum PriceRow: Sendable, Identifiable, Encodable {
    case price(OperatorPrice)
    case unpriced(OperatorPriceList.Unpriced)

    package var id: String {
        switch self {
        case .price(let price): price.id.lowercase
        case .unpriced(let place): "\(place.provider)\n\(place.upstreamModel)\n\(place.model)"
        }
    }

    /// As the server told it.
    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .price(let price): try price.encode(to: encoder)
        case .unpriced(let place): try place.encode(to: encoder)
        }
    }

    var price: OperatorPrice? {
        switch self {
        case .price(let price): price
        case .unpriced: nil
        }
    }

    var tariff: OperatorTariff? { price?.tariff }

    var provider: String {
        switch self {
        case .price(let price): price.provider
        case .unpriced(let place): place.provider
        }
    }

    /// The model there, or the pattern.
    var model: String {
        switch self {
        case .price(let price): price.model
        case .unpriced(let place): place.upstreamModel
        }
    }

    /// Whether it holds, in a word, and how that looks.
    var state: (word: String, ink: Ink) {
        switch self {
        case .price(let price):
            switch price.state {
            case .past: ("past", .quiet)
            case .current: ("holds", .good)
            case .future: ("to come", .accent)
            }
        case .unpriced(let place): place.isAllowed ? ("no price", .caution) : ("refused", .bad)
        }
    }

    /// What lacks a price comes first, what is over last.
    var rank: Int {
        switch self {
        case .unpriced(let place): place.isAllowed ? 1 : 0
        case .price(let price):
            switch price.state {
            case .current: 2
            case .future: 3
            case .past: 4
            }
        }
    }
}

/// The columns of the list of prices.
enum PriceColumns {
    static let all: [Column<PriceRow>] = [
        Column(
            "provider", "PROVIDER", .flexible(minimum: 9), precedes: ascending { $0.provider.lowercased() },
            text: { row, _ in row.provider }),
        Column(
            "model", "MODEL THERE", .flexible(minimum: 13), precedes: ascending { $0.model.lowercased() },
            ink: { row, _ in row.price == nil ? row.state.ink : .strong }, text: { row, _ in row.model }),
        Column(
            "state", "STATE", .fixed(8), precedes: ascending { $0.rank }, ink: { row, _ in row.state.ink },
            text: { row, _ in row.state.word }),
        amount("input", "$/M IN", rank: 0) { $0.input },
        amount("output", "$/M OUT", rank: 0) { $0.output },
        amount("cached", "CACHED", rank: 4) { $0.cachedInput },
        amount("reasoning", "REASON", rank: 6) { $0.reasoning },
        Column(
            "from", "FROM", .fixed(10), rank: 2, precedes: ascending { $0.price?.validFrom }, ink: { _, _ in .quiet },
            text: { row, _ in row.price.map { $0.validFrom.map(Formats.day) ?? "always" } ?? "" }),
        Column(
            "until", "UNTIL", .fixed(10), rank: 1, precedes: ascending { $0.price?.validUntil },
            ink: { row, _ in row.price?.validUntil == nil ? .quiet : .plain },
            text: { row, _ in row.price.map { $0.validUntil.map(Formats.day) ?? "further" } ?? "" }),
        Column(
            "holder", "WHOSE", .fixed(6), rank: 3, precedes: ascending { $0.price?.holder.word },
            ink: { _, _ in .quiet }, text: { row, _ in row.price?.holder.word ?? "" }),
        Column(
            "models", "HOLDS FOR", .flexible(minimum: 14), rank: 5, ink: { _, _ in .quiet },
            text: { row, _ in
                switch row {
                case .price(let price): price.models.joined(separator: ", ")
                case .unpriced(let place): "\(place.model) has no price"
                }
            }),
    ]

    private static func amount(
        _ id: String, _ title: String, rank: Int, _ amount: @escaping @Sendable (OperatorTariff) -> Int64?
    ) -> Column<PriceRow> {
        Column(
            id, title, .fixed(8), isNumber: true, rank: rank, precedes: ascending { $0.tariff.flatMap(amount) },
            ink: { row, _ in row.price?.state == .past ? .quiet : .plain },
            text: { row, _ in row.tariff.flatMap(amount).map(OperatorTariff.amount) ?? "-" })
    }
}

/// What the filter of prices may ask for.
package enum PriceQuery {
    package static let vocabulary = [
        QueryField("provider", .text, example: "provider:openai", "By a part of the provider's name or kind"),
        QueryField("model", .text, example: "model:gpt", "By a part of the model's name there, or of its own"),
        QueryField("holds", .flag, example: "holds", "Those that hold now"),
        QueryField("past", .flag, example: "past", "Those that are over"),
        QueryField("future", .flag, example: "future", "Those that will hold later"),
        QueryField("unpriced", .flag, example: "unpriced", "Models that nobody has said a price of"),
        QueryField("own", .flag, example: "own", "Your organisation's own"),
        QueryField("shared", .flag, example: "shared", "The installation's, which hold for every organisation"),
        QueryField("input", .money, example: "input>1", "By the price of a million tokens in, in US dollars"),
        QueryField("output", .money, example: "output>5", "By the price of a million tokens out, in US dollars"),
    ]

    static func facts(of row: PriceRow) -> Query.Facts {
        Query.Facts(
            words: [row.provider, row.model],
            texts: { field in
                switch field {
                case "provider": [row.provider]
                case "model": [row.model] + (row.price?.models ?? [])
                case "holds": flag(row.price?.state == .current)
                case "past": flag(row.price?.state == .past)
                case "future": flag(row.price?.state == .future)
                case "unpriced": flag(row.price == nil)
                case "own": flag(row.price?.holder == .organization)
                case "shared": flag(row.price?.holder == .installation)
                default: []
                }
            },
            number: { field in
                switch field {
                case "input": row.tariff.map { Double($0.input) }
                case "output": row.tariff.map { Double($0.output) }
                default: nil
                }
            })
    }

    private static func flag(_ holds: Bool) -> [String] { holds ? ["yes"] : [] }
}

/// What a price means.
enum PriceExplanation {
    static func of(_ row: PriceRow) -> Explanation {
        switch row {
        case .unpriced(let place):
            Explanation(
                "\(place.upstreamModel) at \(place.provider)",
                definition: "A place of the model \(place.model) that nobody has said a price of."
            ).value("no price", place.isAllowed ? .caution : .bad)
                .why(
                    place.isAllowed
                        ? "It is called nonetheless; its calls count as free, so that no budget holds them. N says what it costs."
                        : "Its calls are refused. N says what it costs.", place.isAllowed ? .caution : .bad)
        case .price(let price): of(price)
        }
    }

    private static func of(_ price: OperatorPrice) -> Explanation {
        var text = Explanation(
            "\(price.model) at \(price.provider)",
            definition:
                "What calls cost; \(price.holder.sentence). An organisation's own price goes before the installation's, a price of a name before one of a pattern."
        ).value(price.tariff.words)
        for part in price.tariff.parts { text = text.adding(part.label, part.text) }
        let from = price.validFrom.map { "from \(Formats.dayAndMinute($0)) UTC" } ?? "ever since"
        let until = price.validUntil.map { "until \(Formats.dayAndMinute($0)) UTC" } ?? "until further notice"
        text = text.adding("Holds", "\(from) \(until).")
        text = text.adding(
            "Models",
            price.models.isEmpty ? "It holds for no model now." : ProviderEffectWords.names(price.models) + ".")
        return text.adding(
            "Missing", "What has no price of its own takes that of what contains it: reasoning that of output.", .quiet
        ).source("Stored; calls that have ended keep the price of their time.")
    }
}
