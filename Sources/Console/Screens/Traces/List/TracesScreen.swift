import FoundationEssentials
package import Terminal
package import WireAPI

/// The traces that applications send, the newest first.
package struct TracesScreen: ListScreen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case open, filters, toggleFailed
        case askForIdentifier, openIdentifier(String)
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the trace"),
        Binding([.character("!")], .toggleFailed, hint: "failed", "Show only those with an error, or all again"),
        Binding([.character("s")], .filters, hint: "filters", "Show the filters by which traces are evaluated"),
        Binding([.character("#")], .askForIdentifier, "Go to the trace with an identifier"),
    ]

    private static let interval = Duration.seconds(5)
    private static let pageRows = 100

    package private(set) var list = PagedList(Self.source("")) { .init(rows: $0.results, next: $0.next) }
    private var filterText = ""

    package init() {}

    private static func source(_ filters: String) -> PagedList<OperatorTracePage, OperatorTraceRow>.Source {
        .init(
            page: { .traces(filters, cursor: $0, limit: pageRows) },
            rows: { _, cursor in .traces(filters, cursor: cursor, limit: pageRows) })
    }

    package var title: String { "Traces" }
    package var isSettled: Bool { list.isSettled }
    package var failure: ServerFailure? { list.loadedAt == nil ? list.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open: list.selected != nil
        case .filters, .toggleFailed, .askForIdentifier, .openIdentifier: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if list.isSettled { list.renew(&context) } else { list.load(&context) }
    }
    package mutating func refresh(_ context: inout ScreenContext) { list.renew(&context) }
    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        _ = list.receive(answer, &context)
    }

    package mutating func tick(_ context: inout ScreenContext) {
        guard let loadedAt = list.loadedAt, context.now - loadedAt >= Self.interval else { return }
        if list.isFollowing { list.renew(&context) }
    }
    package func wake(after now: Duration) -> Duration? { now + .seconds(1) }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let trace = list.selected { context.push(TraceScreen(trace)) }
        case .filters: context.push(TraceFiltersScreen())
        case .toggleFailed:
            let words = filterText.split(separator: " ")
            let kept = words.filter { $0 != "failed" }
            apply(query: (kept.count < words.count ? kept : kept + ["failed"]).joined(separator: " "), &context)
        case .askForIdentifier:
            context.present(
                Prompt("Identifier of a trace", hint: "32 hexadecimal digits") { Command.openIdentifier($0) })
        case .openIdentifier(let text):
            let id = text.lowercased().filter { $0 != "-" && $0 != " " }
            guard id.utf8.count == 32, id.allSatisfy(\.isHexDigit) else {
                return context.say("\(text) is no identifier of a trace: it has 32 hexadecimal digits", .bad)
            }
            context.push(TraceScreen(id: id))
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { list.move(move, &context) }
    package mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    // MARK: Filter

    package var query: String { filterText }
    package var vocabulary: [QueryField] { TraceQuery.vocabulary }
    package func problem(of query: String) -> String? {
        do {
            // Whether a time can be read does not depend on what time it is.
            _ = try TraceQuery.filters(query, at: Date(timeIntervalSince1970: 0))
            return nil
        } catch {
            return error.message
        }
    }
    package mutating func apply(query: String, _ context: inout ScreenContext) {
        do {
            let date = context.scope.date ?? Date(timeIntervalSince1970: 0)
            list.select(Self.source(try TraceQuery.filters(query, at: date)), &context)
            filterText = query
        } catch {
            context.say(error.message, .bad)
        }
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(TraceColumns.all, sorting: nil, into: &frame, area, scope)
        guard list.rows.isEmpty else { return }
        EmptyList(
            subject: "traces", isRead: list.loadedAt != nil, failure: list.failure, failingSince: list.failingSince,
            query: filterText, nothing: "No trace has come yet.",
            hint: "Exporters send to /otel/v1/traces with Authorization=Api-Key …"
        ).draw(into: &frame, area.below(1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        let filter = filterText.isEmpty ? Segment("all, the newest first") : Segment("/\(filterText)", .strong)
        return [
            filter,
            .held(
                shown: list.rows.count, of: list.rows.count, isCut: !list.isWhole, loadedAt: list.loadedAt,
                failingSince: list.failingSince, scope),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure = list.failure { return Segment("Not read: \(failure.message)", .bad) }
        guard let trace = list.selected, trace.errorCount > 0 else { return nil }
        return Segment("\(scope.marks.failure) \(Formats.count(trace.errorCount)) spans with an error", .bad)
    }

    package func explanation(_ scope: Scope) -> Explanation? { list.selected.map { $0.explanation(scope) } }

    package func copies(_ scope: Scope) -> [Copy] {
        list.selected.map {
            [Copy("i", "identifier", $0.id), Copy("n", "name", $0.label), Copy("o", "output", $0.outputPreview)]
        } ?? []
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard list.loadedAt != nil else { return nil }
        return Sheet(
            titles: TraceColumns.all.map { $0.title.isEmpty ? "ERROR" : $0.title },
            rows: list.rows.map { row in TraceColumns.all.map { $0.text(row, scope) } }, json: Sheet.json(list.rows))
    }
}
