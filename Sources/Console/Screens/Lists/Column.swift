package import Terminal

/// One column of a table.
package struct Column<Row: Sendable>: Sendable {
    /// How wide it is.
    package enum Width: Sendable, Hashable {
        case fixed(Int)
        /// Gets what the others leave, at least this.
        case flexible(minimum: Int)
    }

    /// Its name in sorting and saved views.
    package let id: String
    package let title: String
    package let width: Width
    /// Numbers stand on the right, so that their digits are below each other.
    package let isNumber: Bool
    /// Columns with a high rank go first when there is not room for all; rank 0 stays.
    package let rank: Int
    package let text: @Sendable (Row, Scope) -> String
    package let ink: @Sendable (Row, Scope) -> Ink
    /// Whether a row comes before another; `nil` when rows cannot be sorted by it.
    package let precedes: (@Sendable (Row, Row) -> Bool)?

    package init(
        _ id: String, _ title: String, _ width: Width, isNumber: Bool = false, rank: Int = 0,
        precedes: (@Sendable (Row, Row) -> Bool)? = nil,
        ink: @escaping @Sendable (Row, Scope) -> Ink = { _, _ in .plain },
        text: @escaping @Sendable (Row, Scope) -> String
    ) {
        self.id = id
        self.title = title
        self.width = width
        self.isNumber = isNumber
        self.rank = rank
        self.precedes = precedes
        self.ink = ink
        self.text = text
    }
}

/// Compares by a value that some rows lack; those come first, so that they are last in descending order.
package func ascending<Row, Value: Comparable & SendableMetatype>(
    _ value: @escaping @Sendable (Row) -> Value?
) -> @Sendable (Row, Row) -> Bool {
    { left, right in
        guard let second = value(right) else { return false }
        guard let first = value(left) else { return true }
        return first < second
    }
}
