internal import FoundationEssentials
internal import Terminal
internal import WireAPI

/// The columns of the list of executions, and what someone chose among them.
struct ExecutionColumns: Sendable, Hashable {
    /// What was chosen: shown in preference to others, or hidden.
    private var choices: [String: Bool] = [:]

    /// Shows what is hidden, hides what is shown.
    mutating func toggle(_ id: String) { choices[id] = !isShown(id) }

    /// Whether a column is shown where there is room for it.
    func isShown(_ id: String) -> Bool { choices[id] ?? !Self.hiddenAtFirst.contains(id) }

    /// Those that are shown in a width, as far as there is room.
    func shown(width: Int, showsDay: Bool) -> [Column<OperatorExecutionRow>] {
        Self.all(width: width, showsDay: showsDay, rank: { choices[$0] == true ? 1 : $1 }).filter { isShown($0.id) }
    }

    /// All there are, for export and for choosing.
    static let full = all(width: 400, showsDay: true, rank: { $1 })

    private static let hiddenAtFirst: Set<String> = ["provider", "id"]

    /// Columns are narrower where the screen is, and the less important have the higher rank: they go first.
    private static func all(
        width: Int, showsDay: Bool, rank: (String, Int) -> Int
    ) -> [Column<OperatorExecutionRow>] {
        let isWide = width >= 100
        let time = showsDay ? (width >= 72 ? 14 : 11) : 8
        return [
            Column("time", "TIME", .fixed(time), rank: rank("time", 1), ink: quiet) { row, _ in
                guard showsDay else { return Formats.time(row.createdAt) }
                let text = Formats.dayAndTime(row.createdAt)
                return time < text.count ? String(text.dropLast(3)) : text
            },
            Column("type", "TYPE", .fixed(5), rank: rank("type", 5), ink: typeInk) { row, _ in shortType(row.type) },
            Column("name", "NAME", .flexible(minimum: isWide ? 24 : width >= 72 ? 16 : 9)) { row, _ in row.name },
            Column("score", "SCORE", .fixed(14), ink: scoreInk, text: score),
            Column("model", "MODEL", .fixed(isWide ? 22 : 13), rank: rank("model", 3), ink: quiet) { row, _ in
                row.model ?? "-"
            },
            Column("latency", "LATENCY", .fixed(8), isNumber: true, rank: rank("latency", 2), ink: quiet) { row, _ in
                Formats.latency(milliseconds: row.latencyMilliseconds)
            },
            Column("cost", "COST", .fixed(8), isNumber: true, rank: rank("cost", 4), ink: quiet) { row, _ in
                Formats.cost(nanodollars: row.costNanodollars)
            },
            Column("project", "PROJECT", .fixed(width >= 130 ? 16 : 12), rank: rank("project", 6), ink: quiet) {
                row, _ in row.projectName ?? ""
            },
            Column("session", "SESSION", .fixed(14), rank: rank("session", 7), ink: quiet) { row, _ in
                row.sessionID ?? ""
            },
            Column("user", "USER", .fixed(12), rank: rank("user", 8), ink: quiet) { row, _ in row.userID ?? "" },
            Column("tags", "TAGS", .flexible(minimum: 14), rank: rank("tags", 9), ink: quiet) { row, _ in
                row.tags.joined(separator: " ")
            },
            Column("provider", "PROVIDER", .fixed(12), rank: rank("provider", 10), ink: quiet) { row, _ in
                row.provider ?? ""
            },
            Column("id", "ID", .fixed(36), rank: rank("id", 11), ink: quiet) { row, _ in row.id.lowercase },
        ]
    }

    private static let quiet: @Sendable (OperatorExecutionRow, Scope) -> Ink = { _, _ in .quiet }

    private static let typeInk: @Sendable (OperatorExecutionRow, Scope) -> Ink = { row, _ in
        row.type == "judge" ? .accent : .quiet
    }

    private static let scoreInk: @Sendable (OperatorExecutionRow, Scope) -> Ink = { row, _ in
        row.failure != nil ? .bad : row.score.map(ScoreBar.ink) ?? .quiet
    }

    /// The number with a bar behind it; for what failed, the reason.
    private static let score: @Sendable (OperatorExecutionRow, Scope) -> String = { row, scope in
        if let failure = row.failure { return "\(scope.marks.failure) \(failure.words)" }
        guard let score = row.score else { return "-" }
        return "\(Formats.score(score)) \(ScoreBar.filled(score, width: 8, scope.marks))"
    }

    private static func shortType(_ type: String) -> String {
        switch type {
        case "evaluator": "eval"
        case "experiment": "exper"
        case "internal": "own"
        default: type
        }
    }
}
