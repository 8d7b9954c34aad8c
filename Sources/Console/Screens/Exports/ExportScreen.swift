package import FoundationEssentials
internal import Tenancy
package import Terminal
package import WireAPI

/// One export that is open.
package struct ExportScreen: Screen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case job
        case export(ExportCommand)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding([.character("s")], .job, hint: "job", "Show the job that writes it", needs: .queueRead)
        ] + ExportCommand.bindings(Command.export)

    private static let interval = Duration.seconds(2)

    package let id: UUID
    private var row: OperatorLogExport
    private var content = Loadable<OperatorLogExport>()
    private var reader = Reader()
    private var actions = ExportActions(Command.export)
    private var size = Size(columns: 80, rows: 20)

    /// An export of the list.
    package init(_ export: OperatorLogExport) {
        id = export.id
        row = export
    }

    private var export: OperatorLogExport { content.value ?? row }

    package var title: String { export.fileName }
    package var isSettled: Bool { content.isSettled }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .job: true
        case .export(let action): ExportActions<Command>.can(action, on: export)
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        layOut(context.scope)
        content.loadIfOlder(than: Self.interval, .export(id), &context)
    }

    package mutating func refresh(_ context: inout ScreenContext) { content.load(.export(id), &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        switch actions.receive(answer, &context) {
        case .cancelled: refresh(&context)
        case .deleted: return context.pop()
        case nil: break
        }
        if content.receive(answer, &context) { layOut(context.scope) }
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        guard case .catalogueChanged(let change) = event, change.subject.kind == .export,
            change.subject.id == id.lowercase
        else { return }
        refresh(&context)
    }

    package mutating func tick(_ context: inout ScreenContext) {
        if !export.state.isFinal { content.renew(after: Self.interval, .export(id), &context) }
    }

    package func wake(after now: Duration) -> Duration? {
        export.state.isFinal ? nil : content.wake(renewingAfter: Self.interval, now)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .job: context.push(JobScreen(export.jobID))
        case .export(let action): actions.perform(action, on: export, &context)
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        self.size = size
        reader.resize(rows: DocumentDivision(size: size).rows)
    }

    private mutating func layOut(_ scope: Scope) {
        let division = DocumentDivision(size: size)
        reader.resize(rows: division.rows)
        reader.show(ExportDocument(export, scope, width: division.textWidth).document)
    }

    // MARK: What it tells

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let compact = [
            export.word, export.amount, Formats.bytes(export.bytes), export.format.rawValue,
        ].joined(separator: " \(scope.marks.separator) ")
        FactsPane(ExportDocument.facts(export), compact: compact).draw(into: &frame, area) { frame, area in
            // Laid out anew: what it says of times and sizes depends on when and how wide it is drawn.
            var reader = reader
            reader.show(
                ExportDocument(export, scope, width: DocumentDivision(size: size).textWidth).document)
            reader.draw(into: &frame, area)
        }
    }

    package func address(_ scope: Scope) -> [Segment] {
        [Segment(export.word, export.ink), Segment(export.amount), content.age(scope)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actions.status { return status }
        if let failure = content.failure { return Segment("Not current: \(failure.message)", .bad) }
        return Segment(export.sentence(scope), export.state == .failed ? .bad : .plain)
    }

    package func explanation(_ scope: Scope) -> Explanation? { export.explanation(scope) }
    package func copies(_ scope: Scope) -> [Copy] { ExportCopies.of(export) }

    package func sheet(_ scope: Scope) -> Sheet? {
        Sheet(
            titles: ExportColumns.all.map(\.title), rows: [ExportColumns.all.map { $0.text(export, scope) }],
            json: Sheet.json(export))
    }
}
