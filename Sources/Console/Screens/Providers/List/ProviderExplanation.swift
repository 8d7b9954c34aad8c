import Terminal
import WireAPI

/// What the numbers and the states of a provider mean.
enum ProviderExplanation {
    static func of(_ provider: OperatorProvider, _ proxies: OperatorProxies?, _ scope: Scope) -> Explanation {
        var text = Explanation(
            provider.name,
            definition: "A place where models are served, spoken to as \(ProviderKindWords.name(provider.kind)); "
                + "\(provider.holder.sentence)."
        ).value(provider.health.words, provider.health.ink)
        text = text.why(health(provider), provider.health.ink)
        if let drain = provider.drain { text = text.adding("Drained", drain.sentence(scope), .caution) }
        if provider.openBreakers > 0 {
            let count = provider.openBreakers
            text = text.adding(
                "Breakers",
                "\(count) model\(count == 1 ? "" : "s") of it get\(count == 1 ? "s" : "") no call at some proxy, because too many failed; after a pause a few calls try whether it is over.",
                .bad)
        }
        if !provider.isEnabled {
            text = text.adding("State", "It is switched off, as if it were not there: E switches it on.", .caution)
        }
        if provider.figures == nil { text = text.adding("Figures", provider.whyNoFigures) }
        return adding(figures: provider.figures, proxies, to: text)
    }

    private static func health(_ provider: OperatorProvider) -> String {
        guard let health = provider.health else { return "No proxy has told how it does." }
        return "\(health.sentence) It is the model of it that does worst; 100 is perfect."
    }

    /// What every count of calls has in common.
    static func adding(
        figures: OperatorCallFigures?, _ proxies: OperatorProxies?, to text: Explanation
    ) -> Explanation {
        var text = text
        if let recent = figures?.recent {
            text =
                text
                .adding(
                    "Calls",
                    "\(Formats.count(recent.calls)), of which \(Formats.count(recent.failed)) failed and \(Formats.count(recent.abandoned)) were left by their caller.",
                    recent.failedShare.map(FailureShare.ink) ?? .plain
                )
                .adding(
                    "P50, P95",
                    "The time until the first byte of an answer that half, and 95 of 100, stayed within; exact to about ten percent."
                )
                .adding(
                    "Cost",
                    "\(Formats.exactCost(nanodollars: recent.costNanodollars)), by the prices that are known here; a model without a price counts nothing."
                )
                .window("The last \(recent.minutes) minute\(recent.minutes == 1 ? "" : "s"); the graph: the last hour.")
        }
        text = text.source(source(proxies))
        return text.freshness("Read every few seconds while it is seen.")
    }

    static func source(_ proxies: OperatorProxies?) -> String {
        guard let proxies else { return "The LLM proxies." }
        let all = "\(proxies.answering) of \(proxies.known) LLM prox\(proxies.known == 1 ? "y" : "ies")"
        return "\(all), asked at \(Formats.time(proxies.askedAt)) UTC." + (proxies.complaint.map { " \($0)" } ?? "")
    }
}

extension OperatorProxies {
    /// What is wrong when not all of them answered.
    var warning: Segment? {
        guard answering < known || answering == 0 else { return nil }
        let text = complaint ?? "\(answering) of \(known) LLM proxies answered"
        return Segment(text, answering == 0 ? .bad : .caution)
    }
}
