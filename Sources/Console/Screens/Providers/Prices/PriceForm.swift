import FoundationEssentials
import WireAPI

/// Saying what models of a provider cost.
enum PriceForm {
    static func adding(
        provider: String, model: String, runsInstallation: Bool
    ) -> FormScreen<OperatorPriceOutcome> {
        FormScreen(
            "Add a price",
            note:
                "A price of the same provider and model that holds until further notice ends where this one begins. US dollars for a million tokens.",
            Form(
                naming(provider: provider, model: model) + validity(nil) + amounts(nil)
                    + HolderField.field(runsInstallation: runsInstallation))
        ) { values throws(FormProblem) in
            .addPrice(try draft(values, nil))
        } done: { outcome, context in
            let ended = outcome.ended == nil ? "" : "; the one before ends then"
            context.say("\(outcome.price.model) costs \(outcome.price.tariff.words)\(ended)", .good)
        }
    }

    static func changing(_ price: OperatorPrice) -> FormScreen<OperatorPriceOutcome> {
        FormScreen(
            "Edit the price of \(price.model)",
            note: "Calls that have ended keep what they cost. A new price from a day on is added, not changed.",
            Form(naming(provider: price.provider, model: price.model) + validity(price) + amounts(price.tariff))
        ) { values throws(FormProblem) in
            .changePrice(price.id, to: try draft(values, price))
        } done: { outcome, context in
            context.say("\(outcome.price.model) costs \(outcome.price.tariff.words)", .good)
        }
    }

    /// The same price with another end.
    static func ending(_ price: OperatorPrice, at end: Date?) -> OperatorPriceDraft {
        OperatorPriceDraft(
            provider: price.provider, model: price.model, validFrom: price.validFrom, validUntil: end,
            tariff: price.tariff, holder: price.holder, revision: price.revision)
    }

    // MARK: Fields

    private static func naming(provider: String, model: String) -> [FormField] {
        [
            .name(
                "provider", "Provider", of: .providers, hint: "its name or kind; * for any", value: provider,
                isRequired: true),
            .text(
                "model", "Model there", hint: "its name there; * stands for any text", value: model, isRequired: true),
        ]
    }

    private static func validity(_ price: OperatorPrice?) -> [FormField] {
        [
            .text(
                "valid_from", "From (UTC)", hint: "such as 2026-12-01; empty for now",
                value: price?.validFrom.map(Formats.dayAndMinute) ?? ""),
            .text(
                "valid_until", "Until (UTC)", hint: "empty for further notice",
                value: price?.validUntil.map(Formats.dayAndMinute) ?? ""),
        ]
    }

    private static func amounts(_ tariff: OperatorTariff?) -> [FormField] {
        func field(_ id: String, _ label: String, _ hint: String, _ amount: Int64?, isRequired: Bool = false)
            -> FormField
        {
            let value = amount.map { String(OperatorTariff.amount($0).dropFirst()) } ?? ""
            return .text(id, label, hint: hint, value: value, isRequired: isRequired)
        }
        return [
            field("input", "Input", "such as 2.50; 0 for free", tariff?.input, isRequired: true),
            field("output", "Output", "such as 10", tariff?.output, isRequired: true),
            field("cached_input", "Cached input", "read from its cache; empty: as input", tariff?.cachedInput),
            field("cache_write", "Cache write", "empty: input and a quarter", tariff?.cacheWrite),
            field("long_cache_write", "Cache write, 1 h", "empty: twice input", tariff?.longCacheWrite),
            field("reasoning", "Reasoning", "empty: as output", tariff?.reasoning),
            field("audio_input", "Sound in", "empty: as input", tariff?.audioInput),
            field("audio_output", "Sound out", "empty: as output", tariff?.audioOutput),
            field("image", "Each image", "beside its tokens", tariff.flatMap { $0.image == 0 ? nil : $0.image }),
            field(
                "request", "Each request", "beside its tokens", tariff.flatMap { $0.request == 0 ? nil : $0.request }),
        ]
    }

    private static func draft(_ values: FormValues, _ price: OperatorPrice?) throws(FormProblem) -> OperatorPriceDraft {
        let (from, until) = (try values.date("valid_from"), try values.date("valid_until"))
        if let from, let until, until <= from { throw FormProblem("valid_until", "ends before it begins") }
        return OperatorPriceDraft(
            provider: values["provider"], model: values["model"], validFrom: from, validUntil: until,
            tariff: OperatorTariff(
                input: try values.money("input") ?? 0, output: try values.money("output") ?? 0,
                cachedInput: try values.money("cached_input"), cacheWrite: try values.money("cache_write"),
                longCacheWrite: try values.money("long_cache_write"), reasoning: try values.money("reasoning"),
                audioInput: try values.money("audio_input"), audioOutput: try values.money("audio_output"),
                image: try values.money("image") ?? 0, request: try values.money("request") ?? 0),
            holder: price?.holder ?? HolderField.holder(values), revision: price?.revision)
    }
}
