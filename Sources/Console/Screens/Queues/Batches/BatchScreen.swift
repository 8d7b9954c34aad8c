package import FoundationEssentials
package import Terminal
import WireAPI

/// One batch that is open: how far it is, what became of its jobs, what it costs, and why some failed.
package struct BatchScreen: Screen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case nextLink, previousLink, openLink
        case jobs, scores
        case batch(BatchCommand)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding([Key(.tab)], .nextLink, hint: "next link", "Go to the next line that leads somewhere"),
            Binding([Key(.tab, .shift)], .previousLink, "Go to the line before that leads somewhere"),
            Binding([Key(.enter)], .openLink, hint: "open", "Open what the line leads to"),
            Binding([.character("s")], .jobs, hint: "jobs", "Show its jobs"),
            Binding([.character("i")], .scores, hint: "scores", "Show what came of its items"),
        ] + BatchCommand.bindings(Command.batch)

    /// While it is not over, what is shown is at most this old; the causes of failures may be older.
    private static let interval = Duration.seconds(2)
    private static let causesInterval = Duration.seconds(10)

    package let id: UUID
    private let name: String
    private var row: OperatorBatch?
    private var content = Loadable<OperatorBatch>()
    private(set) var causes = Loadable<OperatorDeadLetters>()
    private(set) var reader = LinkedReader<JobPlace>()
    private var actions = BatchActions(Command.batch)
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode

    /// A batch of which only the name is known.
    package init(_ id: UUID, name: String) {
        self.id = id
        self.name = name
    }

    /// A batch of the list.
    init(_ batch: OperatorBatch) {
        self.init(batch.id, name: batch.label)
        row = batch
    }

    package var title: String { batch?.label ?? name }
    package var isSettled: Bool { content.isSettled }
    package var failure: ServerFailure? { batch == nil ? content.failure : nil }

    var batch: OperatorBatch? { content.value ?? row }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .openLink: reader.target != nil
        case .batch(let action): BatchActions<Command>.can(action, on: batch)
        case .scores: batch?.hasScores ?? false
        case .nextLink, .previousLink, .jobs: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        layOut()
        content.loadIfOlder(than: Self.interval, .batch(id), &context)
        causes.loadIfOlder(than: Self.causesInterval, .deadLetters(batch: id), &context)
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        content.load(.batch(id), &context)
        causes.load(.deadLetters(batch: id), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if actions.receive(answer, &context) != nil { refresh(&context) }
        let before = batch?.dead
        guard content.receive(answer, &context) || causes.receive(answer, &context) else { return }
        if batch?.dead != before { causes.loadIfOlder(than: Self.causesInterval, .deadLetters(batch: id), &context) }
        layOut()
    }

    package mutating func tick(_ context: inout ScreenContext) {
        if batch?.state != .ended { content.renew(after: Self.interval, .batch(id), &context) }
    }

    package func wake(after now: Duration) -> Duration? {
        batch?.state == .ended && content.failure == nil ? nil : content.wake(renewingAfter: Self.interval, now)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextLink: reader.focusNext()
        case .previousLink: reader.focusPrevious()
        case .openLink: if let place = reader.target { context.push(JobsScreen(place)) }
        case .jobs: context.push(JobsScreen(.of(batch: id, name: title)))
        case .scores: context.show(.executions, query: "batch:\(id.lowercase)")
        case .batch(let action): actions.perform(action, on: batch, &context)
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    private mutating func layOut() {
        let division = DocumentDivision(size: size)
        reader.resize(rows: division.rows)
        guard let batch else { return }
        let text = BatchDocument(batch, causes, width: division.textWidth, charset: charset)
        reader.show(text.document, text.links)
    }

    // MARK: What it tells

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        guard let batch else {
            EmptyList(subject: "batch", isRead: false, failure: content.failure, failingSince: content.failingSince)
                .draw(into: &frame, area, scope)
            return
        }
        let compact = [
            batch.word, Formats.percent(batch.share), batch.ending(scope), batch.cost, batch.project.label,
        ].joined(separator: " \(scope.marks.separator) ")
        FactsPane(BatchDocument.facts(batch, scope), compact: compact).draw(into: &frame, area) {
            reader.draw(into: &$0, $1)
        }
    }

    package func address(_ scope: Scope) -> [Segment] {
        guard let batch else { return [content.age(scope)] }
        return [
            Segment(batch.word, batch.ink), Segment("\(Formats.percent(batch.share)) ended"),
            content.age(scope), Segment(reader.position),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actions.status { return status }
        if let failure = content.failure ?? causes.failure { return Segment("Not current: \(failure.message)", .bad) }
        return batch.map { Segment($0.state == .ended ? "It has ended." : $0.forecast.basis) }
    }

    package func explanation(_ scope: Scope) -> Explanation? { batch.map { $0.explanation(scope) } }

    package func copies(_ scope: Scope) -> [Copy] {
        [Copy("i", "identifier", id.lowercase), Copy("n", "name", title)]
            + (batch.map { [Copy("c", "counters", $0.sum)] } ?? [])
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let batch else { return nil }
        return Sheet(
            titles: ["WHAT", "VALUE"], rows: BatchDocument.counters(batch).map { [$0.label, "\($0.count)"] },
            json: Sheet.json(batch))
    }
}
