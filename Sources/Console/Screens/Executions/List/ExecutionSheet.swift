internal import FoundationEssentials
internal import WireAPI

/// What the list shows, for export and for printing.
enum ExecutionSheet {
    /// All columns and, as JSON, all that rows hold: as the internal API tells them.
    static func of(_ list: ExecutionList, _ scope: Scope) -> Sheet {
        let rows = list.rows.inOrder
        let columns = ExecutionColumns.full
        return Sheet(
            titles: columns.map(\.title),
            rows: rows.map { row in
                columns.map { column in
                    switch column.id {
                    case "time": Formats.full(row.createdAt)
                    case "type": row.type
                    case "score": row.failure?.words ?? Formats.score(row.score)
                    default: column.text(row, scope)
                    }
                }
            }, json: Sheet.json(rows))
    }
}
