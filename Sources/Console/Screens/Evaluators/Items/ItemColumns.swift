import FoundationEssentials
import Terminal
import WireAPI

/// The columns of the list of evaluators and judges.
enum ItemColumns {
    /// A score of 1 is a level below the highest: full blocks melt into those of the row above.
    private static let highestBar = 7.0 / 6

    static let all: [Column<OperatorItem>] =
        [
            Column(
                "name", "NAME", .flexible(minimum: 16), precedes: ascending { $0.name.lowercased() },
                ink: { item, _ in item.origin == .own ? .plain : .quiet }, text: { item, _ in item.name }),
            Column(
                "kind", "KIND", .fixed(5), rank: 5, precedes: ascending { $0.kind.rawValue },
                ink: { item, _ in item.kind == .judge ? .accent : .quiet },
                text: { item, _ in item.kind == .judge ? "judge" : "eval" }),
            Column(
                "from", "FROM", .fixed(6), rank: 6, precedes: ascending { $0.origin.word },
                ink: { item, _ in item.origin == .own ? .plain : .quiet }, text: { item, _ in item.origin.word }),
            Column(
                "version", "VER", .fixed(4), isNumber: true, rank: 4, precedes: ascending { $0.version.number },
                ink: { _, _ in .quiet }, text: { item, _ in "v\(item.version.number)" }),
        ] + numbers + origins

    private static let numbers: [Column<OperatorItem>] = [
        Column(
            "mean", "MEAN 7 DAYS", .fixed(12), precedes: ascending { $0.statistics.meanScore },
            ink: { item, _ in item.statistics.meanScore.map(ScoreBar.ink) ?? .quiet },
            text: { item, scope in
                guard let mean = item.statistics.meanScore else { return "-" }
                return
                    "\(Formats.score(mean)) \(Sparkline.text(item.statistics.dailyScores, width: 7, scope.charset, maximum: highestBar))"
            }),
        Column(
            "executions", "N/DAY", .fixed(6), isNumber: true, rank: 2, precedes: ascending { $0.statistics.executions },
            ink: { _, _ in .quiet }, text: { item, _ in ItemFigures.short(item.statistics.executions) }),
        Column(
            "failures", "FAIL", .fixed(5), isNumber: true, rank: 1, precedes: ascending { $0.statistics.failures },
            ink: { item, _ in ItemFigures.failureInk(item) },
            text: { item, _ in ItemFigures.short(item.statistics.failures) }),
        Column(
            "cost", "$/1,000", .fixed(8), isNumber: true, rank: 3, precedes: ascending { $0.costOfThousand },
            ink: { _, _ in .quiet }, text: { item, _ in Formats.cost(nanodollars: item.costOfThousand) }),
        Column(
            "updated", "UPDATED", .fixed(8), isNumber: true, rank: 7, precedes: ascending { $0.updatedAt },
            ink: { _, _ in .quiet }, text: { item, scope in ItemFigures.age(item.updatedAt, scope) }),
    ]

    private static let origins: [Column<OperatorItem>] = [
        Column(
            "project", "PROJECT", .fixed(14), rank: 8, precedes: ascending { $0.projectName?.lowercased() },
            ink: { _, _ in .quiet }, text: { item, _ in item.projectName ?? "" }),
        Column(
            "author", "BY", .fixed(16), rank: 9, precedes: ascending { $0.updatedBy.fullName.lowercased() },
            ink: { _, _ in .quiet }, text: { item, _ in item.updatedBy.fullName }),
        Column(
            "model", "MODEL", .fixed(24), rank: 10, precedes: ascending { method(of: $0) },
            ink: { _, _ in .quiet }, text: { item, _ in method(of: item) }),
    ]

    /// What judges: the models, and the code of what is code.
    private static func method(of item: OperatorItem) -> String {
        let isCodeOnly = !item.code.isEmpty && item.code.count >= item.evaluatorCount
        let models = item.models.isEmpty && !isCodeOnly ? ["server's default"] : item.models
        var kinds: [String] = []
        for kind in item.code where !kinds.contains(kind) { kinds.append(kind) }
        return (models + (kinds.isEmpty ? [] : ["code: \(kinds.joined(separator: ", "))"])).joined(separator: ", ")
    }
}

/// Numbers about items as columns write them.
enum ItemFigures {
    /// A failure rate from here on is bad.
    static let badFailureShare = 0.05

    /// A count in at most five characters.
    static func short(_ count: Int) -> String {
        switch count {
        case ..<10_000: Formats.count(count)
        case ..<999_500: "\((count + 500) / 1000)k"
        default: "\(Formats.decimal(Double(count) / 1e6, places: 1))M"
        }
    }

    static func failureInk(_ item: OperatorItem) -> Ink {
        guard item.statistics.failures > 0 else { return .quiet }
        return (item.failureShare ?? 0) >= badFailureShare ? .bad : .caution
    }

    /// How long ago, in its two largest units.
    static func age(_ date: Date, _ scope: Scope) -> String {
        guard let now = scope.date else { return Formats.day(date) }
        return Formats.span(seconds: Int(max(0, now.timeIntervalSince(date))))
    }
}
