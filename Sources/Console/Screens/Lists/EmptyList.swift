import Terminal

/// What stands in the middle of a list that shows no row: that it is being read, why it cannot be, or that nothing is there.
struct EmptyList {
    /// What the list is of, such as `evaluators and judges`.
    let subject: String
    /// Whether it was read.
    let isRead: Bool
    let failure: ServerFailure?
    let failingSince: Duration?
    /// The filter that nothing matches, empty for none.
    var query = ""
    /// What is said when there is nothing at all, and what to do about it.
    var nothing: String?
    var hint = ""

    func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let row = area.rows.lowerBound + max(0, area.rows.count / 2 - 1)
        for (offset, line) in lines(scope).enumerated() where row + offset < area.rows.upperBound {
            let column = area.columns.lowerBound + max(1, (area.columns.count - line.text.columns) / 2)
            frame.put(line.text, row + offset, column, Style(line.ink), width: area.columns.upperBound - column)
        }
    }

    private func lines(_ scope: Scope) -> [(text: String, ink: Ink)] {
        if let failure, !isRead {
            let age = failingSince.map { Formats.span(seconds: (scope.now - $0).wholeSeconds) } ?? ""
            let next =
                failure.isTransient ? "Failing for \(age); trying again by itself. r tries now." : "r tries again."
            return [(failure.message, .bad), (next, .quiet)]
        }
        guard isRead else { return [("Reading the \(subject)", .quiet)] }
        if !query.isEmpty {
            return [("Nothing matches \(query)", .plain), ("a shows all, / changes the filter.", .quiet)]
        }
        return [(nothing ?? "There are no \(subject) yet.", .plain), (hint, .quiet)]
    }
}
