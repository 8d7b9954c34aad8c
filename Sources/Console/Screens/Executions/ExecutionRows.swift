package import FoundationEssentials
package import WireAPI

/// The place of an execution in the order of the list.
package struct ExecutionPosition: Sendable, Hashable, Comparable {
    package let createdAt: Date
    package let id: UUID

    init(_ row: OperatorExecutionRow) {
        createdAt = row.createdAt
        id = row.id
    }

    package static func < (left: ExecutionPosition, right: ExecutionPosition) -> Bool {
        left.createdAt != right.createdAt ? left.createdAt < right.createdAt : left.id < right.id
    }
}

/// The executions that are held, seen newest first. Kept oldest first inside, so that a new one is an append.
package struct ExecutionRows: Sendable {
    private var ascending: [OperatorExecutionRow] = []

    /// How many are held.
    package var count: Int { ascending.count }
    package var isEmpty: Bool { ascending.isEmpty }
    /// The newest and the oldest that are held.
    package var newest: OperatorExecutionRow? { ascending.last }
    package var oldest: OperatorExecutionRow? { ascending.first }

    package init() {}

    /// The execution at an index, 0 is the newest.
    package subscript(index: Int) -> OperatorExecutionRow { ascending[ascending.count - 1 - index] }

    /// The index of the execution at a place, or of the next older one; `count` when there is none.
    package func index(atOrBefore position: ExecutionPosition) -> Int {
        // The number of rows that are newer.
        ascending.count - firstIndex(after: position)
    }

    /// Whether the execution at a place is held.
    package func contains(_ position: ExecutionPosition) -> Bool {
        let index = index(atOrBefore: position)
        return index < count && self[index].id == position.id
    }

    /// Puts a row in its place; `nil` when it is held already, else its index.
    @discardableResult
    package mutating func insert(_ row: OperatorExecutionRow) -> Int? {
        let position = ExecutionPosition(row)
        let place = firstIndex(after: position)
        if place > 0, ascending[place - 1].id == row.id { return nil }
        ascending.insert(row, at: place)
        return ascending.count - 1 - place
    }

    /// Puts rows that are older than all held ones behind them.
    package mutating func append(older rows: [OperatorExecutionRow]) {
        guard let oldest else {
            ascending = rows.reversed()
            return
        }
        let limit = ExecutionPosition(oldest)
        ascending.insert(contentsOf: rows.filter { ExecutionPosition($0) < limit }.reversed(), at: 0)
    }

    /// Lets the oldest go until at most `limit` are held; says whether any went.
    package mutating func trim(to limit: Int) -> Bool {
        guard count > limit else { return false }
        ascending.removeFirst(count - limit)
        return true
    }

    /// Lets everything go that is older than a place.
    package mutating func dropOlder(than position: ExecutionPosition) {
        ascending.removeFirst(firstIndex(after: position) - (contains(position) ? 1 : 0))
    }

    /// Keeps what a filter shows.
    package mutating func keep(_ filter: OperatorExecutionFilter) {
        ascending.removeAll { !filter.matches($0) }
    }

    /// The first index, oldest first, of a row that is newer than a place.
    private func firstIndex(after position: ExecutionPosition) -> Int {
        guard let last = ascending.last, position < ExecutionPosition(last) else { return ascending.count }
        var low = 0
        var high = ascending.count
        while low < high {
            let middle = (low + high) / 2
            if position < ExecutionPosition(ascending[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
