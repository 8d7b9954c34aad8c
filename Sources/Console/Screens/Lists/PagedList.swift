import Terminal
package import WireAPI

/// A list of the server that may have millions of rows: some pages around the cursor are held, and rows change in their
/// places. Away from the top nothing moves under the eye; at the top the list follows what comes in.
package struct PagedList<Page: Decodable & Sendable, Row: Sendable & Identifiable>: Sendable where Row.ID: Sendable {
    /// What a page holds.
    package struct Content: Sendable {
        let rows: [Row]
        let next: String?
        /// Whether the server stopped looking before the page was full.
        let isSparse: Bool

        package init(rows: [Row], next: String?, isSparse: Bool = false) {
            self.rows = rows
            self.next = next
            self.isSparse = isSparse
        }
    }

    /// How the server is asked.
    package struct Source: Sendable {
        /// A page, the first for no cursor.
        let page: @Sendable (_ cursor: String?) -> OperatorRequest<Page>
        /// Rows that are shown, as they are now: by their ids, or by the cursor of their page.
        let rows: @Sendable (_ ids: [Row.ID], _ cursor: String?) -> OperatorRequest<Page>
        /// Whether rows that `rows` does not answer with are not there any more.
        let isExact: Bool

        package init(
            page: @escaping @Sendable (_ cursor: String?) -> OperatorRequest<Page>,
            rows: @escaping @Sendable (_ ids: [Row.ID], _ cursor: String?) -> OperatorRequest<Page>,
            isExact: Bool = false
        ) {
            self.page = page
            self.rows = rows
            self.isExact = isExact
        }
    }

    /// More rows are asked for when the cursor is this near to the last, or to the first, that is held.
    private static var lookahead: Int { 30 }
    /// Pages that are read one after the other without a key, where the server finds little.
    private static var longestSearch: Int { 20 }

    private var source: Source
    private let content: @Sendable (Page) -> Content
    package private(set) var window = PagedWindow<Row>()
    /// The first row on the screen, counted in the window.
    package private(set) var top = 0
    package private(set) var cursor: Row.ID?
    package private(set) var marks = PagedMarks<Row.ID>()
    /// Whether the cursor stays on the first row, whatever comes in there.
    package private(set) var isFollowing = true
    private var visibleRows = 1
    /// Where the cursor was: when its row has gone, the one in its place takes over.
    private var lastIndex = 0

    private var first = Awaited<Page>()
    private var following = Awaited<Page>()
    private var before = Awaited<Page>()
    private var renewal = Awaited<Page>()
    /// The rows that are read anew.
    private var renewed: Set<Row.ID> = []
    private var searched = 0
    private var failures = 0
    /// When what is shown was read, `nil` before the first page came.
    package private(set) var loadedAt: Duration?
    package private(set) var failure: ServerFailure?
    package private(set) var failingSince: Duration?

    package init(_ source: Source, content: @escaping @Sendable (Page) -> Content) {
        self.source = source
        self.content = content
    }

    package var rows: [Row] { window.rows }
    /// The place of the row under the cursor in the window.
    package var cursorIndex: Int? { cursor.flatMap { id in rows.firstIndex { $0.id == id } } }
    package var selected: Row? { cursorIndex.map { rows[$0] } }
    package var isSettled: Bool { loadedAt != nil || failure != nil }
    /// Whether all that there is is held.
    package var isWhole: Bool { window.next == nil && window.offset == 0 }
    package var isSearching: Bool { following.isWaiting && rows.count < visibleRows }
    private var isReading: Bool { first.isWaiting || renewal.isWaiting }

    // MARK: Reading

    /// Shows something else, from its first row.
    mutating func select(_ source: Source, _ context: inout ScreenContext) {
        self.source = source
        window = PagedWindow()
        (top, cursor, isFollowing, loadedAt) = (0, nil, true, nil)
        (failure, failingSince, failures) = (nil, nil, 0)
        marks = PagedMarks()
        following.forget()
        before.forget()
        renewal.forget()
        load(&context)
    }

    /// Reads it for the first time, or from its first row again.
    mutating func load(_ context: inout ScreenContext) {
        searched = 0
        first.ask(source.page(nil), &context)
    }

    /// Reads anew what is on the screen; nothing moves.
    mutating func renew(_ context: inout ScreenContext) {
        guard !isReading else { return }
        let shown = rows.dropFirst(top).prefix(visibleRows).map(\.id)
        if isFollowing || shown.isEmpty {
            load(&context)
        } else {
            renewed = Set(shown)
            renewal.ask(source.rows(shown, window.cursor(ofPageAt: top)), &context)
        }
    }

    /// Takes an answer; says whether it was one of its own.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        if let result = first.take(answer) {
            guard let page = succeeded(result, &context) else {
                if let failure, failure.isTransient {
                    first.ask(source.page(nil), delay: Backoff.delay(afterFailures: failures), &context)
                }
                return true
            }
            takeFirst(content(page))
        } else if let result = following.take(answer) {
            guard let page = succeeded(result, &context) else { return true }
            let content = content(page)
            searched = content.isSparse ? searched + 1 : 0
            top -= window.append(content.rows, next: content.next)
            settle()
        } else if let result = before.take(answer) {
            guard let page = succeeded(result, &context) else { return true }
            top += window.prepend(content(page).rows)
            settle()
        } else if let result = renewal.take(answer) {
            guard let page = succeeded(result, &context) else { return true }
            takeRenewed(content(page).rows)
        } else {
            return false
        }
        readOn(&context, onRequest: false)
        return true
    }

    private mutating func succeeded(_ result: Result<Page, ServerFailure>, _ context: inout ScreenContext) -> Page? {
        switch result {
        case .success(let page):
            loadedAt = context.now
            (failure, failingSince, failures) = (nil, nil, 0)
            return page
        case .failure(let failure):
            self.failure = failure
            failingSince = failingSince ?? context.now
            failures += 1
            return nil
        }
    }

    /// While somebody looks at what is further down, new rows wait until they come back.
    private mutating func takeFirst(_ content: Content) {
        guard isFollowing || rows.isEmpty else { return window.update(content.rows) }
        following.forget()
        before.forget()
        window.start(content.rows, next: content.next)
        settle()
    }

    private mutating func takeRenewed(_ fresh: [Row]) {
        window.update(fresh)
        guard source.isExact else { return }
        let gone = renewed.subtracting(fresh.map(\.id))
        guard !gone.isEmpty else { return }
        lastIndex -= rows.prefix(lastIndex).count { gone.contains($0.id) }
        window.remove(gone)
        marks.forget(gone)
        settle()
    }

    /// Reads what lies behind or before the cursor, where it has come near to the edge of what is held.
    private mutating func readOn(_ context: inout ScreenContext, onRequest isAsked: Bool) {
        if isAsked { searched = 0 }
        let index = cursorIndex ?? 0
        if index >= rows.count - max(Self.lookahead, visibleRows), let next = window.next, !following.isWaiting,
            isAsked || (rows.count < visibleRows && searched < Self.longestSearch)
        {
            following.ask(source.page(next), &context)
        }
        if index < max(Self.lookahead, visibleRows), let page = window.previous, !before.isWaiting, isAsked {
            before.ask(source.page(page.cursor), &context)
        }
    }

    // MARK: Moving and marking

    mutating func resize(visibleRows: Int) {
        self.visibleRows = max(1, visibleRows)
        settle()
    }

    mutating func move(_ move: Move, _ context: inout ScreenContext) {
        let index = cursorIndex ?? 0
        switch move {
        case .up: put(index - 1)
        case .down: put(index + 1)
        case .pageUp: put(index - max(1, visibleRows - 1))
        case .pageDown: put(index + max(1, visibleRows - 1))
        case .start:
            isFollowing = true
            settle()
            return load(&context)
        case .end: put(rows.count - 1)
        }
        readOn(&context, onRequest: true)
    }

    /// Puts the cursor on a visible row, counted from the first.
    mutating func point(atVisible row: Int) { put(min(top + row, rows.count - 1)) }

    mutating func mark(_ change: MarkChange, _ context: inout ScreenContext) {
        guard let index = cursorIndex else { return }
        marks.change(change, rows.map(\.id), at: index, isWhole: isWhole)
        // Rows keep their places while some are marked.
        if !marks.isEmpty { isFollowing = false }
        if change == .toggle { move(.down, &context) }
    }

    /// The first row of all is followed.
    private mutating func put(_ index: Int) {
        guard !rows.isEmpty else { return }
        let index = min(max(0, index), rows.count - 1)
        cursor = rows[index].id
        isFollowing = index == 0 && window.offset == 0 && marks.isEmpty
        settle()
    }

    private mutating func settle() {
        guard !rows.isEmpty else {
            (top, cursor) = (0, nil)
            return
        }
        let index = isFollowing ? 0 : cursorIndex ?? min(lastIndex, rows.count - 1)
        cursor = rows[index].id
        lastIndex = index
        top = min(top, index, max(0, rows.count - visibleRows))
        top = max(top, index - visibleRows + 1, 0)
    }

    // MARK: Picture

    /// Draws the titles and the visible rows.
    func draw(_ columns: [Column<Row>], sorting: Sorting?, into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let table = TableView(columns, sorting: sorting, in: area, scope)
        table.drawTitles(into: &frame)
        for (offset, row) in rows.dropFirst(top).prefix(TableView<Row>.rows(in: area)).enumerated() {
            table.draw(
                row, at: offset, isCurrent: row.id == cursor, isMarked: marks.contains(row.id), into: &frame)
        }
    }
}
