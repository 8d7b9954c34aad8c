package import Terminal
internal import WireAPI

/// A list of the server that is read whole and shown as a table. While it is seen it is read again and again; the cursor
/// stays on its row.
package struct WholeTable<Page: Decodable & Sendable, Row: Sendable & Identifiable>: Sendable
where Row.ID: Sendable {
    package private(set) var source: WholeList<Page, Row>
    package var list: Listing<Row>
    /// What the list is of, as people say it.
    let subject: String
    /// What a filter may ask for.
    let vocabulary: [QueryField]
    /// How old it may get while it is seen.
    private let freshness: Duration
    private var session = SessionWatch()
    private var isMoved = false

    /// A list by its pages, and by how its rows are shown.
    package init(
        of subject: String, _ source: WholeList<Page, Row>, freshness: Duration, _ list: Listing<Row>,
        _ vocabulary: [QueryField]
    ) {
        self.subject = subject
        self.source = source
        self.freshness = freshness
        self.list = list
        self.vocabulary = vocabulary
    }

    package var selected: Row? { list.selected }
    package var isRead: Bool { source.loadedAt != nil }

    /// It is seen: reads it when it was never read or is no longer new. Says whether somebody has signed in anew.
    @discardableResult
    mutating func appear(_ context: inout ScreenContext) -> Bool {
        let isAnew = session.hasChanged(context.scope)
        if isAnew { load(&context) } else { source.loadIfOlder(than: .seconds(1), &context) }
        return isAnew
    }

    mutating func load(_ context: inout ScreenContext) { source.load(&context) }

    /// Reads it anew when something of these kinds has changed.
    mutating func hear(_ event: OperatorEvent, _ kinds: Set<OperatorSubject.Kind>, _ context: inout ScreenContext) {
        if case .catalogueChanged(let change) = event, kinds.contains(change.subject.kind) { source.loadSoon(&context) }
    }

    mutating func tick(_ context: inout ScreenContext) {
        guard let loadedAt = source.loadedAt, !source.isReading, context.now - loadedAt >= freshness else { return }
        load(&context)
    }

    /// When it has to be read anew, or its age changes.
    func wake(after now: Duration) -> Duration? {
        guard let loadedAt = source.loadedAt else { return source.failure == nil ? nil : now + .seconds(1) }
        return source.isReading ? now + .seconds(1) : max(loadedAt + freshness, now + .milliseconds(1))
    }

    /// Takes an answer; says whether it was this one's.
    @discardableResult
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        let isFirst = source.loadedAt == nil
        guard source.receive(answer, &context) else { return false }
        list.set(source.rows)
        // While the first rows come in, the cursor is where nobody put it.
        if isFirst, !isMoved { list.move(.start) }
        return true
    }

    mutating func move(_ move: Move) {
        isMoved = true
        list.move(move)
    }

    /// The rows, or why there are none; `hint` says what to do where there is nothing at all.
    func draw(into frame: inout Frame, _ area: Area, nothing: String? = nil, hint: String, _ scope: Scope) {
        list.draw(into: &frame, area, scope)
        guard list.shown.isEmpty else { return }
        EmptyList(
            subject: subject, isRead: isRead, failure: source.failure, failingSince: source.failingSince,
            query: list.queryText, nothing: nothing, hint: hint
        ).draw(into: &frame, area.below(1), scope)
    }

    /// The filter, and how many rows are shown of how old a reading.
    func address(_ scope: Scope) -> [Segment] {
        let filter = list.queryText.isEmpty ? [] : [Segment("/\(list.queryText)", .strong)]
        return filter + [
            Segment.held(
                shown: list.shown.count, of: list.rows.count, isCut: source.isCut, loadedAt: source.loadedAt,
                failingSince: source.failingSince, scope)
        ]
    }
}

/// A screen that shows one such list.
package protocol WholeTableScreen: ListingScreen where Row: Encodable {
    associatedtype Page: Decodable & Sendable

    var table: WholeTable<Page, Row> { get set }
}

extension WholeTableScreen {
    package var list: Listing<Row> {
        get { table.list }
        set { table.list = newValue }
    }

    package var vocabulary: [QueryField] { table.vocabulary }
    package var isSettled: Bool { table.source.isSettled }
    package var failure: ServerFailure? { table.isRead ? nil : table.source.failure }

    package mutating func refresh(_ context: inout ScreenContext) { table.load(&context) }
    package mutating func tick(_ context: inout ScreenContext) { table.tick(&context) }
    package func wake(after now: Duration) -> Duration? { table.wake(after: now) }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { table.move(move) }
    package mutating func resize(_ size: Size) { table.list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        table.list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard table.isRead else { return nil }
        let shown = table.list.table(scope)
        return Sheet(titles: shown.titles, rows: shown.rows, json: Sheet.json(table.list.shown))
    }
}
