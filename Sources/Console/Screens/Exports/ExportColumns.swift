import Terminal
import WireAPI

/// The columns of the list of exports.
enum ExportColumns {
    static let all: [Column<OperatorLogExport>] = [
        Column("filter", "WHICH", .flexible(minimum: 12), text: { export, _ in export.filterWords }),
        Column("state", "STATE", .fixed(8), ink: { export, _ in export.ink }, text: { export, _ in export.word }),
        Column(
            "progress", "PROGRESS", .fixed(16), ink: { export, _ in export.ink },
            text: { export, scope in
                guard let share = export.share else { return "" }
                let percent = Formats.percent(share)
                let filled = ScoreBar.filled(share, width: 10, scope.marks)
                let rest = String(repeating: scope.marks.barRest, count: max(0, 10 - filled.columns))
                return filled + rest + String(repeating: " ", count: max(1, 6 - percent.columns)) + percent
            }),
        Column(
            "rows", "ROWS", .fixed(11), isNumber: true, rank: 1,
            text: { export, _ in Formats.count(export.rows) }),
        Column(
            "size", "SIZE", .fixed(9), isNumber: true, rank: 2,
            text: { export, _ in Formats.bytes(export.bytes) }),
        Column("format", "FORM", .fixed(5), rank: 4, text: { export, _ in export.format.rawValue }),
        Column(
            "by", "BY", .fixed(22), rank: 5, ink: { _, _ in .quiet },
            text: { export, _ in export.requestedBy?.email ?? "the server" }),
        Column(
            "created", "MADE", .fixed(7), isNumber: true, rank: 3, ink: { _, _ in .quiet },
            text: { export, scope in ItemFigures.age(export.createdAt, scope) }),
        Column(
            "expires", "GOES", .fixed(11), isNumber: true, rank: 6, ink: { _, _ in .quiet },
            text: { export, _ in export.expiresAt.map { String(Formats.dayAndTime($0).prefix(11)) } ?? "-" }),
    ]
}
