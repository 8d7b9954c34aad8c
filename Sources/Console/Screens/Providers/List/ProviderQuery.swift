import WireAPI

/// What the filter of providers may ask for.
package enum ProviderQuery {
    package static let vocabulary = [
        QueryField(
            "health", .choice(OperatorHealth.Condition.allCases.map(\.rawValue)), example: "health:unhealthy",
            "By how it does"),
        QueryField("kind", .text, example: "kind:openai", "By a part of what it speaks"),
        QueryField("drained", .flag, example: "drained", "Out of service, all of it or some of its models"),
        QueryField("open", .flag, example: "open", "With a breaker that lets no call through"),
        QueryField("off", .flag, example: "off", "Switched off"),
        QueryField("own", .flag, example: "own", "Your organisation's own"),
        QueryField("shared", .flag, example: "shared", "The installation's, which every organisation uses"),
        QueryField("calls", .number, example: "calls>10", "By the calls of a minute"),
        QueryField("errors", .number, example: "errors>5", "By the percentage of calls that failed"),
        QueryField("p50", .duration, example: "p50>1s", "By the time in which half of the answers begin"),
        QueryField("p95", .duration, example: "p95>5s", "By the time in which 95 of 100 answers begin"),
        QueryField("tokens", .number, example: "tokens>1000", "By the tokens of a minute"),
        QueryField("cost", .money, example: "cost>0.10", "By the cost of a minute in US dollars"),
        QueryField("running", .number, example: "running>0", "By the calls of this moment"),
    ]

    /// What a row says to a filter.
    static func facts(of provider: OperatorProvider) -> Query.Facts {
        let recent = provider.figures?.recent
        return Query.Facts(
            words: [provider.name, provider.url ?? ""],
            texts: { field in
                switch field {
                case "health": [provider.health?.condition.rawValue ?? OperatorHealth.Condition.unknown.rawValue]
                case "kind": [provider.kind, ProviderKindWords.name(provider.kind)]
                case "drained": flag(provider.drain != nil || provider.drainedModels > 0)
                case "open": flag(provider.openBreakers > 0)
                case "off": flag(!provider.isEnabled)
                case "own": flag(provider.holder == .organization)
                case "shared": flag(provider.holder == .installation)
                default: []
                }
            },
            number: { field in
                switch field {
                case "calls": recent?.callsPerMinute
                case "errors": recent?.failedShare.map { $0 * 100 }
                case "p50": recent?.firstByte.p50Ms
                case "p95": recent?.firstByte.p95Ms
                case "tokens": recent?.tokensPerMinute
                case "cost": recent.map { Double($0.costPerMinute) }
                case "running": provider.running.map(Double.init)
                default: nil
                }
            })
    }

    private static func flag(_ holds: Bool) -> [String] { holds ? ["yes"] : [] }
}
