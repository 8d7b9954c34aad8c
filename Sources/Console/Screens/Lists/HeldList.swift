package import Terminal
package import WireAPI

/// A list that comes in one answer: what was read, how old it is, and the rows of it that are shown. While it is seen it
/// is read again and again; the cursor stays on its row.
package struct HeldList<Reply: Decodable & Sendable, Row: Sendable & Identifiable>: Sendable where Row.ID: Sendable {
    package private(set) var answer = Loadable<Reply>()
    package private(set) var list: Listing<Row>
    /// What the list is of, as people say it.
    let subject: String
    /// What a filter may ask for.
    let vocabulary: [QueryField]
    /// How old it may get while it is seen.
    let freshness: Duration
    private let request: OperatorRequest<Reply>
    private let rows: @Sendable (Reply) -> [Row]
    private var session = SessionWatch()
    /// Changes come in bursts; one reading serves them all.
    private static var patience: Duration { .milliseconds(300) }

    /// A list by its request, by what is in the answer, and by how it is shown.
    package init(
        of subject: String, _ request: OperatorRequest<Reply>, freshness: Duration, _ list: Listing<Row>,
        _ vocabulary: [QueryField], rows: @escaping @Sendable (Reply) -> [Row]
    ) {
        self.subject = subject
        self.request = request
        self.freshness = freshness
        self.list = list
        self.vocabulary = vocabulary
        self.rows = rows
    }

    package var value: Reply? { answer.value }
    package var selected: Row? { list.selected }

    /// It is seen: reads it when it was never read or is no longer new. Says whether somebody has signed in anew.
    @discardableResult
    mutating func appear(_ context: inout ScreenContext) -> Bool {
        let isAnew = session.hasChanged(context.scope)
        if isAnew { load(&context) } else { answer.loadIfOlder(than: .seconds(1), request, &context) }
        return isAnew
    }

    mutating func load(_ context: inout ScreenContext) { answer.load(request, &context) }
    mutating func loadSoon(_ context: inout ScreenContext) {
        if !answer.isLoading { answer.load(request, delay: Self.patience, &context) }
    }

    /// Reads it anew when something of these kinds has changed.
    mutating func hear(_ event: OperatorEvent, _ kinds: Set<OperatorSubject.Kind>, _ context: inout ScreenContext) {
        if case .catalogueChanged(let change) = event, kinds.contains(change.subject.kind) { loadSoon(&context) }
    }

    mutating func tick(_ context: inout ScreenContext) {
        answer.renew(after: freshness, request, &context)
    }

    func wake(after now: Duration) -> Duration? { answer.wake(renewingAfter: freshness, now) }

    /// Takes an answer; says whether it was this one's.
    @discardableResult
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        guard self.answer.receive(answer, &context) else { return false }
        if let value = self.answer.value, self.answer.failure == nil {
            let isFirst = list.rows.isEmpty
            list.set(rows(value))
            if isFirst { list.move(.start) }
        }
        return true
    }

    // MARK: Filter, order, cursor

    mutating func apply(query: String, _ context: inout ScreenContext) {
        do { list.filter(query, try Query.parse(query, vocabulary)) } catch { context.say(error.message, .bad) }
    }

    mutating func sort(_ sorting: Sorting) { list.sort(sorting) }
    mutating func move(_ move: Move) { list.move(move) }
    mutating func point(atVisible row: Int) { list.point(atVisible: row) }
    mutating func resize(visibleRows: Int) { list.resize(visibleRows: visibleRows) }

    // MARK: Picture

    /// The rows, or why there are none; `hint` says what to do where there is nothing at all.
    func draw(into frame: inout Frame, _ area: Area, hint: String, _ scope: Scope) {
        list.draw(into: &frame, area, scope)
        guard list.shown.isEmpty else { return }
        EmptyList(
            subject: subject, isRead: answer.value != nil, failure: answer.failure, failingSince: answer.failingSince,
            query: list.queryText, hint: hint
        ).draw(into: &frame, area.below(1), scope)
    }

    /// The filter, and how many rows are shown of how old an answer.
    func address(_ scope: Scope) -> [Segment] {
        let filter = list.queryText.isEmpty ? [] : [Segment("/\(list.queryText)", .strong)]
        return filter + [
            Segment.held(
                shown: list.shown.count, of: list.rows.count, isCut: false, loadedAt: answer.loadedAt,
                failingSince: answer.failingSince, scope)
        ]
    }
}

/// A screen that shows one such list.
package protocol HeldListScreen: ListScreen {
    associatedtype Reply: Decodable & Sendable
    associatedtype Row: Sendable & Identifiable & Encodable where Row.ID: Sendable

    var held: HeldList<Reply, Row> { get set }
    /// What an empty list says one can do.
    func emptyHint(_ scope: Scope) -> String
}

extension HeldListScreen {
    package var isSettled: Bool { held.answer.isSettled }
    package var failure: ServerFailure? { held.answer.value == nil ? held.answer.failure : nil }

    package func emptyHint(_ scope: Scope) -> String { "" }

    package mutating func refresh(_ context: inout ScreenContext) { held.load(&context) }
    package mutating func tick(_ context: inout ScreenContext) { held.tick(&context) }
    package func wake(after now: Duration) -> Duration? { held.wake(after: now) }

    package var query: String { held.list.queryText }
    package var vocabulary: [QueryField] { held.vocabulary }
    package func problem(of query: String) -> String? { Query.problem(of: query, held.vocabulary) }
    package mutating func apply(query: String, _ context: inout ScreenContext) {
        held.apply(query: query, &context)
    }
    package var sortChoices: [SortChoice] { held.list.sortChoices }
    package var sorting: Sorting { held.list.sorting }
    package mutating func apply(sorting: Sorting, _ context: inout ScreenContext) { held.sort(sorting) }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { held.move(move) }
    package mutating func resize(_ size: Size) { held.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        held.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard held.answer.value != nil else { return nil }
        let table = held.list.table(scope)
        return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(held.list.shown))
    }
}
