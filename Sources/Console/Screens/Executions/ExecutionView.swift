import FoundationEssentials
import Terminal
import WireAPI

/// Draws one execution: its facts, and its text beside or below them.
struct DetailView {
    private let model: Model
    private let detail: ExecutionDetail
    private let marks: Marks

    init(_ detail: ExecutionDetail, _ model: Model) {
        self.detail = detail
        self.model = model
        marks = Marks(model.charset)
    }

    func draw(into frame: inout Frame) {
        let layout = Layout(size: frame.size)
        let area = DetailArea(size: frame.size)
        drawAddress(layout.address, into: &frame)
        if area.factsWidth > 0 {
            let column = area.textWidth + 5
            for row in layout.body { frame.put(marks.side, row, column - 2, Style(.faint)) }
            drawFacts(layout.body, column, area.factsWidth - 1, into: &frame)
        } else if area.factRows > 0 {
            drawCompactFacts(layout.body.lowerBound, area.factRows, into: &frame)
        }
        drawText(layout.body.dropFirst(area.factRows), area, into: &frame)
        if let row = layout.message { drawMessage(row, into: &frame) }
    }

    private var row: OperatorExecutionRow? {
        if case .loaded(let loaded) = detail.content { loaded.execution } else { detail.row }
    }

    private var facts: [ExecutionFact] {
        if case .loaded(let loaded) = detail.content { return ExecutionFact.of(loaded) }
        return detail.row.map(ExecutionFact.of) ?? []
    }

    private func drawAddress(_ row: Int, into frame: inout Frame) {
        let position = self.position
        let right = frame.size.columns - 1 - position.columns
        var column = frame.put(detail.title, row, 1, Style(.strong), width: right - 2)
        if let execution = self.row {
            if let failure = execution.failure {
                column = frame.put(
                    "  \(marks.failure) \(failure.words)", row, column, Style(.bad), width: right - column - 1)
            } else if let score = execution.score {
                let style = Style(ScoreBar.ink(score))
                let text = "  \(Formats.score(score)) \(ScoreBar.filled(score, width: 10, marks))"
                column = frame.put(text, row, column, style, width: right - column - 1)
            }
        }
        frame.put(position, row, right, Style(.quiet))
    }

    private var position: String {
        guard let document = detail.document else { return "" }
        let last = min(document.lines.count, detail.top + DetailArea(size: model.size).rows)
        if detail.top == 0, last == document.lines.count { return "" }
        return "\(Formats.count(detail.top + 1))-\(Formats.count(last)) of \(Formats.count(document.lines.count))"
    }

    // MARK: Facts

    private func drawFacts(_ rows: Range<Int>, _ column: Int, _ width: Int, into frame: inout Frame) {
        let facts = facts
        let label = min(14, (facts.map(\.label.columns).max() ?? 0) + 2)
        var row = rows.lowerBound
        for fact in facts {
            if fact.startsGroup { row += 1 }
            guard row < rows.upperBound else { return }
            frame.put(fact.label, row, column, Style(.quiet), width: label - 1)
            var end = column + label
            // Identifiers are for copying: whole, on a line of their own where they do not fit.
            if fact.value.columns > width - label, fact.value.columns <= width, row + 1 < rows.upperBound {
                row += 1
                end = column
            }
            end = frame.put(fact.value, row, end, Style(fact.ink), width: column + width - end)
            if let share = fact.share {
                let bar = ScoreBar.filled(share, width: 10, marks)
                frame.put(bar, row, max(end + 1, column + label + 8), Style(fact.ink), width: 10)
            }
            row += 1
        }
    }

    /// The most important facts in a few lines, for a narrow screen.
    private func drawCompactFacts(_ first: Int, _ count: Int, into frame: inout Frame) {
        guard let execution = row else { return }
        var parts = [Formats.time(execution.createdAt), execution.type, execution.model ?? "no model"]
        parts.append(Formats.latency(milliseconds: execution.latencyMilliseconds))
        parts.append(Formats.cost(nanodollars: execution.costNanodollars))
        if case .loaded(let loaded) = detail.content, let tokens = loaded.promptTokens {
            parts.append("\(Formats.count(tokens + (loaded.completionTokens ?? 0))) tokens")
        }
        frame.put(parts.joined(separator: " \(marks.separator) "), first, 1, Style(.quiet))
        guard count > 1 else { return }
        var more = [execution.id.lowercase]
        if let project = execution.projectName { more.append(project) }
        if let session = execution.sessionID { more.append(session) }
        if let user = execution.userID { more.append(user) }
        more += execution.tags
        frame.put(more.joined(separator: " \(marks.separator) "), first + 1, 1, Style(.faint))
    }

    // MARK: Text

    private func drawText(_ rows: Range<Int>, _ area: DetailArea, into frame: inout Frame) {
        guard let document = detail.document else {
            drawState(rows.lowerBound + 1, into: &frame)
            return
        }
        for (offset, line) in document.lines.dropFirst(detail.top).prefix(rows.count).enumerated() {
            draw(line, rows.lowerBound + offset, area.textWidth, into: &frame)
        }
    }

    private func draw(_ line: DetailLine, _ row: Int, _ width: Int, into frame: inout Frame) {
        var column = 1
        if line.isTitle {
            let title = line.spans[0]
            column = frame.put(title.text, row, column, title.style, width: width) + 1
            if let note = line.spans.last, !note.text.isEmpty {
                column = frame.put(note.text, row, column, note.style, width: width - column) + 1
            }
            frame.rule(marks.rule, row, Style(.faint), from: column, width: width - column + 1)
            return
        }
        for span in line.spans { column = frame.put(span.text, row, column, span.style, width: width - column + 1) }
    }

    private func drawState(_ row: Int, into frame: inout Frame) {
        switch detail.content {
        case .loading: frame.put("Reading the execution", row, 1, Style(.quiet))
        case .failed(let failure):
            frame.put("\(marks.failure) \(failure.message)", row, 1, Style(.bad))
            if failure.isTransient { frame.put("r tries again.", row + 1, 3, Style(.quiet)) }
        case .loaded: break
        }
    }

    private func drawMessage(_ row: Int, into frame: inout Frame) {
        if case .down(_, let reason, _) = model.stream.phase {
            frame.put("Live updates: \(reason)", row, 1, Style(.bad))
        } else if detail.document?.isFolded == true {
            frame.put("Long texts are folded: f shows them in full.", row, 1, Style(.quiet))
        }
    }
}
