import FoundationEssentials
package import Terminal
import WireAPI

/// Who runs jobs: what each does now, whether it gets anything done, and what runs by the clock.
package struct WorkersScreen: ListingScreen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case open, jobs, schedules, toggleUnwell
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the worker: what it runs now"),
        Binding([.character("s")], .jobs, hint: "jobs", "Show the jobs that it runs, or ran last"),
        Binding([.character("t")], .schedules, hint: "schedules", "Show what is done again and again, by the clock"),
        Binding([.character("!")], .toggleUnwell, "Show only those that are not well, or all again"),
    ]

    /// While somebody looks, what is shown is at most this old.
    private static let interval = Duration.seconds(2)
    private static let unwell = "stuck,lost,draining"

    /// At first in the server's order: those that are not well come first.
    package var list = Listing(
        WorkerColumns.all, sorting: Sorting(column: "server", isDescending: false), facts: WorkerColumns.facts)
    private(set) var workers = Loadable<OperatorWorkerList>()
    private var size = Size(columns: 80, rows: 20)
    private var session = SessionWatch()

    package init() {}

    package var title: String { Room.workers.title }
    package var isSettled: Bool { workers.isSettled }
    package var failure: ServerFailure? { workers.value == nil ? workers.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open, .jobs: list.selected != nil
        case .schedules, .toggleUnwell: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if session.hasChanged(context.scope) {
            workers.load(.workers, &context)
        } else {
            workers.loadIfOlder(than: Self.interval, .workers, &context)
        }
    }
    package mutating func refresh(_ context: inout ScreenContext) { workers.load(.workers, &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard workers.receive(answer, &context), let value = workers.value else { return }
        list.set(value.results.map { WorkerRow(worker: $0, countedAt: value.countedAt) })
        resize(size)
    }

    package mutating func tick(_ context: inout ScreenContext) {
        workers.renew(after: Self.interval, .workers, &context)
    }

    /// The ages go on by themselves.
    package func wake(after now: Duration) -> Duration? {
        workers.wake(renewingAfter: Self.interval, now).map { min($0, now + .seconds(1)) }
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let row = list.selected { context.push(WorkerScreen(row)) }
        case .jobs: if let row = list.selected { context.push(JobsScreen(.of(worker: row.id))) }
        case .schedules: context.push(SchedulesScreen())
        case .toggleUnwell:
            var text = QueryText(list.queryText)
            text.set("state", text.contains("state:\(Self.unwell)") ? nil : Self.unwell)
            apply(query: text.text, &context)
        }
    }

    package mutating func resize(_ size: Size) {
        self.size = size
        list.resize(visibleRows: WorkersDivision(size: size, workers: list.shown.count).listRows)
    }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        let visible = row - area.rows.lowerBound - 1
        let division = WorkersDivision(size: area.size, workers: list.shown.count)
        if (0..<division.listRows).contains(visible) { list.point(atVisible: visible) }
    }

    package var vocabulary: [QueryField] { WorkerColumns.vocabulary }
    package mutating func rowsChanged() { resize(size) }

    // MARK: What it tells

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        WorkersView(self, scope).draw(into: &frame, area)
    }

    package func address(_ scope: Scope) -> [Segment] {
        var segments = [list.queryText.isEmpty ? Segment("all") : Segment("/\(list.queryText)", .strong)]
        if let workers = workers.value?.results {
            let busy = workers.map(\.busy).reduce(0, +)
            let slots = workers.map(\.slots).reduce(0, +)
            segments.append(Segment("\(Formats.count(busy)) of \(Formats.count(slots)) slots busy"))
            let versions = Set(workers.map(\.version))
            if versions.count > 1 { segments.append(Segment("\(versions.count) versions", .caution)) }
        }
        if let complaint = workers.value?.complaint { segments.append(Segment(complaint, .caution)) }
        return segments + [workers.age(scope)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure = workers.failure { return Segment("Not current: \(failure.message)", .bad) }
        return list.selected.map { Segment($0.worker.summary, $0.worker.condition.ink) }
    }

    package func explanation(_ scope: Scope) -> Explanation? { list.selected.map { $0.explanation(scope) } }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let worker = list.selected?.worker else { return [] }
        return [Copy("n", "name", worker.id), Copy("h", "host", worker.host), Copy("p", "process", "\(worker.pid)")]
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard workers.value != nil else { return nil }
        let table = list.table(scope)
        return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(list.shown.map(\.worker)))
    }
}

extension JobPlace {
    /// The jobs that a worker runs, or ran last.
    static func of(worker id: String) -> JobPlace {
        var filter = OperatorJobFilter()
        filter.worker = id
        return JobPlace("Jobs of \(id)", filter)
    }
}
