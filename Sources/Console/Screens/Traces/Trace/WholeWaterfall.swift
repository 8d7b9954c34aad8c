import Terminal
import WireAPI

/// The rows of a waterfall with a cursor that stays on its span, and spans that are folded.
struct WholeWaterfall: Sendable {
    private var spans: [OperatorSpan] = []
    private var folded: Set<String> = []
    private(set) var rows: [WaterfallRow] = []
    /// The first row on the screen.
    private(set) var top = 0
    private(set) var cursor: String?
    private var visibleRows = 1

    var cursorIndex: Int? { cursor.flatMap { id in rows.firstIndex { $0.id == id } } }
    var selected: WaterfallRow? { cursorIndex.map { rows[$0] } }

    mutating func set(_ spans: [OperatorSpan]) {
        self.spans = spans
        arrange()
    }

    mutating func resize(visibleRows: Int) {
        self.visibleRows = max(1, visibleRows)
        settle()
    }

    mutating func move(_ move: Move) {
        let index = cursorIndex ?? 0
        switch move {
        case .up: put(index - 1)
        case .down: put(index + 1)
        case .pageUp: put(index - max(1, visibleRows - 1))
        case .pageDown: put(index + max(1, visibleRows - 1))
        case .start: put(0)
        case .end: put(rows.count - 1)
        }
    }

    /// Puts the cursor on a visible row, counted from the first.
    mutating func point(atVisible row: Int) { if row >= 0 { put(top + row) } }

    /// Folds away what the span under the cursor contains, or shows it.
    mutating func fold() {
        guard let cursor else { return }
        if folded.remove(cursor) == nil { folded.insert(cursor) }
        arrange()
    }

    /// Folds away everything below the outermost spans, or shows all.
    mutating func foldAll() {
        folded = folded.isEmpty ? Set(rows.filter { $0.depth == 0 }.map(\.id)) : []
        arrange()
    }

    /// Goes to the next span with an error, round and round; what hides it is shown.
    mutating func goToNextError() {
        if !folded.isEmpty {
            folded = []
            arrange()
        }
        let start = (cursorIndex ?? -1) + 1
        let order = Array(rows.indices.dropFirst(start)) + Array(rows.indices.prefix(start))
        if let index = order.first(where: { rows[$0].span.hasError }) { put(index) }
    }

    private mutating func put(_ index: Int) {
        guard !rows.isEmpty else { return }
        cursor = rows[min(max(0, index), rows.count - 1)].id
        settle()
    }

    private mutating func arrange() {
        let place = cursorIndex ?? 0
        rows = Waterfall.rows(spans, folded: folded)
        if cursorIndex == nil { cursor = rows.isEmpty ? nil : rows[min(place, rows.count - 1)].id }
        settle()
    }

    private mutating func settle() {
        let index = cursorIndex ?? 0
        top = min(top, index, max(0, rows.count - visibleRows))
        top = max(top, index - visibleRows + 1, 0)
    }
}
