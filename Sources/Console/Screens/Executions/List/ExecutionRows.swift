package import FoundationEssentials
package import WireAPI

/// The place of an execution in time.
package struct ExecutionPosition: Sendable, Hashable, Comparable {
    package let createdAt: Date
    package let id: UUID

    package init(_ row: OperatorExecutionRow) {
        createdAt = row.createdAt
        id = row.id
    }

    package static func < (left: ExecutionPosition, right: ExecutionPosition) -> Bool {
        left.createdAt != right.createdAt ? left.createdAt < right.createdAt : left.id < right.id
    }
}

/// The executions that are held, in the order of the list, with what they add up to.
package struct ExecutionRows: Sendable {
    package let order: OperatorExecutionOrder
    /// What the rows add up to.
    package private(set) var summary = ExecutionSummary()
    /// In an order by time: the oldest first, so that a new one is an append. Else the last of the list first.
    private var ascending: [OperatorExecutionRow] = []

    package init(_ order: OperatorExecutionOrder = .newest) { self.order = order }

    /// How many are held.
    package var count: Int { ascending.count }
    package var isEmpty: Bool { ascending.isEmpty }
    /// In an order by time, the newest and the oldest that are held.
    package var newest: OperatorExecutionRow? { ascending.last }
    package var oldest: OperatorExecutionRow? { ascending.first }
    /// From the first of the list to the last.
    package var inOrder: [OperatorExecutionRow] { order == .oldest ? ascending : ascending.reversed() }

    /// The execution at an index, 0 is the first of the list.
    package subscript(index: Int) -> OperatorExecutionRow { ascending[place(of: index)] }

    /// The index of the execution at a position, or where it is not held of the next one; `count` when there is none.
    package func index(atOrAfter position: ExecutionPosition) -> Int {
        switch order {
        case .newest: count - firstPlace(after: position)
        case .oldest: firstPlace(after: position) - (holds(position) ? 1 : 0)
        case .highestScore, .lowestScore, .slowest, .fastest, .mostExpensive, .cheapest:
            ascending.firstIndex { $0.id == position.id }.map { count - 1 - $0 } ?? 0
        }
    }

    /// Whether the execution at a position is held.
    package func contains(_ position: ExecutionPosition) -> Bool {
        order.isByTime ? holds(position) : ascending.contains { $0.id == position.id }
    }

    /// Puts a row in its place in time; says whether it was not held before.
    @discardableResult
    package mutating func insert(_ row: OperatorExecutionRow) -> Bool {
        let place = firstPlace(after: ExecutionPosition(row))
        if place > 0, ascending[place - 1].id == row.id { return false }
        ascending.insert(row, at: place)
        summary.add(row)
        return true
    }

    /// Puts the rows of the page that follows behind those that are held.
    package mutating func append(_ rows: [OperatorExecutionRow]) {
        guard order == .newest else {
            for row in rows { insert(row) }
            return
        }
        let limit = oldest.map(ExecutionPosition.init)
        let older = rows.filter { row in limit.map { ExecutionPosition(row) < $0 } ?? true }
        ascending.insert(contentsOf: older.reversed(), at: 0)
        for row in older { summary.add(row) }
    }

    /// Holds these and no others, the first of the list first.
    package mutating func replace(with rows: [OperatorExecutionRow]) {
        ascending = order == .oldest ? rows : rows.reversed()
        recount()
    }

    /// Lets the oldest go until at most `limit` are held; says whether any went.
    package mutating func trim(to limit: Int) -> Bool {
        guard count > limit else { return false }
        ascending.removeFirst(count - limit)
        recount()
        return true
    }

    /// Lets everything go that is older than a position.
    package mutating func dropOlder(than position: ExecutionPosition) {
        let place = firstPlace(after: position) - (holds(position) ? 1 : 0)
        guard place > 0 else { return }
        ascending.removeFirst(place)
        recount()
    }

    /// Keeps what a filter shows.
    package mutating func keep(_ filter: OperatorExecutionFilter) {
        ascending.removeAll { !filter.matches($0) }
        recount()
    }

    /// Changes the tags of some.
    package mutating func tag(_ ids: Set<UUID>, _ change: ([String]) -> [String]) {
        for place in ascending.indices where ids.contains(ascending[place].id) {
            ascending[place] = ascending[place].tagged(change(ascending[place].tags))
        }
    }

    private mutating func recount() {
        summary = ExecutionSummary()
        for row in ascending { summary.add(row) }
    }

    private func place(of index: Int) -> Int { order == .oldest ? index : ascending.count - 1 - index }

    private func holds(_ position: ExecutionPosition) -> Bool {
        let place = firstPlace(after: position)
        return place > 0 && ascending[place - 1].id == position.id
    }

    /// The first place, oldest first, of a row that is newer than a position.
    private func firstPlace(after position: ExecutionPosition) -> Int {
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

extension OperatorExecutionOrder {
    /// Whether rows stand as they were recorded; other orders are made once, among the newest that match.
    package var isByTime: Bool { self == .newest || self == .oldest }
}

extension OperatorExecutionRow {
    /// The row with other tags.
    package func tagged(_ tags: [String]) -> OperatorExecutionRow {
        OperatorExecutionRow(
            id: id, createdAt: createdAt, type: type, name: name, itemID: itemID, parentID: parentID, judgeID: judgeID,
            batchID: batchID, score: score, failure: failure, model: model, provider: provider,
            latencyMilliseconds: latencyMilliseconds,
            costNanodollars: costNanodollars, projectID: projectID, projectName: projectName, sessionID: sessionID,
            userID: userID, tags: tags)
    }
}
