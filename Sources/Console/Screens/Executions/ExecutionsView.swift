import FoundationEssentials
import Terminal
import WireAPI

/// Draws the list of executions.
struct ExecutionsView {
    private let model: Model
    private let list: Executions
    private let marks: Marks

    init(_ model: Model) {
        self.model = model
        list = model.executions
        marks = Marks(model.charset)
    }

    func draw(into frame: inout Frame) {
        let layout = Layout(size: frame.size)
        drawAddress(layout.address, into: &frame)
        guard let first = layout.body.first else { return }
        let columns = ExecutionColumns(width: frame.size.columns, showsDay: showsDay)
        drawTitles(columns, first, into: &frame)
        let body = (first + 1)..<layout.body.upperBound
        if list.rows.isEmpty { drawEmpty(body, into: &frame) }
        let cursor = list.cursorIndex
        for row in body {
            let index = list.top + row - body.lowerBound
            guard index < list.rows.count else { break }
            draw(list.rows[index], columns, row, isSelected: index == cursor, into: &frame)
        }
        if let row = layout.message { drawMessage(row, into: &frame) }
    }

    /// Times of more than one day need it, also for the one that is shown first.
    private var showsDay: Bool {
        guard let oldest = list.rows.oldest, let newest = list.rows.newest else { return false }
        let today = model.clock.date(at: model.now) ?? newest.createdAt
        return Formats.day(oldest.createdAt) != Formats.day(today)
    }

    // MARK: Address

    private func drawAddress(_ row: Int, into frame: inout Frame) {
        if let field = list.field {
            drawField(field, row, into: &frame)
            return
        }
        let summary = self.summary
        let right = frame.size.columns - 1 - summary.text.columns
        if list.filterText.isEmpty {
            frame.put("all", row, 1, Style(.quiet), width: right - 2)
        } else {
            let column = frame.put("/", row, 1, Style(.accent))
            frame.put(list.filterText, row, column, Style(.strong), width: right - column - 1)
        }
        frame.put(summary.text, row, right, Style(summary.ink))
    }

    private func drawField(_ field: TextField, _ row: Int, into frame: inout Frame) {
        let width = frame.size.columns
        frame.put(" /", row, 0, Style(.accent))
        var room = 0
        if let problem = list.problem {
            room = min(problem.columns + 2, width / 2)
            frame.put(problem, row, width - room + 1, Style(.caution), width: room - 1)
        }
        let cursor = field.draw(into: &frame, row, 2, width: width - 3 - room, Style(.plain, on: .field))
        frame.showCursor(row, cursor)
    }

    /// Which part of the whole is shown; a part is never called the whole.
    private var summary: (text: String, ink: Ink) {
        switch list.load {
        case .never, .loading: return list.rows.isEmpty ? ("loading", .quiet) : ("\(held) held, loading", .quiet)
        case .failed(_, let since):
            guard !list.rows.isEmpty else { return ("", .quiet) }
            return ("list not read for \(Formats.span(seconds: (model.now - since).wholeSeconds))", .bad)
        case .loaded: break
        }
        if list.rows.isEmpty { return ("", .quiet) }
        if list.unseen > 0 { return ("\(marks.up) \(Formats.count(list.unseen)) new (g)  \(position)", .accent) }
        if list.isFollowing { return ("\(held), newest first", .quiet) }
        return (position, .quiet)
    }

    private var position: String {
        "\(Formats.count((list.cursorIndex ?? 0) + 1)) of \(held)"
    }

    private var held: String {
        let count = Formats.count(list.rows.count)
        switch list.older {
        case .end: return count
        case .unknown, .from, .loading, .failed, .released: return "\(count)+"
        }
    }

    // MARK: Rows

    private func drawTitles(_ columns: ExecutionColumns, _ row: Int, into frame: inout Frame) {
        let style = Style(.faint)
        for slot in columns.slots {
            if slot.column.isNumber {
                frame.put(slot.column.title, row, endingAt: slot.start + slot.width, style)
            } else {
                frame.put(slot.column.title, row, slot.start, style, width: slot.width, ending: .cut)
            }
        }
    }

    private func draw(
        _ execution: OperatorExecutionRow, _ columns: ExecutionColumns, _ row: Int, isSelected: Bool,
        into frame: inout Frame
    ) {
        let ground: Ground = isSelected ? .selection : .page
        if isSelected {
            frame.fill(row, Style(.plain, on: .selection))
            frame.put(marks.cursor, row, 0, Style(.plain, on: .selection))
        }
        for slot in columns.slots {
            if slot.column == .score {
                drawScore(execution, slot, row, ground, into: &frame)
                continue
            }
            // The row under the cursor moves with every key: fewer inks are fewer bytes on a slow link.
            let style = Style(isSelected ? .plain : ink(slot.column, execution), on: ground)
            let text = text(slot.column, execution, columns)
            if slot.column.isNumber {
                frame.put(text, row, endingAt: slot.start + slot.width, style)
            } else {
                frame.put(text, row, slot.start, style, width: slot.width)
            }
        }
    }

    private func drawScore(
        _ execution: OperatorExecutionRow, _ slot: ExecutionColumns.Slot, _ row: Int, _ ground: Ground,
        into frame: inout Frame
    ) {
        if let failure = execution.failure {
            frame.put("\(marks.failure) \(failure.words)", row, slot.start, Style(.bad, on: ground), width: slot.width)
            return
        }
        let style = Style(execution.score.map(ScoreBar.ink) ?? .quiet, on: ground)
        let end = frame.put(Formats.score(execution.score), row, slot.start, style, width: slot.width)
        guard let score = execution.score, slot.width >= 14 else { return }
        frame.put(ScoreBar.filled(score, width: 8, marks), row, end + 1, style)
    }

    private func ink(_ column: ExecutionColumn, _ execution: OperatorExecutionRow) -> Ink {
        switch column {
        case .name: .plain
        case .type: execution.type == "judge" ? .accent : .quiet
        case .time, .score, .model, .latency, .cost, .project, .session, .user, .tags: .quiet
        }
    }

    private func text(
        _ column: ExecutionColumn, _ execution: OperatorExecutionRow, _ columns: ExecutionColumns
    ) -> String {
        switch column {
        case .time: columns.showsDay ? Formats.dayAndTime(execution.createdAt) : Formats.time(execution.createdAt)
        case .type: Self.shortType(execution.type, columns)
        case .name: execution.name
        case .score: ""
        case .model: execution.model ?? "-"
        case .latency: Formats.latency(milliseconds: execution.latencyMilliseconds)
        case .cost: Formats.cost(nanodollars: execution.costNanodollars)
        case .project: execution.projectName ?? ""
        case .session: execution.sessionID ?? ""
        case .user: execution.userID ?? ""
        case .tags: execution.tags.joined(separator: " ")
        }
    }

    private static func shortType(_ type: String, _ columns: ExecutionColumns) -> String {
        let width = columns.slots.first { $0.column == .type }?.width ?? 0
        return type == "evaluator" && width < 9 ? "eval" : type
    }

    // MARK: States

    private func drawEmpty(_ body: Range<Int>, into frame: inout Frame) {
        let row = body.lowerBound + max(0, body.count / 2 - 1)
        switch list.load {
        case .never, .loading: centre("Reading the newest executions", row, .quiet, into: &frame)
        case .failed(let failure, let since):
            centre(failure.message, row, .bad, into: &frame)
            let age = Formats.span(seconds: (model.now - since).wholeSeconds)
            centre("Failing for \(age); trying again by itself. r tries now.", row + 1, .quiet, into: &frame)
        case .loaded:
            if list.filterText.isEmpty {
                centre("No execution has been recorded yet.", row, .plain, into: &frame)
                centre("The first one appears here by itself.", row + 1, .quiet, into: &frame)
            } else {
                centre("No execution matches \(list.filterText)", row, .plain, into: &frame)
                centre(
                    "New ones appear by themselves. a shows all, / changes the filter.", row + 1, .quiet, into: &frame)
            }
        }
    }

    private func centre(_ text: String, _ row: Int, _ ink: Ink, into frame: inout Frame) {
        frame.put(text, row, max(1, (frame.size.columns - text.columns) / 2), Style(ink))
    }

    /// One line about the row under the cursor where it failed, or about what could not be read.
    private func drawMessage(_ row: Int, into frame: inout Frame) {
        if case .failed(_, let failure) = list.older {
            frame.put("Older executions could not be read: \(failure.message)", row, 1, Style(.bad))
        } else if case .loading = list.older, isAtEnd {
            frame.put("Reading older executions", row, 1, Style(.quiet))
        } else if list.older == .released, isAtEnd {
            let limit = Formats.count(Executions.limit)
            frame.put("The newest \(limit) are held. r reads anew, a filter looks further back.", row, 1, Style(.quiet))
        } else if case .down(_, let reason, _) = model.stream.phase {
            frame.put("Live updates: \(reason)", row, 1, Style(.bad))
        } else if let failure = list.selected?.failure {
            frame.put("\(marks.failure) \(failure.sentence)", row, 1, Style(.bad))
        }
    }

    private var isAtEnd: Bool { list.cursorIndex == list.rows.count - 1 }
}
