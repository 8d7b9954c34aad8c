package import FoundationEssentials

/// The place of one row in the order by creation: lists are read from one such place to the next, so a page stays
/// right while rows come and go around it.
package struct Keyset: Sendable, Hashable {
    package let createdAt: Date
    package let id: UUID

    package init(createdAt: Date, id: UUID) {
        self.createdAt = createdAt
        self.id = id
    }
}

/// Which rows of a list are wanted.
package struct PageRequest: Sendable, Hashable {
    /// In which order the rows are shown.
    package enum Order: Sendable, Hashable {
        case newestFirst
        case oldestFirst
    }

    /// Where the page lies in that order.
    package enum Position: Sendable, Hashable {
        case start
        /// The rows that follow this one.
        case after(Keyset)
        /// The rows right before this one.
        case before(Keyset)
    }

    package let limit: Int
    package let order: Order
    package let position: Position

    /// Asks for at most `limit` rows, which is at least one.
    package init(limit: Int, order: Order = .newestFirst, position: Position = .start) {
        precondition(limit > 0, "a page holds at least one row")
        self.limit = limit
        self.order = order
        self.position = position
    }
}

/// One page of a list, in the order that was asked for.
package struct Slice<Item: Sendable>: Sendable {
    package let items: [Item]
    /// Whether rows come before the first of these.
    package let hasPrevious: Bool
    /// Whether rows come after the last of these.
    package let hasNext: Bool

    package init(items: [Item], hasPrevious: Bool, hasNext: Bool) {
        self.items = items
        self.hasPrevious = hasPrevious
        self.hasNext = hasNext
    }

    /// The same page with each item replaced.
    package func map<Other: Sendable>(_ transform: (Item) throws -> Other) rethrows -> Slice<Other> {
        Slice<Other>(items: try items.map(transform), hasPrevious: hasPrevious, hasNext: hasNext)
    }
}
