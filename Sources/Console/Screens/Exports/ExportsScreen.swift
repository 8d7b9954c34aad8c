import FoundationEssentials
package import Terminal
package import WireAPI

/// The exports: how far each is, and for how long its file can be fetched.
package struct ExportsScreen: Screen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case open
        case export(ExportCommand)
    }

    package static let bindings: [Binding<Command>] =
        [Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the export")]
        + ExportCommand.bindings(Command.export)

    /// While one is under way, what is shown is at most this old.
    private static let interval = Duration.seconds(2)
    private static let pageRows = 100

    private typealias List = PagedList<OperatorLogExportPage, OperatorLogExport>

    package private(set) var list = PagedList<OperatorLogExportPage, OperatorLogExport>(Self.source) {
        .init(rows: $0.results, next: $0.next)
    }
    private var actions = ExportActions(Command.export)

    package init() {}

    private static let source = List.Source(
        page: { .exports(cursor: $0, limit: pageRows) },
        rows: { _, cursor in .exports(cursor: cursor, limit: pageRows) })

    package var title: String { "Exports" }
    package var isSettled: Bool { list.isSettled }
    package var failure: ServerFailure? { list.loadedAt == nil ? list.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open: list.selected != nil
        case .export(let action): ExportActions<Command>.can(action, on: list.selected)
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if list.isSettled { list.renew(&context) } else { list.load(&context) }
    }
    package mutating func refresh(_ context: inout ScreenContext) { list.renew(&context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        switch actions.receive(answer, &context) {
        case .cancelled: list.renew(&context)
        case .deleted: list.select(Self.source, &context)
        case nil: break
        }
        _ = list.receive(answer, &context)
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        guard case .catalogueChanged(let change) = event, change.subject.kind == .export else { return }
        list.renew(&context)
    }

    package mutating func tick(_ context: inout ScreenContext) {
        guard let loadedAt = list.loadedAt, context.now - loadedAt >= Self.interval else { return }
        if list.rows.contains(where: { !$0.state.isFinal }) { list.renew(&context) }
    }
    package func wake(after now: Duration) -> Duration? {
        list.rows.contains { !$0.state.isFinal } ? now + .seconds(1) : nil
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let export = list.selected { context.push(ExportScreen(export)) }
        case .export(let action): actions.perform(action, on: list.selected, &context)
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { list.move(move, &context) }
    package mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(ExportColumns.all, sorting: nil, into: &frame, area, scope)
        guard list.rows.isEmpty else { return }
        EmptyList(
            subject: "exports", isRead: list.loadedAt != nil, failure: list.failure, failingSince: list.failingSince,
            hint: "E on the list of executions exports what its filter shows."
        ).draw(into: &frame, area.below(1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        [
            Segment("all, the newest first"),
            .held(
                shown: list.rows.count, of: list.rows.count, isCut: !list.isWhole, loadedAt: list.loadedAt,
                failingSince: list.failingSince, scope),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actions.status { return status }
        if let failure = list.failure { return Segment("Not read: \(failure.message)", .bad) }
        return list.selected.map { Segment($0.sentence(scope), $0.state == .failed ? .bad : .plain) }
    }

    package func explanation(_ scope: Scope) -> Explanation? { list.selected.map { $0.explanation(scope) } }

    package func copies(_ scope: Scope) -> [Copy] { list.selected.map(ExportCopies.of) ?? [] }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard list.loadedAt != nil else { return nil }
        return Sheet(
            titles: ExportColumns.all.map(\.title),
            rows: list.rows.map { row in ExportColumns.all.map { $0.text(row, scope) } },
            json: Sheet.json(list.rows))
    }
}

/// What of an export can be copied.
enum ExportCopies {
    static func of(_ export: OperatorLogExport) -> [Copy] {
        let checksum = export.sha256.map { [Copy("c", "SHA-256", $0)] } ?? []
        return [
            Copy("i", "identifier", export.id.lowercase), Copy("n", "file name", export.fileName),
            Copy("f", "how to fetch it", ExportDocument.command(for: export)),
        ] + checksum
    }
}
