import Terminal

/// Draws the form of a trial, and beside or below it what came of it.
struct TrialView {
    let trial: ItemTrial
    let scope: Scope

    func draw(into frame: inout Frame, _ area: Area) {
        let layout = TrialLayout(size: area.size)
        if layout.isWide {
            drawForm(into: &frame, area.left(layout.formWidth), layout)
            let column = area.columns.lowerBound + layout.formWidth + 1
            for row in area.rows { frame.put(scope.marks.side, row, column, Style(.faint)) }
            drawResult(into: &frame, area.right(of: layout.formWidth + 3))
        } else {
            drawForm(into: &frame, area.top(layout.formRows), layout)
            let row = area.rows.lowerBound + layout.formRows
            if row < area.rows.upperBound { frame.rule(scope.marks.rule, row, Style(.faint)) }
            drawResult(into: &frame, area.below(layout.formRows + 1).right(of: 1))
        }
    }

    // MARK: The form

    private func drawForm(into frame: inout Frame, _ area: Area, _ layout: TrialLayout) {
        let heights = heights(area.rows.count)
        var row = area.rows.lowerBound
        for (index, field) in trial.form.fields.enumerated() where heights[index] > 0 {
            let rows = row..<min(area.rows.upperBound, row + heights[index])
            draw(field, isFocused: index == trial.form.focus, into: &frame, rows, area, layout)
            row = rows.upperBound
        }
    }

    /// The field with the cursor gets what the others leave; where there is not room for all it is seen in any case.
    private func heights(_ rows: Int) -> [Int] {
        let count = trial.form.fields.count
        let others = min(4, max(1, rows / (count * 2)))
        var heights = Array(repeating: others, count: count)
        heights[trial.form.focus] = 0
        var used = heights.reduce(0, +)
        // From the end, so that the first fields stay.
        for index in heights.indices.reversed() where used > rows - 2 && heights[index] > 0 {
            used -= heights[index]
            heights[index] = 0
        }
        heights[trial.form.focus] = max(1, rows - used)
        return heights
    }

    private func draw(
        _ field: TrialField, isFocused: Bool, into frame: inout Frame, _ rows: Range<Int>, _ area: Area,
        _ layout: TrialLayout
    ) {
        guard let first = rows.first else { return }
        let left = area.columns.lowerBound
        let isTyped = isFocused && trial.isTyping
        frame.put(isFocused ? scope.marks.cursor : "", first, left, Style(.accent))
        let ink: Ink = isFocused ? .strong : field.isUsed ? .plain : .quiet
        frame.put(field.name, first, left + 2, Style(ink), width: TrialLayout.labelWidth - 3)
        let start = left + TrialLayout.labelWidth
        let columns = start..<max(start, min(area.columns.upperBound - 1, start + layout.textWidth))
        let style = isTyped ? Style(.plain, on: .field) : Style(field.isUsed ? .plain : .quiet)
        if isTyped { for row in rows { frame.fill(row, style, from: columns.lowerBound, width: columns.count) } }
        if field.area.isEmpty {
            frame.put(field.hint, first, columns.lowerBound, Style(.faint, on: style.ground), width: columns.count)
        }
        let place = field.area.draw(into: &frame, Area(rows: rows, columns: columns), style, isTyped: isTyped)
        if let place { frame.showCursor(place.row, place.column) }
    }

    // MARK: The result

    private func drawResult(into frame: inout Frame, _ area: Area) {
        guard let row = area.rows.first else { return }
        if let problem = trial.problem {
            let text = problem.field.isEmpty ? problem.message : "\(problem.field): \(problem.message)"
            let lines = TextLines(
                "\(scope.marks.failure) \(text)", width: area.columns.count, charset: frame.charset,
                limit: area.rows.count)
            for (row, line) in zip(area.rows, lines.lines) {
                frame.put(line, row, area.columns.lowerBound, Style(.bad))
            }
            trial.reader.draw(into: &frame, area.below(lines.lines.count + 1))
            return
        }
        guard trial.shownRun != nil else {
            let text =
                trial.isRunning ? "Waiting for the first result" : "What comes of it appears here: Enter runs it."
            frame.put(text, row, area.columns.lowerBound, Style(.quiet), width: area.columns.count)
            return
        }
        trial.reader.draw(into: &frame, area)
    }
}
