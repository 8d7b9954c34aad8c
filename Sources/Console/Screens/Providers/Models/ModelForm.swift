import FoundationEssentials
import WireAPI

/// Adding a model and changing one.
struct ModelForm: Sendable {
    /// Where it has an address of its own.
    private static let ownAddress = "own"

    let providers: [OperatorProvider]
    let runsInstallation: Bool

    func adding(probed probe: OperatorServerProbe? = nil) -> FormScreen<OperatorModel> {
        let holder = HolderField.field(runsInstallation: runsInstallation)
        let note =
            probe == nil
            ? "Evaluators use it by its name. One with an address of its own is tried first, which takes a while."
            : "What was found out is kept with it. The key was not: type it again where the server wants one."
        let form = self
        return FormScreen(
            "Add a model", note: note, Form(fields(nil, probe: probe) + holder)
        ) { values throws(FormProblem) in
            .addModel(try form.draft(values, nil, probe))
        } done: { model, context in
            context.say("\(model.name) is there: T asks it something", .good)
            context.push(ModelScreen(model))
        }
    }

    func changing(_ model: OperatorModel) -> FormScreen<OperatorModel> {
        let form = self
        return FormScreen(
            "Edit \(model.name)", note: "Calls that run are not touched; new ones go as it says within seconds.",
            Form(fields(model, probe: nil))
        ) { values throws(FormProblem) in
            .changeModel(model.id, to: try form.draft(values, model, nil))
        } done: { model, context in
            context.say("\(model.name) is changed", .good)
        }
    }

    // MARK: Fields

    private func fields(_ model: OperatorModel?, probe: OperatorServerProbe?) -> [FormField] {
        let place = model?.places.first
        let own = FormField.Choice(Self.ownAddress, "an address of its own")
        let choices = providers.map { FormField.Choice($0.id.lowercase, $0.name) }
        let hasOwn: @Sendable (FormValues) -> Bool = { $0["provider_id"] == Self.ownAddress }
        let isOwn = probe != nil || model.map { $0.hasOwnAddress } ?? false
        let chosen = isOwn ? Self.ownAddress : place?.providerID?.lowercase
        return [
            .text(
                "name", "Name", hint: "by which evaluators ask for it", value: model?.name ?? probe?.model ?? "",
                isRequired: true),
            .choice("provider_id", "Served at", choices + [own], value: chosen),
            .text(
                "url", "Address", hint: "such as http://gpu1:8000/v1", value: place?.url ?? probe?.url ?? "",
                isRequired: true, when: hasOwn),
            .secret(
                "key", "Key", hint: model?.hasKey == true ? "empty leaves the one it has" : "where it wants one",
                when: hasOwn),
            .text(
                "upstream_model", "Name there", hint: "empty for the same",
                value: place?.upstreamModel ?? probe?.model ?? ""),
            .text(
                "aliases", "Other names", hint: "divided by commas", value: model?.aliases.joined(separator: ", ") ?? ""
            ),
            .text(
                "places", "Further places", hint: "PROVIDER/MODEL*WEIGHT, divided by commas",
                value: model.map { Self.text(ofPlaces: $0.places.dropFirst()) } ?? ""),
            .choice(
                "choice", "Choice",
                OperatorPlaceChoice.allCases.map { FormField.Choice($0.rawValue, $0.word) },
                value: model?.choice.rawValue),
            .text(
                "weight", "Weight", hint: "of the first place, from 1 to 1,000", value: "\(place?.weight ?? 1)"),
            .names(
                "fallbacks", "Fall-backs", of: .models, hint: "models to ask when it fails, in order",
                value: model?.fallbacks.joined(separator: ", ") ?? ""),
            .text(
                "cache_seconds", "Keep answers", hint: "such as 10m or 24h; empty for never",
                value: model?.cacheSeconds.map(Self.span(seconds:)) ?? ""),
            .text(
                "maximum_output_tokens", "Longest answer", hint: "tokens; empty for no limit",
                value: model?.maximumOutputTokens.map(String.init) ?? ""),
            .text(
                "maximum_tokens", "Reads at most", hint: "tokens; empty for no limit",
                value: (model?.maximumTokens ?? probe?.abilities.contextLength).map(String.init) ?? ""),
            .decision(
                "is_unpriced_allowed", "Without a price", hint: "call it although nobody said what it costs",
                isOn: model?.isUnpricedAllowed ?? false),
            .decision("is_listed", "Listed", hint: "shown in lists of models", isOn: model?.isListed ?? true),
        ]
    }

    private static func text(ofPlaces places: ArraySlice<OperatorModelPlace>) -> String {
        places.map { place in
            "\(place.name)/\(place.upstreamModel)" + (place.weight == 1 ? "" : "*\(place.weight)")
        }.joined(separator: ", ")
    }

    /// A span as it is typed.
    private static func span(seconds: Int) -> String {
        for (unit, name) in [(86_400, "d"), (3600, "h"), (60, "m")] where seconds >= unit && seconds % unit == 0 {
            return "\(seconds / unit)\(name)"
        }
        return "\(seconds)s"
    }

    // MARK: Draft

    private func draft(
        _ values: FormValues, _ model: OperatorModel?, _ probe: OperatorServerProbe?
    ) throws(FormProblem) -> OperatorModelDraft {
        let hasOwn = values["provider_id"] == Self.ownAddress
        // What was found out holds for the address that was asked.
        let isProbed = hasOwn && values["url"] == probe?.url
        return OperatorModelDraft(
            name: values["name"], aliases: values.list("aliases"), isListed: values.isOn("is_listed"),
            providerID: hasOwn ? nil : UUID(uuidString: values["provider_id"]), url: hasOwn ? values["url"] : nil,
            key: values.text("key"), upstreamModel: values.text("upstream_model"),
            weight: try values.count("weight", in: 1...1000) ?? 1,
            choice: OperatorPlaceChoice(rawValue: values["choice"]) ?? .ordered, furtherPlaces: try places(values),
            fallbacks: values.list("fallbacks"), isUnpricedAllowed: values.isOn("is_unpriced_allowed"),
            cacheSeconds: try values.seconds("cache_seconds"),
            maximumOutputTokens: try values.count("maximum_output_tokens"),
            maximumTokens: try values.count("maximum_tokens"), holder: HolderField.holder(values),
            probeID: isProbed ? probe?.id : nil, revision: model?.revision)
    }

    /// Reads `PROVIDER/MODEL*WEIGHT`; the name of a provider may hold a slash, that of a model too.
    private func places(_ values: FormValues) throws(FormProblem) -> [OperatorModelDraft.FurtherPlace] {
        var places: [OperatorModelDraft.FurtherPlace] = []
        for text in values.list("places") {
            let provider = providers.filter { text.lowercased().hasPrefix("\($0.name.lowercased())/") }
                .max { $0.name.count < $1.name.count }
            guard let provider else {
                let names = ProviderEffectWords.names(providers.map(\.name))
                throw FormProblem("places", "\(text) begins with none of the providers: \(names)")
            }
            var rest = text.dropFirst(provider.name.count + 1)
            var weight = 1
            if let star = rest.lastIndex(of: "*"), let number = Int(rest[rest.index(after: star)...]) {
                guard (1...1000).contains(number) else {
                    throw FormProblem("places", "the weight of \(text) is from 1 to 1,000")
                }
                weight = number
                rest = rest[..<star]
            }
            guard !rest.isEmpty else { throw FormProblem("places", "\(text) names no model") }
            places.append(
                OperatorModelDraft.FurtherPlace(providerID: provider.id, upstreamModel: String(rest), weight: weight))
        }
        return places
    }
}
