internal import FoundationEssentials
internal import WireAPI

/// Executions that came while the rows of the list keep their places.
struct WaitingExecutions: Sendable {
    /// More than this are not kept: the list is read anew instead.
    private static let limit = 2000

    private var rows: [OperatorExecutionRow] = []
    private var ids: Set<UUID> = []
    private(set) var count = 0
    /// Whether some came that are not kept.
    private(set) var isIncomplete = false

    mutating func add(_ row: OperatorExecutionRow) {
        guard !ids.contains(row.id) else { return }
        count += 1
        guard rows.count < Self.limit else {
            isIncomplete = true
            return
        }
        ids.insert(row.id)
        rows.append(row)
    }

    /// Changes the tags of some.
    mutating func tag(_ ids: Set<UUID>, _ change: ([String]) -> [String]) {
        for index in rows.indices where ids.contains(rows[index].id) {
            rows[index] = rows[index].tagged(change(rows[index].tags))
        }
    }

    /// Hands over what came; nothing waits any more. Of what is incomplete nothing, since there would be a hole in it.
    mutating func take() -> [OperatorExecutionRow] {
        defer { self = WaitingExecutions() }
        return isIncomplete ? [] : rows
    }
}
