internal import Terminal

/// How the body is divided between the list, what its rows add up to, and the row under the cursor in full.
struct ExecutionsDivision: Sendable, Hashable {
    private static let besideFrom = 150
    private static let belowFrom = 20

    private let size: Size
    /// Whether there is a line about the rows that are held.
    let hasSummary: Bool
    /// Columns of the preview beside the list, 0 for none.
    let previewColumns: Int
    /// Rows of the preview below the list, 0 for none.
    let previewRows: Int

    /// Divides a body of a size; `isPreviewed` is whether a preview is wanted where there is room.
    init(size: Size, isPreviewed: Bool) {
        self.size = size
        let isBeside = isPreviewed && size.columns >= Self.besideFrom && size.rows >= 12
        previewColumns = isBeside ? min(96, size.columns * 2 / 5) : 0
        previewRows = isPreviewed && !isBeside && size.rows >= Self.belowFrom ? max(5, size.rows / 3 - 1) : 0
        hasSummary = size.rows >= 14
    }

    /// Whether the row under the cursor is shown in full.
    var hasPreview: Bool { previewColumns > 0 || previewRows > 0 }
    /// Rows of executions.
    var bodyRows: Int { max(1, size.rows - previewRows - (hasSummary ? 1 : 0) - 1) }

    /// The titles and the rows.
    func list(in area: Area) -> Area {
        area.left(area.columns.count - previewColumns).top(size.rows - previewRows - (hasSummary ? 1 : 0))
    }

    /// The line about the rows that are held.
    func summary(in area: Area) -> Area? {
        guard hasSummary else { return nil }
        return area.left(area.columns.count - previewColumns).below(size.rows - previewRows - 1).top(1)
    }

    /// The row under the cursor in full; below the list the line about the rows is its border.
    func preview(in area: Area) -> Area? {
        if previewColumns > 0 { return area.right(of: area.columns.count - previewColumns) }
        return previewRows > 0 ? area.below(size.rows - previewRows) : nil
    }
}
