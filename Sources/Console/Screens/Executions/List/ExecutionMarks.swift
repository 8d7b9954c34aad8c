package import FoundationEssentials
internal import WireAPI

/// The executions that an action is to be about.
package struct ExecutionMarks: Sendable {
    package private(set) var ids: Set<UUID> = []
    /// Where a range begins.
    private var last: ExecutionPosition?

    package var count: Int { ids.count }
    package var isEmpty: Bool { ids.isEmpty }

    package init() {}

    package func contains(_ id: UUID) -> Bool { ids.contains(id) }

    /// Changes the marks of the rows of a list whose cursor stands at an index.
    mutating func change(_ change: MarkChange, _ rows: ExecutionRows, cursor: Int) {
        switch change {
        case .toggle:
            let row = rows[cursor]
            if ids.remove(row.id) == nil { ids.insert(row.id) }
            last = ExecutionPosition(row)
        case .range:
            let from = last.map { min(rows.index(atOrAfter: $0), rows.count - 1) } ?? cursor
            for index in min(from, cursor)...max(from, cursor) { ids.insert(rows[index].id) }
        case .all: ids = Set(rows.inOrder.map(\.id))
        case .none: ids = []
        case .invert: ids = Set(rows.inOrder.map(\.id)).subtracting(ids)
        }
    }

    /// What is not held is not marked: an action must not reach what is not seen.
    mutating func keep(_ rows: ExecutionRows) {
        if !ids.isEmpty { ids.formIntersection(rows.inOrder.map(\.id)) }
    }
}
