import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// What people did that others must be able to find again, however much it is: the newest first, as it happens.
package struct AuditScreen: ListScreen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case open, toggleRefused, chooseSpan, since(String?), sameActor, sameSubject
        case chains, targets, export(AuditExportFormat)
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the entry: before and after"),
        Binding([.character("!")], .toggleRefused, hint: "refused", "Show only what was refused, or all again"),
        Binding([.character("t")], .chooseSpan, hint: "time", "Choose how far back it goes"),
        Binding([.character("u")], .sameActor, hint: "same person", "Show what the same one did"),
        Binding([.character("i")], .sameSubject, "Show what was done to the same thing"),
        Binding([.character("s")], .chains, hint: "chains", "Show how whole the chains of entries are"),
        Binding(
            [.character("f")], .targets, hint: "forwarding", "Show where the audit is sent to", needs: .auditForward),
    ]

    /// How old what is shown may be while somebody looks at the newest.
    private static let interval = Duration.seconds(2)
    private static let chainInterval = Duration.seconds(30)
    private static let pageRows = 100
    private static let footRows = 4

    package private(set) var list: PagedList<OperatorAuditPage, OperatorAuditEntry>
    private var chains = Loadable<OperatorAuditChains>()
    private var filterText = ""
    private var filter = OperatorAuditFilter()
    private var isBegun = false
    private var session = SessionWatch()

    package init() {
        list = PagedList(Self.source(OperatorAuditFilter())) { .init(rows: $0.results, next: $0.next) }
    }

    private static func source(
        _ filter: OperatorAuditFilter
    ) -> PagedList<OperatorAuditPage, OperatorAuditEntry>.Source {
        .init(
            page: { .audit(filter, cursor: $0, limit: pageRows) },
            rows: { _, cursor in .audit(filter, cursor: cursor, limit: pageRows) })
    }

    package var title: String { Room.audit.title }
    package var isSettled: Bool { list.isSettled }
    package var failure: ServerFailure? { list.loadedAt == nil ? list.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open, .sameActor, .sameSubject: list.selected != nil
        case .toggleRefused, .chooseSpan, .since, .chains, .targets, .export: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if session.hasChanged(context.scope) || !isBegun {
            isBegun = true
            apply(query: filterText, &context)
            chains.load(.auditChains(), &context)
        } else {
            list.renew(&context)
            chains.loadIfOlder(than: Self.chainInterval, .auditChains(), &context)
        }
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        list.renew(&context)
        chains.load(.auditChains(), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if !list.receive(answer, &context) { chains.receive(answer, &context) }
    }

    package mutating func tick(_ context: inout ScreenContext) {
        chains.renew(after: Self.chainInterval, .auditChains(), &context)
        // Entries do not change: only at the newest something comes.
        guard list.isFollowing, let loadedAt = list.loadedAt, context.now - loadedAt >= Self.interval else { return }
        list.renew(&context)
    }

    package func wake(after now: Duration) -> Duration? {
        guard list.loadedAt != nil else { return list.failure == nil ? nil : now + .seconds(1) }
        return now + .seconds(1)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let entry = list.selected { context.push(AuditEntryScreen(entry)) }
        case .toggleRefused: toggleRefused(&context)
        case .chooseSpan: context.present(Self.spans)
        case .since(let span): change("since", span, &context)
        case .sameActor: list.selected.map { narrow("actor", $0.actorName, &context) }
        case .sameSubject: list.selected.map { narrow("subject", $0.subject, &context) }
        case .chains: context.push(AuditChainsScreen())
        case .targets: context.push(AuditTargetsScreen())
        case .export(let format):
            context.say("All that the filter selects is fetched, to its end")
            context.fetch(format.path(filter), named: "audit.\(format.rawValue)")
        }
    }

    private static let spans = Menu(
        "How far back",
        [
            Menu.Item(.character("1"), "The last hour", Command.since("1h")),
            Menu.Item(.character("2"), "The last day", Command.since("1d")),
            Menu.Item(.character("3"), "The last week", Command.since("7d")),
            Menu.Item(.character("0"), "All that there is", Command.since(nil)),
        ])

    private mutating func toggleRefused(_ context: inout ScreenContext) {
        change("outcome", filter.outcome == .refused ? nil : "refused", &context)
    }

    private mutating func narrow(_ key: String, _ value: String, _ context: inout ScreenContext) {
        guard let value = QueryText.quoted(value) else {
            context.say("No filter can hold this name: / filters by a part of it", .caution)
            return
        }
        change(key, value, &context)
    }

    private mutating func change(_ key: String, _ value: String?, _ context: inout ScreenContext) {
        var text = QueryText(filterText)
        text.set(key, value)
        apply(query: text.text, &context)
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { list.move(move, &context) }
    package mutating func resize(_ size: Size) { list.resize(visibleRows: Self.listRows(size) - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        let visible = row - area.rows.lowerBound - 1
        if (0..<Self.listRows(area.size) - 1).contains(visible) { list.point(atVisible: visible) }
    }

    private static func listRows(_ size: Size) -> Int { size.rows >= 14 ? size.rows - footRows : size.rows }

    // MARK: Filter and order

    package var query: String { filterText }
    package var vocabulary: [QueryField] { AuditQuery.vocabulary }
    package func problem(of query: String) -> String? { AuditQuery.problem(of: query) }

    package mutating func apply(query: String, _ context: inout ScreenContext) {
        do {
            // Before the server has said its time, nothing could be read anyway.
            filter = try AuditQuery.filter(query, at: context.scope.date ?? Date(timeIntervalSince1970: 0))
        } catch {
            context.say(error.message, .bad)
            return
        }
        filterText = query
        list.select(Self.source(filter), &context)
    }

    package var sorting: Sorting { Sorting(column: AuditColumns.creation, isDescending: true) }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let rows = Self.listRows(area.size)
        list.draw(AuditColumns.all, sorting: sorting, into: &frame, area.top(rows), scope)
        if list.rows.isEmpty {
            EmptyList(
                subject: "entries", isRead: list.loadedAt != nil, failure: list.failure,
                failingSince: list.failingSince, query: filterText, nothing: "Nothing was done yet."
            ).draw(into: &frame, area.top(rows).below(1), scope)
        }
        guard rows < area.rows.count, let entry = list.selected else { return }
        AuditFoot(entry, scope).draw(into: &frame, area.below(rows))
    }

    package func address(_ scope: Scope) -> [Segment] {
        let text = filterText.isEmpty ? Segment("all") : Segment("/\(filterText)", .strong)
        return [text] + (chains.value?.fault.map { [$0] } ?? []) + [held(scope)]
    }

    /// Which one is looked at, and whether what comes is followed.
    private func held(_ scope: Scope) -> Segment {
        guard let loadedAt = list.loadedAt else { return Segment(list.failure == nil ? "loading" : "not read") }
        if let since = list.failingSince {
            return Segment("not read for \(Formats.span(seconds: (scope.now - since).wholeSeconds))", .bad)
        }
        guard !list.isFollowing else { return Segment("live: the newest is followed", .good) }
        let place = Formats.count(list.window.offset + (list.cursorIndex ?? 0) + 1)
        let age = (scope.now - loadedAt).wholeSeconds
        return Segment(
            "\(place)\(list.isWhole ? " of \(Formats.count(list.rows.count))" : ""), read \(Formats.span(seconds: age)) ago, gg follows"
        )
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure = list.failure { return Segment("Not read: \(failure.message)", .bad) }
        return chains.value?.standing(scope)
    }

    package func explanation(_ scope: Scope) -> Explanation? { list.selected?.explanation(scope) }
    package func copies(_ scope: Scope) -> [Copy] { list.selected?.copies ?? [] }

    /// The table holds what was read so far; these are all entries that the filter selects.
    package func exports(_ scope: Scope) -> [Menu.Item] {
        [
            Menu.Item(.character("J"), "All entries: JSON lines", Command.export(.jsonl)),
            Menu.Item(.character("C"), "All entries: CSV", Command.export(.csv)),
        ]
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard list.loadedAt != nil else { return nil }
        return Sheet(
            titles: AuditColumns.all.map(\.title),
            rows: list.rows.map { row in AuditColumns.all.map { $0.text(row, scope) } }, json: Sheet.json(list.rows))
    }
}
