import Terminal
import WireAPI

/// How the body is divided between the spans, what became of the trace, and the text of the span under the cursor.
struct TraceDivision: Sendable, Hashable {
    /// Rows that say what became of it.
    let outcomeRows = 1
    /// Rows of the spans without their titles.
    let listRows: Int
    let listWidth: Int
    let textRows: Int
    let textWidth: Int
    let isBeside: Bool

    init(size: Size) {
        isBeside = size.columns >= 140
        textWidth = isBeside ? min(90, size.columns * 2 / 5) : max(1, size.columns - 2)
        listWidth = isBeside ? size.columns - textWidth - 3 : size.columns
        let rest = max(2, size.rows - outcomeRows)
        textRows = isBeside ? rest : rest < 10 ? 0 : rest / 2
        listRows = max(1, rest - 1 - (isBeside ? 0 : textRows))
    }
}

/// Draws a trace.
struct TraceView {
    private let screen: TraceScreen
    private let scope: Scope

    init(_ screen: TraceScreen, _ scope: Scope) {
        self.screen = screen
        self.scope = scope
    }

    func draw(into frame: inout Frame, _ area: Area) {
        guard let content = screen.content.value else {
            EmptyList(
                subject: "trace", isRead: false, failure: screen.content.failure,
                failingSince: screen.content.failingSince
            ).draw(into: &frame, area, scope)
            return
        }
        let division = TraceDivision(size: area.size)
        draw(content.outcomes, into: &frame, area.top(division.outcomeRows))
        let below = area.below(division.outcomeRows)
        drawSpans(into: &frame, below.left(division.listWidth).top(division.listRows + 1))
        guard division.textRows > 0 else { return }
        if division.isBeside {
            for row in below.rows {
                frame.put(scope.marks.side, row, below.columns.lowerBound + division.listWidth, Style(.faint))
            }
            screen.reader.draw(into: &frame, below.right(of: division.listWidth + 2))
        } else {
            let text = below.below(division.listRows + 1)
            screen.reader.draw(
                into: &frame,
                Area(rows: text.rows, columns: text.columns.lowerBound + 1..<text.columns.upperBound))
        }
    }

    /// The filters with what became of the trace under them, as many as there is room for.
    private func draw(_ outcomes: [OperatorTraceOutcome], into frame: inout Frame, _ area: Area) {
        guard let row = area.rows.first else { return }
        var column = area.columns.lowerBound + 1
        if outcomes.isEmpty {
            frame.put("No filter was active when it came.", row, column, Style(.quiet), width: area.columns.count - 2)
        }
        for outcome in outcomes {
            let room = area.columns.upperBound - column
            guard room > 8 else { break }
            column = frame.put("\(outcome.filter): ", row, column, Style(.quiet), width: room)
            let reason = outcome.state == "failed" && !outcome.reason.isEmpty ? ": \(outcome.reason)" : ""
            column = frame.put(
                "\(outcome.word)\(reason)", row, column, Style(outcome.ink),
                width: max(0, area.columns.upperBound - column))
            column += 3
        }
    }

    private func drawSpans(into frame: inout Frame, _ area: Area) {
        let columns = WaterfallColumns.all(barWidth: min(48, max(10, area.columns.count * 3 / 10)))
        let table = TableView(columns, sorting: nil, in: area, scope)
        table.drawTitles(into: &frame)
        let room = TableView<WaterfallRow>.rows(in: area)
        for (offset, row) in screen.list.rows.dropFirst(screen.list.top).prefix(room).enumerated() {
            table.draw(
                row, at: offset, isCurrent: row.id == screen.list.cursor, isMarked: false, into: &frame)
        }
    }
}
