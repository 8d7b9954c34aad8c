import FoundationEssentials
import Terminal
import WireAPI

/// A limit with the name of what it is a limit of.
struct ProviderLimitRow: Sendable, Identifiable {
    let limit: OperatorCallLimit
    let name: String

    var id: OperatorCallLimit.Subject { limit.subject }

    init(_ limit: OperatorCallLimit, keys: [OperatorProviderKey]) {
        self.limit = limit
        let key = limit.subject.keyID.map { id in "key \(keys.first { $0.id == id }?.name ?? id.lowercase)" }
        name = key ?? limit.subject.upstreamModel ?? "all of it"
    }

    static let columns: [Column<ProviderLimitRow>] = [
        Column(
            "name", "LIMIT OF", .flexible(minimum: 12), precedes: ascending { $0.name.lowercased() },
            ink: { _, _ in .strong }, text: { row, _ in row.name }),
        amount("requests", "REQUESTS/MIN", \.requestsPerMinute),
        amount("tokens", "TOKENS/MIN", \.tokensPerMinute),
        amount("concurrency", "AT A TIME", \.concurrency),
        Column(
            "running", "RUN", .fixed(4), isNumber: true, rank: 1, precedes: ascending { $0.limit.running },
            text: { row, _ in row.limit.running.map(Formats.count) ?? "-" }),
        Column(
            "waiting", "WAIT", .fixed(4), isNumber: true, precedes: ascending { $0.limit.waiting },
            ink: { row, _ in row.limit.waiting ?? 0 > 0 ? .caution : .quiet },
            text: { row, _ in row.limit.waiting.map(Formats.count) ?? "-" }),
        Column(
            "blocked", "STOPPED", .fixed(8), rank: 2, precedes: ascending { $0.limit.blockedMs },
            ink: { _, _ in .bad },
            text: { row, _ in row.limit.blockedMs.map { ProviderTimes.span(milliseconds: $0) } ?? "" }),
    ]

    /// What was set, and beside it what the provider tells of itself.
    private static func amount(
        _ id: String, _ title: String, _ limit: @escaping @Sendable (OperatorLimits) -> Int?
    ) -> Column<ProviderLimitRow> {
        Column(
            id, title, .fixed(16), precedes: ascending { limit($0.limit.set) ?? limit($0.limit.learned) },
            ink: { row, _ in limit(row.limit.set) == nil ? .quiet : .plain },
            text: { row, _ in
                let set = limit(row.limit.set).map { Formats.compact(Double($0)) }
                let learned = limit(row.limit.learned).map { "told \(Formats.compact(Double($0)))" }
                let words = [set, learned].compactMap { $0 }.joined(separator: ", ")
                return words.isEmpty ? "none" : words
            })
    }

    var explanation: Explanation {
        var text = Explanation(
            "Limit of \(name)",
            definition:
                "How many calls it may get, over all proxies together. Set: by an operator. Told: what the provider says of itself in its answers; the smaller one holds."
        )
        func add(_ label: String, _ value: (OperatorLimits) -> Int?) {
            let set = value(limit.set).map(Formats.count) ?? "not set"
            let told = value(limit.learned).map { "the provider tells \(Formats.count($0))" } ?? "nothing told"
            text = text.adding(label, "\(set); \(told).")
        }
        add("Requests/min", \.requestsPerMinute)
        add("Tokens/min", \.tokensPerMinute)
        add("At a time", \.concurrency)
        if let running = limit.running { text = text.adding("Run", "\(Formats.count(running)) calls run now.") }
        if let waiting = limit.waiting, waiting > 0 {
            text = text.why("\(ProviderEffectWords.count(waiting, "call")) wait for their turn.")
        }
        if let blocked = limit.blockedMs {
            text = text.why(
                "The provider asked to be left alone: nothing is let through for \(ProviderTimes.span(milliseconds: blocked)).",
                .bad)
        }
        return text.source("The store for what is set, the LLM proxies for the rest.")
            .freshness("Read every few seconds while it is seen.")
    }
}
