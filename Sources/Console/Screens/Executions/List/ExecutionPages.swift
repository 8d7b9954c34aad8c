package import FoundationEssentials
package import WireAPI

/// Reading the list page by page: what is asked for, what is known of the first page and of what lies behind those that
/// were read.
package struct ExecutionPages: Sendable {
    /// What is known of the first page.
    package enum Load: Sendable, Hashable {
        case never
        case loading(since: Duration)
        case loaded(at: Duration)
        case failed(ServerFailure, since: Duration)
    }

    /// What is known of the executions behind the last that is held.
    package enum Rest: Sendable, Hashable {
        case unknown
        case from(cursor: String)
        case loading(cursor: String)
        case failed(cursor: String, ServerFailure)
        /// The last that there is is held.
        case end
        /// More are held than is good: some were let go, or are not read.
        case released
    }

    /// A page that came.
    enum Arrival {
        case first(OperatorExecutionPage)
        case following(OperatorExecutionPage)
    }

    /// The most rows of a page.
    private static let pageRows = 100
    /// Pages that are read one after the other without a key, where the server finds little.
    private static let longestSearch = 20

    package internal(set) var filter = OperatorExecutionFilter()
    package private(set) var order = OperatorExecutionOrder.newest
    package private(set) var load = Load.never
    package internal(set) var rest = Rest.unknown
    /// How far back the server has looked, where it finds little.
    package private(set) var searchedThrough: Date?
    /// Among what the list was ranked, in an order other than by time.
    package private(set) var ranking: OperatorExecutionPage.Ranking?
    private var newest = Awaited<OperatorExecutionPage>()
    private var next = Awaited<OperatorExecutionPage>()
    private var failures = 0
    private var searched = 0

    package init() {}

    /// Whether the server stopped searching for a while, and a key makes it go on.
    var isSearchPaused: Bool {
        if case .from = rest { searchedThrough != nil && searched >= Self.longestSearch } else { false }
    }

    /// Asks for the first page of something else.
    mutating func select(
        _ filter: OperatorExecutionFilter, _ order: OperatorExecutionOrder, _ context: inout ScreenContext
    ) {
        self.filter = filter
        self.order = order
        rest = .unknown
        searchedThrough = nil
        ranking = nil
        next.forget()
        load = .loading(since: context.now)
        failures = 0
        askFirst(.zero, &context)
    }

    /// Asks for the first page, or anew.
    mutating func reload(_ context: inout ScreenContext) {
        if load == .never { load = .loading(since: context.now) }
        askFirst(.zero, &context)
    }

    private mutating func askFirst(_ delay: Duration, _ context: inout ScreenContext) {
        searched = 0
        newest.ask(
            .executions(filter, order: order, cursor: nil, limit: Self.pageRows), delay: delay, &context)
    }

    /// Somebody wants to see more: a search that paused goes on.
    mutating func resumeSearch() { searched = 0 }

    /// Asks for the page that follows, where there may be one.
    mutating func loadFollowing(_ context: inout ScreenContext, onRequest isAsked: Bool) {
        let cursor: String
        switch rest {
        case .from(let next): cursor = next
        case .failed(let next, _):
            // Another try needs another key.
            guard isAsked else { return }
            cursor = next
        case .unknown, .loading, .end, .released: return
        }
        if !isAsked {
            guard searched < Self.longestSearch else { return }
            searched += 1
        }
        rest = .loading(cursor: cursor)
        next.ask(.executions(filter, order: order, cursor: cursor, limit: Self.pageRows), &context)
    }

    /// Takes an answer, when it is one that is waited for.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Arrival? {
        if let result = next.take(answer) { return takeFollowing(result) }
        guard let result = newest.take(answer) else { return nil }
        switch result {
        case .success(let page):
            failures = 0
            load = .loaded(at: context.now)
            ranking = page.ranking
            return .first(page)
        case .failure(let failure):
            var since = context.now
            if case .failed(_, let first) = load { since = first }
            load = .failed(failure, since: since)
            failures += 1
            if failure.isTransient { askFirst(Backoff.delay(afterFailures: failures), &context) }
            return nil
        }
    }

    private mutating func takeFollowing(_ result: Result<OperatorExecutionPage, ServerFailure>) -> Arrival? {
        guard case .loading(let cursor) = rest else { return nil }
        switch result {
        case .success(let page):
            goOn(behind: page)
            return .following(page)
        case .failure(let failure):
            rest = .failed(cursor: cursor, failure)
            return nil
        }
    }

    /// What lies behind a page comes next.
    mutating func goOn(behind page: OperatorExecutionPage) {
        rest = page.next.map { .from(cursor: $0) } ?? .end
        searchedThrough = page.next == nil ? nil : page.searchedThrough
    }
}
