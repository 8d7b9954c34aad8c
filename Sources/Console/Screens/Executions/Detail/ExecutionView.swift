internal import FoundationEssentials
internal import Terminal
internal import WireAPI

/// Draws one execution: its facts, and its text beside or below them.
struct ExecutionView {
    private let screen: ExecutionScreen
    private let marks: Marks

    init(_ screen: ExecutionScreen, _ scope: Scope) {
        self.screen = screen
        marks = scope.marks
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let division = DocumentDivision(size: area.size)
        if division.factsWidth > 0 {
            let column = division.textWidth + 5
            for row in area.rows { frame.put(marks.side, row, column - 2, Style(.faint)) }
            drawFacts(area.rows, column, division.factsWidth - 1, into: &frame)
        } else if division.factRows > 0 {
            drawCompactFacts(area.rows.lowerBound, division.factRows, into: &frame)
        }
        let text = area.below(division.factRows)
        guard screen.reader.document != nil else {
            drawState(text.rows.lowerBound + 1, into: &frame)
            return
        }
        screen.reader.draw(into: &frame, Area(rows: text.rows, columns: 1..<division.textWidth + 1))
    }

    private var facts: [ExecutionFact] {
        if let detail = screen.detail { return ExecutionFact.of(detail) }
        return screen.execution.map(ExecutionFact.of) ?? []
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
        guard let execution = screen.execution else { return }
        let separator = " \(marks.separator) "
        let outcome = execution.failure.map { "\(marks.failure) \($0.words)" } ?? Formats.score(execution.score)
        let ink = execution.failure != nil ? Ink.bad : execution.score.map(ScoreBar.ink) ?? .quiet
        let column = frame.put(outcome, first, 1, Style(ink))
        var parts = [Formats.time(execution.createdAt), execution.type, execution.model ?? "no model"]
        parts.append(Formats.latency(milliseconds: execution.latencyMilliseconds))
        parts.append(Formats.cost(nanodollars: execution.costNanodollars))
        if let detail = screen.detail, let tokens = detail.promptTokens {
            parts.append("\(Formats.count(tokens + (detail.completionTokens ?? 0))) tokens")
        }
        frame.put(separator + parts.joined(separator: separator), first, column, Style(.quiet))
        guard count > 1 else { return }
        var more = [execution.id.lowercase]
        if let project = execution.projectName { more.append(project) }
        if let session = execution.sessionID { more.append(session) }
        if let user = execution.userID { more.append(user) }
        more += execution.tags
        frame.put(more.joined(separator: separator), first + 1, 1, Style(.faint))
    }

    private func drawState(_ row: Int, into frame: inout Frame) {
        guard let failure = screen.content.failure else {
            frame.put("Reading the execution", row, 1, Style(.quiet))
            return
        }
        frame.put("\(marks.failure) \(failure.message)", row, 1, Style(.bad))
        if failure.isTransient { frame.put("Trying again by itself; r tries now.", row + 1, 3, Style(.quiet)) }
    }
}
