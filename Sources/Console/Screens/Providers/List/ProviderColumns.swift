import FoundationEssentials
import Terminal
import WireAPI

extension OperatorProvider: Identifiable {}

/// The columns of the list of providers.
enum ProviderColumns {
    private static let graphWidth = 20

    static let all: [Column<OperatorProvider>] =
        [
            Column(
                "name", "PROVIDER", .flexible(minimum: 13), precedes: ascending { $0.name.lowercased() },
                ink: { provider, _ in provider.isEnabled ? .strong : .quiet }, text: { provider, _ in provider.name }),
            Column(
                "kind", "KIND", .fixed(13), rank: 8, precedes: ascending { $0.kind }, ink: { _, _ in .quiet },
                text: { provider, _ in ProviderKindWords.name(provider.kind) }),
            Column(
                "health", "HEALTH", .fixed(12), precedes: ascending { $0.health.order },
                ink: { provider, _ in provider.health.ink }, text: { provider, _ in provider.health.words }),
            Column(
                "state", "STATE", .fixed(9), precedes: ascending { stateRank($0) },
                ink: { provider, _ in stateInk(provider) }, text: { provider, _ in state(provider) }),
        ] + figures + rest

    private static let figures: [Column<OperatorProvider>] = [
        Column(
            "calls", "CALLS/M", .fixed(7), isNumber: true, rank: 3,
            precedes: ascending { $0.figures?.recent.callsPerMinute },
            text: { provider, _ in number(provider) { Formats.rate($0.callsPerMinute) } }),
        Column(
            "errors", "ERROR", .fixed(5), isNumber: true, rank: 1,
            precedes: ascending { $0.figures?.recent.failedShare },
            ink: { provider, _ in provider.figures?.recent.failedShare.map(FailureShare.ink) ?? .quiet },
            text: { provider, _ in provider.figures?.recent.failedShare.map(Formats.percent) ?? "-" }),
        Column(
            "p50", "P50", .fixed(6), isNumber: true, rank: 5,
            precedes: ascending { $0.figures?.recent.firstByte.p50Ms }, ink: { _, _ in .quiet },
            text: { provider, _ in Formats.latency(milliseconds: provider.figures?.recent.firstByte.p50Ms) }),
        Column(
            "p95", "P95", .fixed(6), isNumber: true, rank: 2,
            precedes: ascending { $0.figures?.recent.firstByte.p95Ms },
            text: { provider, _ in Formats.latency(milliseconds: provider.figures?.recent.firstByte.p95Ms) }),
        Column(
            "tokens", "TOK/M", .fixed(6), isNumber: true, rank: 6,
            precedes: ascending { $0.figures?.recent.tokensPerMinute }, ink: { _, _ in .quiet },
            text: { provider, _ in number(provider) { Formats.compact($0.tokensPerMinute.rounded()) } }),
        Column(
            "cost", "$/MIN", .fixed(8), isNumber: true, rank: 4,
            precedes: ascending { $0.figures?.recent.costPerMinute },
            text: { provider, _ in number(provider) { Formats.cost(nanodollars: $0.costPerMinute) } }),
        Column(
            "running", "RUN", .fixed(4), isNumber: true, rank: 7, precedes: ascending { $0.running },
            text: { provider, _ in provider.running.map(Formats.count) ?? "-" }),
    ]

    private static let rest: [Column<OperatorProvider>] = [
        Column(
            "hour", "CALLS, LAST HOUR", .fixed(graphWidth), rank: 9, ink: { _, _ in .series1 },
            text: { provider, scope in
                Sparkline.text(
                    provider.figures?.hour.calls.map(Double.init) ?? [], width: graphWidth, scope.charset)
            }),
        Column(
            "models", "MODELS", .fixed(6), isNumber: true, rank: 10, precedes: ascending { $0.modelCount },
            ink: { _, _ in .quiet }, text: { provider, _ in Formats.count(provider.modelCount) }),
        Column(
            "keys", "KEYS", .fixed(4), isNumber: true, rank: 11, precedes: ascending { $0.keyCount },
            ink: { _, _ in .quiet }, text: { provider, _ in Formats.count(provider.keyCount) }),
        Column(
            "holder", "WHOSE", .fixed(6), rank: 12, precedes: ascending { $0.holder.word }, ink: { _, _ in .quiet },
            text: { provider, _ in provider.holder.word }),
    ]

    private static func number(_ provider: OperatorProvider, _ text: (OperatorCallSums) -> String) -> String {
        provider.figures.map { text($0.recent) } ?? "-"
    }

    /// What is out of the ordinary, in at most nine characters.
    static func state(_ provider: OperatorProvider) -> String {
        if !provider.isEnabled { return "off" }
        if provider.drain != nil { return "drained" }
        if provider.openBreakers > 0 { return "\(provider.openBreakers) open" }
        if provider.drainedModels > 0 { return "\(provider.drainedModels) drained" }
        return "in use"
    }

    private static func stateRank(_ provider: OperatorProvider) -> Int {
        if !provider.isEnabled { return 4 }
        if provider.openBreakers > 0, provider.drain == nil { return 0 }
        if provider.drain != nil { return 1 }
        return provider.drainedModels > 0 ? 2 : 3
    }

    static func stateInk(_ provider: OperatorProvider) -> Ink {
        if !provider.isEnabled { return .quiet }
        if provider.drain != nil || provider.drainedModels > 0 && provider.openBreakers == 0 { return .caution }
        return provider.openBreakers > 0 ? .bad : .quiet
    }
}
