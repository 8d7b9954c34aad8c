import FoundationEssentials
package import Terminal
package import WireAPI

/// The queues of background work: what waits, how fast it goes, what went wrong, and when each will be empty.
package struct QueuesScreen: ListingScreen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case open, jobs, allJobs, deadLetters, batches
        case askForJob, openJob(String)
        case control(QueueControlAction)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the queue"),
            Binding([.character("s")], .jobs, hint: "jobs", "Show the queue's jobs"),
            Binding([.character("d")], .deadLetters, hint: "given up", "Show what was given up, by cause"),
            Binding([.character("b")], .batches, hint: "batches", "Show the batches"),
            Binding([.character("i")], .allJobs, "Show the jobs of all queues"),
            Binding([.character("#")], .askForJob, "Go to the job with an identifier"),
        ] + QueueControlAction.bindings(Command.control)

    /// How old the numbers may be: while something moves, and while nothing does.
    private static let busyInterval = Duration.seconds(1)
    private static let quietInterval = Duration.seconds(10)

    package var list = Listing(
        QueueColumns.all, sorting: Sorting(column: "name", isDescending: false), facts: QueueColumns.facts)
    private(set) var queues = Loadable<OperatorQueueList>()
    private var controls = QueueControls(Command.control)
    private var isBehind = false
    private var size = Size(columns: 80, rows: 20)
    private var session = SessionWatch()

    package init() {}

    package var title: String { Room.queues.title }
    package var isSettled: Bool { queues.isSettled }
    package var failure: ServerFailure? { queues.value == nil ? queues.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open, .jobs: list.selected != nil
        // Whoever does not run the installation would be refused.
        case .control: list.selected != nil && queues.value?.runsInstallation == true
        case .allJobs, .deadLetters, .batches, .askForJob, .openJob: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if session.hasChanged(context.scope) {
            controls = QueueControls(Command.control)
            queues.load(.queues, &context)
        } else {
            queues.loadIfOlder(than: Self.busyInterval, .queues, &context)
        }
    }

    package mutating func refresh(_ context: inout ScreenContext) { queues.load(.queues, &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if controls.receive(answer, &context) { refresh(&context) }
        guard queues.receive(answer, &context), let value = queues.value else { return }
        isBehind = false
        list.set(value.results.map { QueueRow(queue: $0, countedAt: value.countedAt) })
        resize(size)
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        switch event {
        case .queuesChanged: isBehind = true
        case .executionFinished, .executionsTagged, .catalogueChanged, .noticed, .serverTime, .gap: break
        }
    }

    private var interval: Duration { isBehind ? Self.busyInterval : Self.quietInterval }

    package mutating func tick(_ context: inout ScreenContext) {
        queues.renew(after: interval, .queues, &context)
    }

    /// The ages of what waits go on by themselves.
    package func wake(after now: Duration) -> Duration? {
        let next = queues.wake(renewingAfter: interval, now)
        guard list.rows.contains(where: { $0.queue.waiting > 0 }) else { return next }
        return min(next ?? now + .seconds(1), now + .seconds(1))
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let row = list.selected { context.push(QueueScreen(row.id)) }
        case .jobs: if let row = list.selected { context.push(JobsScreen(.of(queue: row.id))) }
        case .allJobs: context.push(JobsScreen())
        case .deadLetters: context.push(DeadLettersScreen())
        case .batches: context.push(BatchesScreen())
        case .askForJob: context.present(TypedIdentifier.prompt(of: "a job", Command.openJob))
        case .openJob(let text): if let id = TypedIdentifier.find(in: text) { context.push(JobScreen(id)) }
        case .control(let action):
            let target = list.selected.map { QueueControlAction.Target(name: $0.id, control: $0.queue.control) }
            controls.perform(action, on: target.map { [$0] } ?? [], &context)
        }
    }

    package mutating func resize(_ size: Size) {
        self.size = size
        list.resize(visibleRows: QueuesDivision(size: size, queues: list.shown.count).listRows)
    }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        let visible = row - area.rows.lowerBound - 1
        let division = QueuesDivision(size: area.size, queues: list.shown.count)
        if (0..<division.listRows).contains(visible) { list.point(atVisible: visible) }
    }

    package var vocabulary: [QueryField] { QueueColumns.vocabulary }
    package mutating func rowsChanged() { resize(size) }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        QueuesView(self, scope).draw(into: &frame, area)
    }

    package func address(_ scope: Scope) -> [Segment] {
        let filter = list.queryText.isEmpty ? Segment("all") : Segment("/\(list.queryText)", .strong)
        let complaint = queues.value?.complaint.map { [Segment($0, .caution)] } ?? []
        return [filter] + complaint + [queues.age(scope)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = controls.status { return status }
        if let failure = queues.failure { return Segment("Not current: \(failure.message)", .bad) }
        guard let row = list.selected else { return nil }
        if let decided = row.queue.control.sentence(scope) { return Segment(decided, .caution) }
        return row.queue.summary.map { Segment($0) }
    }

    package func explanation(_ scope: Scope) -> Explanation? { list.selected.map { QueueExplanation.of($0, scope) } }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let row = list.selected else { return [] }
        return [
            Copy("n", "name", row.id),
            Copy("t", "when it will be empty", QueueExplanation.emptying(row.queue.forecast)),
        ]
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard queues.value != nil else { return nil }
        let table = list.table(scope)
        return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(list.shown.map(\.queue)))
    }
}

extension JobPlace {
    /// The jobs of a queue.
    static func of(queue name: String) -> JobPlace {
        var filter = OperatorJobFilter()
        filter.queues = [name]
        return JobPlace("Jobs of \(name)", filter)
    }
}
