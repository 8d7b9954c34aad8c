import Terminal
import WireAPI

/// How the body is divided between the queues and what is shown of the one under the cursor.
struct QueuesDivision: Sendable, Hashable {
    /// Rows of the table without its titles.
    let listRows: Int
    /// Rows of the pane below, 0 for none.
    let paneRows: Int

    init(size: Size, queues: Int) {
        let wanted = max(queues, 3) + 2
        let spare = size.rows - wanted
        // A pane needs a chart, its axis and some numbers.
        paneRows = spare >= 11 ? spare : 0
        listRows = max(1, size.rows - 1 - paneRows)
    }
}

/// Draws the queues, and where there is room the last hour of the one under the cursor.
struct QueuesView {
    private let screen: QueuesScreen
    private let scope: Scope

    init(_ screen: QueuesScreen, _ scope: Scope) {
        self.screen = screen
        self.scope = scope
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let division = QueuesDivision(size: area.size, queues: screen.list.shown.count)
        let table = area.top(division.listRows + 1)
        screen.list.draw(into: &frame, table, scope)
        if screen.list.shown.isEmpty {
            EmptyList(
                subject: "queues", isRead: screen.queues.value != nil, failure: screen.queues.failure,
                failingSince: screen.queues.failingSince, query: screen.list.queryText
            ).draw(into: &frame, table.below(1), scope)
        }
        guard division.paneRows > 0, let row = screen.list.selected else { return }
        let pane = Pane(row.id, note: "60 minutes", in: area.below(division.listRows + 1))
        pane.draw(into: &frame)
        let lines = QueueLines(row, scope).lines
        let inside = pane.inside
        let chartRows = max(4, inside.rows.count - lines.count)
        QueueCharts(series: row.queue.hour).draw(into: &frame, inside.top(chartRows))
        for (line, place) in zip(lines, inside.below(chartRows).rows) {
            line.draw(into: &frame, place, inside.columns)
        }
    }
}
