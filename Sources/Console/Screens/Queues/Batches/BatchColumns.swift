import Terminal
import WireAPI

/// The columns of the list of batches.
enum BatchColumns {
    static let all: [Column<OperatorBatch>] = [
        Column("name", "BATCH", .flexible(minimum: 14), text: { batch, _ in batch.label }),
        Column("state", "STATE", .fixed(8), ink: { batch, _ in batch.ink }, text: { batch, _ in batch.word }),
        Column(
            "progress", "PROGRESS", .fixed(16), ink: { batch, _ in batch.ink },
            text: { batch, scope in
                let percent = Formats.percent(batch.share)
                let filled = ScoreBar.filled(batch.share, width: 10, scope.marks)
                let rest = String(repeating: scope.marks.barRest, count: max(0, 10 - filled.columns))
                return filled + rest + String(repeating: " ", count: max(1, 6 - percent.columns)) + percent
            }),
        Column(
            "total", "JOBS", .fixed(9), isNumber: true, rank: 2, text: { batch, _ in Formats.count(batch.total) }),
        Column(
            "running", "RUN", .fixed(6), isNumber: true, rank: 5, ink: { _, _ in .quiet },
            text: { batch, _ in ItemFigures.short(batch.running) }),
        Column(
            "dead", "FAILED", .fixed(7), isNumber: true, rank: 1, ink: { batch, _ in batch.dead > 0 ? .bad : .quiet },
            text: { batch, _ in ItemFigures.short(batch.dead) }),
        Column(
            "ending", "ENDS IN", .fixed(10), isNumber: true, rank: 3,
            text: { batch, scope in batch.ending(scope) }),
        Column(
            "cost", "COST", .fixed(9), isNumber: true, rank: 4,
            text: { batch, _ in Formats.cost(nanodollars: batch.costNanodollars) }),
        Column(
            "estimate", "ESTIMATE", .fixed(9), isNumber: true, rank: 6, ink: { _, _ in .quiet },
            text: { batch, _ in Formats.cost(nanodollars: batch.estimatedCostNanodollars) }),
        Column(
            "project", "PROJECT", .fixed(16), rank: 7, ink: { _, _ in .quiet },
            text: { batch, _ in batch.project.label }),
        Column(
            "organization", "ORGANISATION", .fixed(16), rank: 9, ink: { _, _ in .quiet },
            text: { batch, _ in batch.organization.label }),
        Column(
            "owner", "BY", .fixed(20), rank: 8, ink: { _, _ in .quiet },
            text: { batch, _ in batch.owner?.email ?? "-" }),
        Column(
            "created", "MADE", .fixed(7), isNumber: true, rank: 5, ink: { _, _ in .quiet },
            text: { batch, scope in ItemFigures.age(batch.createdAt, scope) }),
    ]
}
