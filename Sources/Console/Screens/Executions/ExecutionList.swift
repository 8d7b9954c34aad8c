import FoundationEssentials
package import WireAPI

/// The list of executions: what is held, where the cursor is, what is being loaded. Pure; the views read it.
package struct Executions: Sendable {
    /// What is known of the newest page.
    package enum Load: Sendable, Hashable {
        case never
        case loading(since: Duration)
        case loaded(at: Duration)
        case failed(ServerFailure, since: Duration)
    }

    /// What is known of the executions behind the oldest that is held.
    package enum Older: Sendable, Hashable {
        case unknown
        case from(cursor: String)
        case loading(cursor: String)
        case failed(cursor: String, ServerFailure)
        /// The oldest that exists is held.
        case end
        /// More are held than is good; the oldest were let go.
        case released
    }

    /// The most rows to hold.
    package static let limit = 10_000
    private static let slack = 500
    /// Older rows are asked for when the cursor is this near to the oldest.
    private static let lookahead = 30

    package private(set) var rows = ExecutionRows()
    /// The row under the cursor: a place in the order, not a line of the screen, so that new rows do not move it.
    package private(set) var cursor: ExecutionPosition?
    /// The index of the first row on the screen.
    package private(set) var top = 0
    /// Whether the cursor stays on the newest row.
    package private(set) var isFollowing = true
    /// How many rows came in above the screen since the cursor left the newest.
    package private(set) var unseen = 0
    package private(set) var load = Load.never
    package private(set) var older = Older.unknown
    package private(set) var filterText = ""
    package private(set) var filter = OperatorExecutionFilter()
    /// The filter while it is typed.
    package private(set) var field: TextField?
    /// What is wrong with the filter that is typed.
    package private(set) var problem: String?

    private var expected = 0
    private var failures = 0
    private var bodyRows = 1

    package init() {}

    /// The index of the row under the cursor.
    package var cursorIndex: Int? { cursor.map { min(rows.index(atOrBefore: $0), rows.count - 1) } }
    /// The row under the cursor.
    package var selected: OperatorExecutionRow? { cursorIndex.map { rows[$0] } }

    /// The number of rows that the screen has for the list.
    mutating func resize(bodyRows: Int) {
        self.bodyRows = max(1, bodyRows)
        settle()
    }

    // MARK: Loading

    /// Asks for the newest page.
    mutating func reload(at now: Duration, delay: Duration = .zero) -> Effect {
        expected += 1
        if rows.isEmpty, delay == .zero { load = .loading(since: now) }
        return .loadPage(PageRequest(number: expected, filter: filter, cursor: nil), delay: delay)
    }

    /// Takes a page; answers of requests that nobody waits for any more are dropped.
    mutating func take(
        _ request: PageRequest, _ result: Result<OperatorExecutionPage, ServerFailure>, at now: Duration
    ) -> [Effect] {
        if let cursor = request.cursor {
            takeOlder(cursor, result)
            return []
        }
        guard request.number == expected else { return [] }
        switch result {
        case .success(let page):
            failures = 0
            load = .loaded(at: now)
            merge(page)
            return []
        case .failure(let failure):
            let since: Duration
            if case .failed(_, let first) = load { since = first } else { since = now }
            load = .failed(failure, since: since)
            failures += 1
            return failure.isTransient ? [reload(at: now, delay: Backoff.delay(afterFailures: failures))] : []
        }
    }

    /// Rows that came live meanwhile stay; older ones stay where the page reaches down to them, else there would be a
    /// hole that nobody sees.
    private mutating func merge(_ page: OperatorExecutionPage) {
        let reachesDown: Bool
        if let last = page.results.last {
            reachesDown = rows.contains(ExecutionPosition(last))
        } else {
            reachesDown = false
        }
        for row in page.results { rows.insert(row) }
        if !reachesDown || older == .unknown {
            if let last = page.results.last { rows.dropOlder(than: ExecutionPosition(last)) }
            older = page.next.map { .from(cursor: $0) } ?? .end
        }
        settle()
    }

    private mutating func takeOlder(_ cursor: String, _ result: Result<OperatorExecutionPage, ServerFailure>) {
        guard older == .loading(cursor: cursor) else { return }
        switch result {
        case .success(let page):
            rows.append(older: page.results)
            older = page.next.map { .from(cursor: $0) } ?? .end
            trim()
        case .failure(let failure):
            older = .failed(cursor: cursor, failure)
        }
        settle()
    }

    /// Asks for older rows where the cursor has come near to the oldest.
    mutating func loadOlderIfNear() -> [Effect] {
        guard let index = cursorIndex, index >= rows.count - Self.lookahead else { return [] }
        let cursor: String
        switch older {
        case .from(let next): cursor = next
        // Another try needs another key.
        case .failed(let next, _): cursor = next
        case .unknown, .loading, .end, .released: return []
        }
        older = .loading(cursor: cursor)
        return [.loadPage(PageRequest(number: expected, filter: filter, cursor: cursor), delay: .zero)]
    }

    /// Takes an execution that was recorded now.
    mutating func takeLive(_ row: OperatorExecutionRow) {
        // A late one from behind the oldest comes with its page: between the two may be others.
        if let oldest = rows.oldest, ExecutionPosition(row) < ExecutionPosition(oldest), older != .end { return }
        guard filter.matches(row), let index = rows.insert(row) else { return }
        if !isFollowing {
            // What is on the screen stays where it is.
            if index <= top { top += 1 }
            if index < top { unseen += 1 }
        }
        trim()
        settle()
    }

    /// Letting go one by one would move all the others each time.
    private mutating func trim() {
        guard rows.count >= Self.limit + Self.slack, rows.trim(to: Self.limit) else { return }
        older = .released
    }

    // MARK: Moving

    mutating func move(by count: Int) {
        guard let index = cursorIndex else { return }
        move(to: index + count)
    }

    mutating func move(_ move: Move) {
        switch move {
        case .up: self.move(by: -1)
        case .down: self.move(by: 1)
        case .pageUp: self.move(by: 1 - max(2, bodyRows))
        case .pageDown: self.move(by: max(2, bodyRows) - 1)
        case .start: self.move(to: 0)
        case .end: self.move(to: rows.count - 1)
        }
    }

    /// The cursor on the newest row follows it.
    private mutating func move(to index: Int) {
        guard !rows.isEmpty else { return }
        let index = min(max(0, index), rows.count - 1)
        cursor = ExecutionPosition(rows[index])
        isFollowing = index == 0
        settle()
    }

    /// Puts cursor and screen where they belong after any change.
    private mutating func settle() {
        guard !rows.isEmpty else {
            cursor = nil
            top = 0
            unseen = 0
            isFollowing = true
            return
        }
        if isFollowing { cursor = rows.newest.map(ExecutionPosition.init) }
        let index = cursorIndex ?? 0
        cursor = ExecutionPosition(rows[index])
        top = min(top, index, max(0, rows.count - bodyRows))
        top = max(top, index - bodyRows + 1, 0)
        unseen = isFollowing ? 0 : min(unseen, top)
    }

    // MARK: Filtering

    mutating func editFilter() { field = TextField(filterText) }

    mutating func edit(_ change: (inout TextField) -> Void) {
        guard var edited = field else { return }
        change(&edited)
        field = edited
        problem = Self.problem(of: edited.text)
    }

    mutating func cancelFilter() {
        field = nil
        problem = nil
    }

    /// Applies what was typed; `nil` when it cannot be understood, the field stays open then.
    mutating func applyFilter(at now: Duration) -> Effect? {
        guard let field else { return nil }
        return setFilter(field.text, at: now)
    }

    /// Shows what a filter text selects; `nil` when it cannot be understood.
    mutating func setFilter(_ text: String, at now: Duration) -> Effect? {
        do {
            filter = try FilterQuery.parse(text)
        } catch {
            problem = error.message
            return nil
        }
        filterText = text.split(separator: " ").joined(separator: " ")
        cancelFilter()
        // What is held already shows at once; what lies between is not known until the page comes.
        rows.keep(filter)
        older = .unknown
        isFollowing = true
        top = 0
        load = .never
        settle()
        return reload(at: now)
    }

    private static func problem(of text: String) -> String? {
        do {
            _ = try FilterQuery.parse(text)
            return nil
        } catch {
            return error.message
        }
    }
}
