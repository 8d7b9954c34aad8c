/// What is marked in a list of which only a part is held: some rows, or everything that matches the filter.
package struct PagedMarks<ID: Hashable & Sendable>: Sendable {
    package private(set) var ids: Set<ID> = []
    /// Whether all that matches is meant, held or not.
    package private(set) var isEverything = false
    private var last: ID?

    package var isEmpty: Bool { ids.isEmpty && !isEverything }

    package func contains(_ id: ID) -> Bool { isEverything || ids.contains(id) }

    /// What is not there any more is not marked.
    mutating func forget(_ gone: Set<ID>) { ids.subtract(gone) }

    /// Changes the marks of a list whose cursor stands at an index. Marking all that is held a second time means all that
    /// there is.
    mutating func change(_ change: MarkChange, _ held: [ID], at cursor: Int, isWhole: Bool) {
        let wasAll = !ids.isEmpty && ids.isSuperset(of: held)
        if isEverything { self = PagedMarks() }
        switch change {
        case .toggle:
            if ids.remove(held[cursor]) == nil { ids.insert(held[cursor]) }
            last = held[cursor]
        case .range:
            let from = last.flatMap(held.firstIndex) ?? cursor
            ids.formUnion(held[min(from, cursor)...max(from, cursor)])
        case .all:
            isEverything = wasAll && !isWhole
            ids = isEverything ? [] : ids.union(held)
        case .none: self = PagedMarks()
        case .invert: ids = Set(held).subtracting(ids)
        }
    }
}
