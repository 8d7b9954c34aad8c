import Terminal
import WireAPI

/// What the facts of a model mean.
enum ModelExplanation {
    static func of(_ model: OperatorModel, _ proxies: OperatorProxies?, _ scope: Scope) -> Explanation {
        var text = Explanation(
            model.name,
            definition: "A model by the name that evaluators use, \(model.holder.sentence)."
        ).value(model.state.word, model.state.ink)
        text = text.why(why(model, scope), model.state.ink)
        text = text.adding("Route", "\(model.route(scope)). \(model.choice.sentence)")
        if let health = model.bestHealth {
            text = text.adding(
                "Health", "\(health.words), that of the place that does best. \(health.sentence)", health.condition.ink)
        }
        text = text.adding(
            "Price",
            model.places.first?.tariff.map { "\($0.words), for a million tokens at its first place." }
                ?? "Nobody has said what it costs at its first place.")
        text = text.adding(
            "Cache",
            model.cacheSeconds.map {
                "The answer to the very same question is given again for \(Formats.span(seconds: $0)), and costs nothing then."
            } ?? "No answer is kept.")
        return text.source(ProviderExplanation.source(proxies)).freshness("Read every few seconds while it is seen.")
    }

    private static func why(_ model: OperatorModel, _ scope: Scope) -> String {
        if let drain = model.drain { return drain.sentence(scope) }
        if model.placesInService.isEmpty { return "No place of it is in service: its calls are refused." }
        if model.placesInService.contains(where: { !$0.isPriced }), !model.isUnpricedAllowed {
            return "Nobody has said what it costs: calls are refused where that is so. P says it."
        }
        if model.bestHealth?.condition == .unhealthy { return "Even the place that does best fails too often." }
        if model.placesInService.count < model.places.count {
            return
                "\(model.placesInService.count) of its \(model.places.count) places are in service; the others are drained or off."
        }
        return "All its places are in service."
    }
}
