package import Terminal

/// Draws rows as a table: titles, the cursor, marks.
package struct TableView<Row: Sendable> {
    private let columns: [Column<Row>]
    private let layout: TableLayout
    private let area: Area
    private let scope: Scope
    private let sorting: Sorting?

    package init(_ columns: [Column<Row>], sorting: Sorting?, in area: Area, _ scope: Scope) {
        self.columns = columns
        self.area = area
        self.scope = scope
        self.sorting = sorting
        layout = TableLayout(columns, width: area.columns.count)
    }

    /// How many rows fit below the titles.
    package static func rows(in area: Area) -> Int { max(0, area.rows.count - 1) }

    /// The row of titles, with an arrow at the one that is sorted by.
    package func drawTitles(into frame: inout Frame) {
        guard let row = area.rows.first else { return }
        for slot in layout.slots {
            let column = columns[slot.column]
            let isSorted = sorting?.column == column.id
            let arrow = isSorted ? (sorting?.isDescending == true ? scope.marks.sortedDown : scope.marks.sortedUp) : ""
            put(column.title + arrow, slot, column.isNumber, row, Style(isSorted ? .accent : .quiet), into: &frame)
        }
    }

    /// One row, counted from the first that is visible.
    package func draw(_ item: Row, at index: Int, isCurrent: Bool, isMarked: Bool, into frame: inout Frame) {
        let row = area.rows.lowerBound + 1 + index
        guard row < area.rows.upperBound else { return }
        let ground: Ground = isCurrent ? .selection : isMarked ? .mark : .page
        let left = area.columns.lowerBound
        if isCurrent || isMarked { frame.fill(row, Style(.plain, on: ground), from: left, width: area.columns.count) }
        if isCurrent { frame.put(scope.marks.cursor, row, left, Style(.accent, on: ground)) }
        if isMarked { frame.put("*", row, left + 1, Style(.accent, on: ground)) }
        for slot in layout.slots {
            let column = columns[slot.column]
            let style = Style(column.ink(item, scope), on: ground)
            put(column.text(item, scope), slot, column.isNumber, row, style, into: &frame)
        }
    }

    private func put(
        _ text: String, _ slot: TableLayout.Slot, _ isNumber: Bool, _ row: Int, _ style: Style, into frame: inout Frame
    ) {
        let start = area.columns.lowerBound + slot.start
        let width = min(slot.width, area.columns.upperBound - start)
        let columns = isNumber ? text.columns : 0
        let column = isNumber && columns < width ? start + width - columns : start
        frame.put(text, row, column, style, width: width - (column - start))
    }
}
