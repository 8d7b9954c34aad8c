package import Terminal

/// A list that is held whole: filtered and sorted here, with a cursor that stays on its row whatever comes and goes, and
/// with marks.
package struct Listing<Row: Sendable & Identifiable>: Sendable where Row.ID: Sendable {
    package let columns: [Column<Row>]
    /// What a filter asks of a row.
    private let facts: @Sendable (Row) -> Query.Facts

    /// Every row, as it came.
    package private(set) var rows: [Row] = []
    /// The rows that the filter shows, in order.
    package private(set) var shown: [Row] = []
    /// The first row on the screen.
    package private(set) var top = 0
    package private(set) var cursor: Row.ID?
    package private(set) var marks: Set<Row.ID> = []
    package private(set) var queryText = ""
    package private(set) var query = Query()
    package private(set) var sorting: Sorting
    private var lastMark: Row.ID?
    private var lastIndex = 0
    private var visibleRows = 1

    package init(
        _ columns: [Column<Row>], sorting: Sorting, facts: @escaping @Sendable (Row) -> Query.Facts
    ) {
        self.columns = columns
        self.sorting = sorting
        self.facts = facts
    }

    /// The place of the row under the cursor.
    package var cursorIndex: Int? { cursor.flatMap { id in shown.firstIndex { $0.id == id } } }
    /// The row under the cursor.
    package var selected: Row? { cursorIndex.map { shown[$0] } }
    /// The marked rows in order; without marks the one under the cursor: what an action is about.
    package var targets: [Row] { marks.isEmpty ? selected.map { [$0] } ?? [] : shown.filter { marks.contains($0.id) } }
    /// What rows can be sorted by.
    package var sortChoices: [SortChoice] { columns.filter { $0.precedes != nil }.map { SortChoice($0.id, $0.title) } }

    /// Takes the rows that there are now.
    package mutating func set(_ rows: [Row]) {
        self.rows = rows
        arrange()
    }

    /// Shows what a filter selects.
    package mutating func filter(_ text: String, _ query: Query) {
        queryText = text
        self.query = query
        top = 0
        arrange()
    }

    package mutating func sort(_ sorting: Sorting) {
        self.sorting = sorting
        arrange()
    }

    /// The number of rows that the screen has for it, without the titles.
    package mutating func resize(visibleRows: Int) {
        self.visibleRows = max(1, visibleRows)
        settle()
    }

    package mutating func move(_ move: Move) {
        let index = cursorIndex ?? 0
        switch move {
        case .up: put(index - 1)
        case .down: put(index + 1)
        case .pageUp: put(index - max(1, visibleRows - 1))
        case .pageDown: put(index + max(1, visibleRows - 1))
        case .start: put(0)
        case .end: put(shown.count - 1)
        }
    }

    /// Puts the cursor on a visible row, counted from the first.
    package mutating func point(atVisible row: Int) { put(min(top + row, shown.count - 1)) }

    /// Puts the cursor on a row that the filter shows.
    package mutating func point(at id: Row.ID) {
        if let index = shown.firstIndex(where: { $0.id == id }) { put(index) }
    }

    package mutating func mark(_ change: MarkChange) {
        guard let cursor else { return }
        switch change {
        case .toggle:
            if marks.remove(cursor) == nil { marks.insert(cursor) }
            lastMark = cursor
            move(.down)
        case .range:
            let from = lastMark.flatMap { id in shown.firstIndex { $0.id == id } } ?? cursorIndex ?? 0
            let to = cursorIndex ?? from
            for index in min(from, to)...max(from, to) { marks.insert(shown[index].id) }
        case .all: marks = Set(shown.map(\.id))
        case .none: marks = []
        case .invert: marks = Set(shown.map(\.id)).subtracting(marks)
        }
    }

    private mutating func put(_ index: Int) {
        guard !shown.isEmpty else { return }
        cursor = shown[min(max(0, index), shown.count - 1)].id
        settle()
    }

    private mutating func arrange() {
        var found = query.terms.isEmpty ? rows : rows.filter { query.matches(facts($0)) }
        if let precedes = columns.first(where: { $0.id == sorting.column })?.precedes {
            // Stable: rows that are alike keep the order that the server gave them.
            let order = found.indices.sorted { left, right in
                if precedes(found[left], found[right]) { return !sorting.isDescending }
                if precedes(found[right], found[left]) { return sorting.isDescending }
                return left < right
            }
            found = order.map { found[$0] }
        }
        shown = found
        // What is not seen is not marked: an action must not reach it.
        if !marks.isEmpty { marks.formIntersection(shown.map(\.id)) }
        settle()
    }

    private mutating func settle() {
        guard !shown.isEmpty else {
            cursor = nil
            top = 0
            return
        }
        // The row under the cursor has gone: its neighbour takes over.
        let index = cursorIndex ?? min(lastIndex, shown.count - 1)
        cursor = shown[index].id
        lastIndex = index
        top = min(top, index, max(0, shown.count - visibleRows))
        top = max(top, index - visibleRows + 1, 0)
    }

    /// Draws the titles and the visible rows.
    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let table = TableView(columns, sorting: sorting, in: area, scope)
        table.drawTitles(into: &frame)
        for (offset, row) in shown.dropFirst(top).prefix(TableView<Row>.rows(in: area)).enumerated() {
            table.draw(
                row, at: offset, isCurrent: row.id == cursor, isMarked: marks.contains(row.id), into: &frame)
        }
    }

    /// What is shown, as texts.
    package func table(_ scope: Scope) -> (titles: [String], rows: [[String]]) {
        (columns.map(\.title), shown.map { row in columns.map { $0.text(row, scope) } })
    }
}
