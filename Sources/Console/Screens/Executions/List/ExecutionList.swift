internal import FoundationEssentials
package import WireAPI

/// The list of executions: what is held, where the cursor is, what is marked. Pure; the views read it.
///
/// New executions come in by themselves, yet nothing moves under the eye: away from the newest, the screen stays where it
/// is and what came in above is counted; and while someone is at it (see ``isStill(at:)``) the order itself stays.
package struct ExecutionList: Sendable {
    /// The most rows to hold.
    package static let limit = 10_000
    private static let slack = 500
    /// More rows are asked for when the cursor is this near to the last.
    private static let lookahead = 30
    /// How long rows keep their places after the cursor was moved.
    package static let settling = Duration.seconds(3)

    package private(set) var rows = ExecutionRows()
    package private(set) var pages = ExecutionPages()
    /// The row under the cursor: a place in the order, not a line of the screen, so that new rows do not move it.
    package private(set) var cursor: ExecutionPosition?
    /// The index of the first row on the screen.
    package private(set) var top = 0
    /// Whether the cursor stays on the newest row.
    package private(set) var isFollowing = true
    package private(set) var marks = ExecutionMarks()
    /// Whether rows keep their places until it is said otherwise.
    package private(set) var isHeld = false
    package private(set) var filterText = ""
    /// How many rows came in above the screen since the cursor left the newest.
    private var above = 0
    private var waiting = WaitingExecutions()
    private var movedAt: Duration?
    private var bodyRows = 1

    package init() {}

    /// The index of the row under the cursor.
    package var cursorIndex: Int? {
        guard let cursor, !rows.isEmpty else { return nil }
        return min(rows.index(atOrAfter: cursor), rows.count - 1)
    }

    /// The row under the cursor.
    package var selected: OperatorExecutionRow? { cursorIndex.map { rows[$0] } }

    /// The marked rows in order; without marks the one under the cursor: what an action is about.
    package var targets: [OperatorExecutionRow] {
        marks.isEmpty ? selected.map { [$0] } ?? [] : rows.inOrder.filter { marks.contains($0.id) }
    }

    /// How many came that the screen does not show.
    package var unseen: Int { above + waiting.count }

    /// Whether rows keep their places now: some are marked, the cursor was just moved, or it was asked for.
    package func isStill(at now: Duration) -> Bool {
        isHeld || !marks.isEmpty || movedAt.map { now - $0 < Self.settling } ?? false
    }

    /// When what came will be let in, `nil` where nothing waits or only a key lets it in.
    var thawsAt: Duration? {
        guard waiting.count > 0, pages.order == .newest, !isHeld, marks.isEmpty else { return nil }
        return movedAt.map { $0 + Self.settling }
    }

    /// The number of rows that the screen has for the list.
    package mutating func resize(bodyRows: Int) {
        self.bodyRows = max(1, bodyRows)
        settle()
    }

    // MARK: What comes

    /// Asks for the first page.
    mutating func reload(_ context: inout ScreenContext) { pages.reload(&context) }

    /// Asks for the first page by the same filter, whose times may have gone on.
    mutating func reload(_ filter: OperatorExecutionFilter, _ context: inout ScreenContext) {
        if filter != pages.filter {
            pages.filter = filter
            keepingPlace { $0.keep(filter) }
            marks.keep(rows)
        }
        pages.reload(&context)
    }

    /// Takes an answer, when it is one that is waited for.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        switch pages.receive(answer, &context) {
        case .first(let page): merge(page)
        case .following(let page):
            keepingPlace { $0.append(page.results) }
            trim()
        case nil: return
        }
        loadFollowingIfNear(&context, onRequest: false)
    }

    /// Rows that came live meanwhile stay; older ones stay where the page reaches down to them, else there would be a
    /// hole that nobody sees.
    private mutating func merge(_ page: OperatorExecutionPage) {
        switch pages.order {
        case .newest:
            let last = page.results.last.map(ExecutionPosition.init)
            let reachesDown = last.map(rows.contains) ?? false
            let isAnew = !reachesDown || pages.rest == .unknown
            keepingPlace { rows in
                for row in page.results { rows.insert(row) }
                if isAnew, let last { rows.dropOlder(than: last) }
            }
            if isAnew { pages.goOn(behind: page) }
        case .oldest:
            keepingPlace { rows in for row in page.results { rows.insert(row) } }
            if pages.rest == .unknown { pages.goOn(behind: page) }
        case .highestScore, .lowestScore, .slowest, .fastest, .mostExpensive, .cheapest:
            waiting = WaitingExecutions()
            rows.replace(with: page.results)
            pages.goOn(behind: page)
        }
        marks.keep(rows)
        settle()
    }

    /// Takes an execution that was recorded now.
    mutating func takeLive(_ row: OperatorExecutionRow, _ context: inout ScreenContext) {
        guard pages.filter.matches(row), !rows.contains(ExecutionPosition(row)) else { return }
        switch pages.order {
        case .newest:
            // A late one from behind the oldest comes with its page: between the two may be others.
            if let oldest = rows.oldest, ExecutionPosition(row) < ExecutionPosition(oldest), pages.rest != .end {
                return
            }
            waiting.add(row)
            thaw(&context)
        case .oldest: if pages.rest == .end { keepingPlace { $0.insert(row) } }
        // A ranking is made once; what came since is only counted.
        case .highestScore, .lowestScore, .slowest, .fastest, .mostExpensive, .cheapest: waiting.add(row)
        }
    }

    /// Changes the tags of some. They stay even where the filter would not show them any more, until it is read anew:
    /// what someone just tagged must not vanish under the hand.
    mutating func tag(_ ids: Set<UUID>, _ change: ([String]) -> [String]) {
        rows.tag(ids, change)
        waiting.tag(ids, change)
    }

    /// Lets in what came, unless the rows are to keep their places.
    mutating func thaw(_ context: inout ScreenContext) {
        guard waiting.count > 0, pages.order == .newest, !isStill(at: context.now) else { return }
        if waiting.isIncomplete { reload(&context) }
        let arrived = waiting.take()
        keepingPlace { rows in for row in arrived { rows.insert(row) } }
        trim()
    }

    /// Letting go one by one would move all the others each time.
    private mutating func trim() {
        guard rows.count >= Self.limit + Self.slack else { return }
        if pages.order == .newest, rows.trim(to: Self.limit) { marks.keep(rows) }
        pages.rest = .released
        settle()
    }

    /// Asks for more rows where the cursor has come near to the last.
    private mutating func loadFollowingIfNear(_ context: inout ScreenContext, onRequest isAsked: Bool) {
        guard (cursorIndex ?? 0) >= rows.count - max(Self.lookahead, bodyRows) else { return }
        if isAsked || rows.count < bodyRows { pages.loadFollowing(&context, onRequest: isAsked) }
    }

    // MARK: Moving

    mutating func move(_ move: Move, _ context: inout ScreenContext) {
        guard let index = cursorIndex else {
            // A search that has found nothing yet goes on.
            pages.loadFollowing(&context, onRequest: true)
            return
        }
        movedAt = move == .start ? nil : context.now
        switch move {
        case .up: put(index - 1)
        case .down: put(index + 1)
        case .pageUp: put(index - max(1, bodyRows - 1))
        case .pageDown: put(index + max(1, bodyRows - 1))
        case .start:
            put(0)
            thaw(&context)
        case .end: put(rows.count - 1)
        }
        pages.resumeSearch()
        loadFollowingIfNear(&context, onRequest: true)
    }

    /// Puts the cursor on a visible row, counted from the first.
    mutating func point(atVisible row: Int, _ context: inout ScreenContext) {
        movedAt = context.now
        put(top + row)
    }

    /// Marks rows; the cursor goes on behind the one that got or lost its mark.
    mutating func mark(_ change: MarkChange, _ context: inout ScreenContext) {
        guard let index = cursorIndex else { return }
        marks.change(change, rows, cursor: index)
        if change == .toggle { move(.down, &context) }
    }

    /// Rows keep their places until this is done again.
    mutating func toggleHold(_ context: inout ScreenContext) {
        isHeld.toggle()
        thaw(&context)
    }

    /// The cursor on the newest row follows it.
    private mutating func put(_ index: Int) {
        guard !rows.isEmpty else { return }
        let index = min(max(0, index), rows.count - 1)
        cursor = ExecutionPosition(rows[index])
        isFollowing = index == 0 && rows.order == .newest
        settle()
    }

    /// Changes the rows; the screen stays on the row that is its first.
    private mutating func keepingPlace(_ change: (inout ExecutionRows) -> Void) {
        let first = top < rows.count ? ExecutionPosition(rows[top]) : nil
        change(&rows)
        if !isFollowing, let first {
            let index = rows.index(atOrAfter: first)
            if rows.order == .newest { above += max(0, index - top) }
            top = index
        }
        settle()
    }

    /// Puts cursor and screen where they belong after any change.
    private mutating func settle() {
        guard !rows.isEmpty else {
            (cursor, top, above) = (nil, 0, 0)
            isFollowing = rows.order == .newest
            return
        }
        if isFollowing { cursor = ExecutionPosition(rows[0]) }
        let index = cursorIndex ?? 0
        cursor = ExecutionPosition(rows[index])
        top = min(top, index, max(0, rows.count - bodyRows))
        top = max(top, index - bodyRows + 1, 0)
        above = isFollowing ? 0 : min(above, top)
    }

    // MARK: What is shown, and how

    /// Shows what a filter selects.
    mutating func apply(_ text: String, _ filter: OperatorExecutionFilter, _ context: inout ScreenContext) {
        filterText = text
        show(filter, pages.order, &context)
    }

    /// Shows it in another order.
    mutating func sort(_ order: OperatorExecutionOrder, _ context: inout ScreenContext) {
        if order != pages.order { show(pages.filter, order, &context) }
    }

    private mutating func show(
        _ filter: OperatorExecutionFilter, _ order: OperatorExecutionOrder, _ context: inout ScreenContext
    ) {
        if order == .newest, rows.order == .newest {
            // What is held already shows at once; what lies between is not known until the page comes.
            rows.keep(filter)
        } else {
            rows = ExecutionRows(order)
        }
        pages.select(filter, order, &context)
        waiting = WaitingExecutions()
        marks = ExecutionMarks()
        movedAt = nil
        isFollowing = order == .newest
        (cursor, top) = (nil, 0)
        settle()
    }
}
