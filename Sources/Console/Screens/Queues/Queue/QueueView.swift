import Terminal
import WireAPI

/// Draws a queue that is open.
struct QueueView {
    private let screen: QueueScreen
    private let scope: Scope

    init(_ screen: QueueScreen, _ scope: Scope) {
        self.screen = screen
        self.scope = scope
    }

    func draw(into frame: inout Frame, _ area: Area) {
        guard let detail = screen.content.value, let row = screen.row else {
            EmptyList(
                subject: "queue", isRead: false, failure: screen.content.failure,
                failingSince: screen.content.failingSince
            ).draw(into: &frame, area, scope)
            return
        }
        switch screen.tab {
        case .overview: drawOverview(detail, row, into: &frame, area)
        case .tenants:
            screen.tenants.draw(into: &frame, area, scope)
            if screen.tenants.shown.isEmpty { drawNothing("Nobody waits here.", into: &frame, area) }
        case .limits:
            screen.limits.draw(into: &frame, area, scope)
            if screen.limits.shown.isEmpty { drawNothing("Nothing but slots bounds its jobs.", into: &frame, area) }
        }
    }

    private func drawNothing(_ text: String, into frame: inout Frame, _ area: Area) {
        EmptyList(subject: "rows", isRead: true, failure: nil, failingSince: nil, nothing: text)
            .draw(into: &frame, area.below(1), scope)
    }

    /// Numbers first, then as many charts as there is room for, beside them the kinds of jobs.
    private func drawOverview(
        _ detail: OperatorQueueDetail, _ row: QueueRow, into frame: inout Frame, _ area: Area
    ) {
        let lines = QueueLines(row, scope).lines
        let columns = area.columns.lowerBound + 1..<max(area.columns.lowerBound + 1, area.columns.upperBound - 1)
        for (line, place) in zip(lines, area.rows) { line.draw(into: &frame, place, columns) }
        let below = Area(rows: area.below(lines.count + 1).rows, columns: columns)
        guard below.rows.count >= 5 else { return }
        let kinds = detail.kinds
        let side = below.columns.count >= 110 && !kinds.isEmpty ? 34 : 0
        QueueCharts(series: detail.series).draw(into: &frame, below.left(below.columns.count - side))
        guard side > 0 else { return }
        let pane = Pane("Kinds", note: "wait or run", in: below.right(of: below.columns.count - side + 1))
        pane.draw(into: &frame)
        HorizontalBars(kinds.map { .init($0.name, Double($0.count)) }, label: { Formats.compact($0) })
            .draw(into: &frame, pane.inside)
    }
}
