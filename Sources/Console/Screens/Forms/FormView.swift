import Terminal

/// Draws a form: a field a row, what is expected beside it where there is room, and what is wrong with it.
struct FormView {
    private static let widestLabel = 24
    private static let widestValue = 56

    private let fields: [FormField]
    private let focus: Int
    private let note: String
    private let problem: FormProblem?
    private let scope: Scope

    init(_ form: Form, note: String, problem: FormProblem?, _ scope: Scope) {
        fields = form.asked
        focus = form.focus
        self.note = note
        self.problem = problem
        self.scope = scope
    }

    /// What is expected of a field, in words.
    static func hint(of field: FormField) -> String {
        let need = field.isRequired ? "needed" : ""
        return switch field.kind {
        case .text where field.names != nil:
            [need, field.hint, "Ctrl-O lists them"].filter { !$0.isEmpty }.joined(separator: "; ")
        case .text: [need, field.hint].filter { !$0.isEmpty }.joined(separator: "; ")
        case .secret: [need, field.hint, "not shown"].filter { !$0.isEmpty }.joined(separator: "; ")
        case .choice(let choices):
            field.hint.isEmpty ? "one of \(choices.count)" : field.hint
        }
    }

    /// Where the parts are.
    private struct Places {
        let noteRows: Int
        let fieldRows: Range<Int>
        /// The first field on the screen.
        let first: Int
    }

    private func places(_ area: Area) -> Places {
        let wanted = noteLines(area).count + 1
        let noteRows = note.isEmpty || area.rows.count < fields.count + wanted + 1 ? 0 : wanted
        let rows = area.below(noteRows).rows
        return Places(noteRows: noteRows, fieldRows: rows, first: max(0, focus - rows.count + 1))
    }

    private func noteLines(_ area: Area) -> [Substring] {
        TextLines(note, width: min(100, max(8, area.columns.count - 4)), charset: scope.charset, limit: 4).lines
    }

    /// The field in a row of the screen.
    func field(at row: Int, _ area: Area) -> Int? {
        let places = places(area)
        let place = row - places.fieldRows.lowerBound + places.first
        return places.fieldRows.contains(row) && fields.indices.contains(place) ? place : nil
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let places = places(area)
        if places.noteRows > 0 {
            for (row, line) in zip(area.rows, noteLines(area)) {
                frame.put(line, row, area.columns.lowerBound + 2, Style(.quiet))
            }
        }
        for (row, place) in zip(places.fieldRows, places.first..<fields.count) {
            draw(fields[place], isFocused: place == focus, into: &frame, row, area)
        }
        drawProblem(into: &frame, area, below: places.fieldRows.lowerBound + fields.count - places.first)
    }

    private func draw(
        _ field: FormField, isFocused: Bool, into frame: inout Frame, _ row: Int, _ area: Area
    ) {
        let left = area.columns.lowerBound
        let label = labelWidth(area)
        frame.put(isFocused ? scope.marks.cursor : "", row, left, Style(.accent))
        frame.put(field.label, row, left + 2, Style(isFocused ? .strong : .plain), width: label)
        let start = left + label + 4
        let width = min(Self.widestValue, area.columns.upperBound - start - 1)
        guard width > 2 else { return }
        let end = drawValue(of: field, isFocused: isFocused, into: &frame, row, start, width)
        let isWrong = problem?.field == field.id
        let text = isWrong ? "\(scope.marks.failure) \(problem?.message ?? "")" : Self.hint(of: field)
        guard hasHints(area) else { return }
        frame.put(text, row, end + 2, Style(isWrong ? .bad : .faint), width: area.columns.upperBound - end - 3)
    }

    /// Draws the answer.
    /// - Returns: the column behind it.
    private func drawValue(
        of field: FormField, isFocused: Bool, into frame: inout Frame, _ row: Int, _ start: Int, _ width: Int
    ) -> Int {
        guard case .choice(let choices) = field.kind else {
            let style = Style(.plain, on: .field)
            let cursor = field.typed.draw(
                into: &frame, row, start, width: width, style, as: field.kind == .secret ? .masked : .clear)
            if isFocused { frame.showCursor(row, cursor) }
            return start + width
        }
        let label = choices.indices.contains(field.chosen) ? choices[field.chosen].label : ""
        let isUnicode = frame.charset == .unicode
        let place = "\(isUnicode ? "‹" : "<") \(field.chosen + 1) of \(choices.count) \(isUnicode ? "›" : ">")"
        let text = isFocused ? "\(label)  \(place)" : label
        let style = Style(isFocused ? .strong : .plain, on: isFocused ? .selection : .field)
        frame.fill(row, style, from: start, width: width)
        frame.put(text, row, start, style, width: width)
        return start + width
    }

    /// What is wrong, where it does not stand beside its field: below the fields, or in the last row of a full screen.
    private func drawProblem(into frame: inout Frame, _ area: Area, below row: Int) {
        guard let problem, let last = area.rows.last else { return }
        let place = fields.first { $0.id == problem.field }?.label
        guard place == nil || !hasHints(area) else { return }
        let text = place.map { "\($0): \(problem.message)" } ?? problem.message
        let lines = TextLines(
            "\(scope.marks.failure) \(text)", width: max(8, area.columns.count - 4), charset: frame.charset, limit: 6)
        for (row, line) in zip(min(row + 1, last)..<area.rows.upperBound, lines.lines) {
            frame.fill(row, Style(.plain), from: area.columns.lowerBound, width: area.columns.count)
            frame.put(line, row, area.columns.lowerBound + 2, Style(.bad))
        }
    }

    /// Whether there is room beside the fields.
    private func hasHints(_ area: Area) -> Bool { area.columns.count >= labelWidth(area) + Self.widestValue + 30 }

    private func labelWidth(_ area: Area) -> Int {
        min(Self.widestLabel, fields.map(\.label.columns).max() ?? 0, area.columns.count / 3)
    }
}
