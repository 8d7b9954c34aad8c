import FoundationEssentials
package import Terminal
import WireAPI

/// One worker that is open: what each of its slots does now, and since when.
package struct WorkerScreen: Screen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case open, batch, jobs
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the job of the slot"),
        Binding([.character("b")], .batch, hint: "batch", "Open the batch of the job"),
        Binding([.character("s")], .jobs, hint: "jobs", "Show the jobs that it runs, or ran last"),
    ]

    private static let interval = Duration.seconds(1)

    package let id: String
    private var workers = Loadable<OperatorWorkerList>()
    private var row: WorkerRow?
    private var slots = Listing(
        SlotColumns.all, sorting: Sorting(column: "seconds", isDescending: true),
        facts: { Query.Facts(words: [$0.running.kind]) })

    /// A worker of which only the name is known.
    package init(_ id: String) { self.id = id }

    /// A worker of the list.
    init(_ row: WorkerRow) {
        id = row.id
        take(row)
    }

    package var title: String { id }
    package var isSettled: Bool { workers.isSettled }
    package var failure: ServerFailure? { row == nil ? workers.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open: slots.selected != nil
        case .batch: slots.selected?.running.batchID != nil
        case .jobs: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        workers.loadIfOlder(than: Self.interval, .workers, &context)
    }
    package mutating func refresh(_ context: inout ScreenContext) { workers.load(.workers, &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard workers.receive(answer, &context), let value = workers.value else { return }
        // One that is gone altogether keeps what was last known of it.
        guard let worker = value.results.first(where: { $0.id == id }) else { return slots.set([]) }
        take(WorkerRow(worker: worker, countedAt: value.countedAt))
    }

    private mutating func take(_ row: WorkerRow) {
        self.row = row
        slots.set(row.worker.jobs.map { SlotRow(running: $0, row: row) })
    }

    package mutating func tick(_ context: inout ScreenContext) {
        workers.renew(after: Self.interval, .workers, &context)
    }
    package func wake(after now: Duration) -> Duration? { workers.wake(renewingAfter: Self.interval, now) }

    /// Whether the server does not know it any more.
    private var isGone: Bool { workers.value.map { !$0.results.contains { $0.id == id } } ?? false }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let slot = slots.selected { context.push(JobScreen(slot.running.job)) }
        case .batch:
            if let batch = slots.selected?.running.batchID { context.push(BatchScreen(batch, name: "Batch")) }
        case .jobs: context.push(JobsScreen(.of(worker: id)))
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { slots.move(move) }
    package mutating func resize(_ size: Size) {
        slots.resize(visibleRows: size.rows - 1 - WorkerHead.rows(of: size.rows))
    }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        let visible = row - area.rows.lowerBound - WorkerHead.rows(of: area.rows.count) - 1
        if visible >= 0 { slots.point(atVisible: visible) }
    }

    // MARK: What it tells

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        guard let row else {
            EmptyList(
                subject: "worker", isRead: workers.value != nil, failure: workers.failure,
                failingSince: workers.failingSince, nothing: "There is no such worker any more."
            ).draw(into: &frame, area, scope)
            return
        }
        let head = WorkerHead.rows(of: area.rows.count)
        if head > 0 { WorkerHead(row, isGone: isGone, scope).draw(into: &frame, area.top(head)) }
        slots.draw(into: &frame, area.below(head), scope)
        guard slots.shown.isEmpty else { return }
        EmptyList(
            subject: "jobs", isRead: true, failure: nil, failingSince: nil,
            nothing: isGone ? "It is gone." : "It runs nothing now."
        ).draw(into: &frame, area.below(head + 1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        guard let row else { return [workers.age(scope)] }
        return [
            isGone ? Segment("gone", .bad) : Segment(row.worker.condition.rawValue, row.worker.condition.ink),
            Segment("\(row.worker.busy) of \(row.worker.slots) slots busy"), workers.age(scope),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure = workers.failure { return Segment("Not current: \(failure.message)", .bad) }
        return row.map { Segment($0.worker.summary, $0.worker.condition.ink) }
    }

    package func explanation(_ scope: Scope) -> Explanation? { row.map { $0.explanation(scope) } }

    package func copies(_ scope: Scope) -> [Copy] {
        let job = slots.selected.map { [Copy("i", "identifier of the job", $0.running.job.lowercase)] } ?? []
        return [Copy("n", "name", id)] + job
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let row else { return nil }
        let table = slots.table(scope)
        return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(row.worker))
    }
}

/// A worker in a few lines above its slots.
struct WorkerHead {
    /// How many, in a body of so many rows.
    static func rows(of rows: Int) -> Int { rows < 12 ? 0 : 4 }

    private let row: WorkerRow
    private let isGone: Bool
    private let scope: Scope

    init(_ row: WorkerRow, isGone: Bool, _ scope: Scope) {
        self.row = row
        self.isGone = isGone
        self.scope = scope
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let worker = row.worker
        let separator = " \(scope.marks.separator) "
        let columns = 1..<max(1, area.columns.upperBound - 1)
        let progress = row.progress(scope).map { "\(Formats.span(seconds: Int($0))) ago" } ?? "none yet"
        let lines: [(String, Ink)] = [
            (isGone ? "It is not there any more; this is what was last known." : worker.summary, worker.condition.ink),
            (
                [
                    "beat \(Formats.span(seconds: Int(row.heartbeat(scope)))) ago", "progress \(progress)",
                    "memory \(MemoryWords.text(worker.memoryBytes))", "up \(ItemFigures.age(worker.startedAt, scope))",
                    "version \(worker.version)", "\(worker.host), process \(worker.pid)",
                ].joined(separator: separator), .plain
            ),
            (
                [
                    "\(Formats.count(worker.finished)) done", "\(Formats.count(worker.failed)) failed since its start",
                    "takes from \(worker.queues.joined(separator: ", "))",
                ].joined(separator: separator), .quiet
            ),
        ]
        for (line, place) in zip(lines, area.rows) {
            frame.put(line.0, place, columns.lowerBound, Style(line.1), width: columns.count)
        }
    }
}
