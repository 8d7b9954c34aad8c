package import Terminal
package import WireAPI

/// The filters by which traces are evaluated, with what became of every trace that came while they were active.
package struct TraceFiltersScreen: ListingScreen {
    /// There is nothing to do but to look: filters are made and changed by the API and the command line.
    package enum Command: Sendable, Hashable { case traces }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter)], .traces, hint: "traces", "Go back to the traces")
    ]

    private static let interval = Duration.seconds(10)

    package var list = Listing(
        TraceFilterColumns.all, sorting: Sorting(column: "name", isDescending: false),
        facts: TraceFilterColumns.facts)
    private var filters = Loadable<OperatorTraceFilterList>()

    package init() {}

    package var title: String { "Filters" }
    package var isSettled: Bool { filters.isSettled }
    package var failure: ServerFailure? { filters.value == nil ? filters.failure : nil }
    package var vocabulary: [QueryField] { TraceFilterColumns.vocabulary }

    package mutating func appear(_ context: inout ScreenContext) {
        filters.loadIfOlder(than: Self.interval, .traceFilters, &context)
    }
    package mutating func refresh(_ context: inout ScreenContext) { filters.load(.traceFilters, &context) }
    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if filters.receive(answer, &context) { list.set(filters.value?.results ?? []) }
    }
    package mutating func tick(_ context: inout ScreenContext) {
        filters.renew(after: Self.interval, .traceFilters, &context)
    }
    package func wake(after now: Duration) -> Duration? { filters.wake(renewingAfter: Self.interval, now) }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) { context.pop() }

    package mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(into: &frame, area, scope)
        guard list.shown.isEmpty else { return }
        EmptyList(
            subject: "filters", isRead: filters.value != nil, failure: filters.failure,
            failingSince: filters.failingSince, query: list.queryText, nothing: "No filter has traces evaluated yet.",
            hint: "Make one at /v1/otel/evaluation-filters/"
        ).draw(into: &frame, area.below(1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        let filter = list.queryText.isEmpty ? Segment("all") : Segment("/\(list.queryText)", .strong)
        return [filter, filters.age(scope)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure = filters.failure { return Segment("Not current: \(failure.message)", .bad) }
        return list.selected.map { Segment($0.sum) }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        list.selected.map { filter in
            Explanation(
                filter.name, definition: "Has traces evaluated by the \(filter.targetKind) \(filter.targetName)."
            )
            .value(filter.sum)
            .adding("Sample", "\(Formats.percent(filter.samplingRate)) of the traces that fulfil its criteria.")
            .adding("Delay", "\(filter.delaySeconds) s after the last span of a trace has come.")
            .source("One row for every trace that came while it was active, in the transaction that stored its span.")
        }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        list.selected.map { [Copy("i", "identifier", $0.id.lowercase), Copy("n", "name", $0.name)] } ?? []
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard filters.value != nil else { return nil }
        let table = list.table(scope)
        return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(list.shown))
    }
}
