import Terminal
import WireAPI

/// How the body is divided between the workers and what the one under the cursor runs.
struct WorkersDivision: Sendable, Hashable {
    /// Rows of the table without its titles.
    let listRows: Int
    /// Rows of the pane below, 0 for none.
    let paneRows: Int

    init(size: Size, workers: Int) {
        let spare = size.rows - max(workers, 2) - 2
        // Many workers leave the pane a third.
        paneRows = size.rows < 14 ? 0 : max(spare, size.rows / 3)
        listRows = max(1, size.rows - 1 - paneRows)
    }
}

/// Draws the workers, and below what the one under the cursor runs now.
struct WorkersView {
    private let screen: WorkersScreen
    private let scope: Scope

    init(_ screen: WorkersScreen, _ scope: Scope) {
        self.screen = screen
        self.scope = scope
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let division = WorkersDivision(size: area.size, workers: screen.list.shown.count)
        let table = area.top(division.listRows + 1)
        screen.list.draw(into: &frame, table, scope)
        if screen.list.shown.isEmpty {
            EmptyList(
                subject: "workers", isRead: screen.workers.value != nil, failure: screen.workers.failure,
                failingSince: screen.workers.failingSince, query: screen.list.queryText,
                nothing: "No worker is there: nothing is run.", hint: "Start scorable-workerd."
            ).draw(into: &frame, table.below(1), scope)
        }
        guard division.paneRows > 0, let row = screen.list.selected else { return }
        let note = "\(row.worker.busy) of \(row.worker.slots) slots"
        let pane = Pane(row.id, note: note, in: area.below(division.listRows + 1))
        pane.draw(into: &frame)
        draw(row, into: &frame, pane.inside)
    }

    private func draw(_ row: WorkerRow, into frame: inout Frame, _ area: Area) {
        guard let first = area.rows.first else { return }
        let ink = row.worker.condition.ink
        frame.put(row.worker.summary, first, area.columns.lowerBound, Style(ink), width: area.columns.count)
        let slots = area.below(1)
        guard !row.worker.jobs.isEmpty else { return }
        let table = TableView(SlotColumns.all, sorting: nil, in: slots, scope)
        table.drawTitles(into: &frame)
        let room = TableView<SlotRow>.rows(in: slots)
        let jobs = row.worker.jobs
        let shown = jobs.count > room ? max(0, room - 1) : jobs.count
        for (index, running) in jobs.prefix(shown).enumerated() {
            table.draw(
                SlotRow(running: running, row: row), at: index, isCurrent: false, isMarked: false, into: &frame)
        }
        guard shown < jobs.count, let last = slots.rows.last else { return }
        frame.put(
            "and \(Formats.count(jobs.count - shown)) more: Enter shows all", last, slots.columns.lowerBound + 2,
            Style(.quiet), width: max(0, slots.columns.count - 2))
    }
}
