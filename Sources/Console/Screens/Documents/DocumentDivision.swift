internal import Terminal

/// How the body is divided where text stands with facts about its thing.
struct DocumentDivision: Sendable, Hashable {
    /// Rows of the text.
    let rows: Int
    /// Columns of the text.
    let textWidth: Int
    /// Columns of the facts beside it, 0 when they stand above it.
    let factsWidth: Int
    /// Rows of the facts above it.
    let factRows: Int

    /// The division of a body of a size.
    init(size: Size) {
        let isWide = size.columns >= 104
        factsWidth = isWide ? 46 : 0
        factRows = isWide || size.rows < 10 ? 0 : 2
        // Longer lines are hard to read.
        textWidth = min(112, max(1, size.columns - 2 - (isWide ? factsWidth + 3 : 0)))
        rows = max(1, size.rows - factRows)
    }
}
