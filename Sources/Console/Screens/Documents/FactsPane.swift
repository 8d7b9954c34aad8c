import Terminal

/// Text with the facts about its thing: beside it where there is room, else the most important ones in a line above it.
struct FactsPane {
    private let facts: FactList
    private let compact: String

    init(_ facts: FactList, compact: String) {
        self.facts = facts
        self.compact = compact
    }

    /// Draws the facts, and has the text drawn in the place that is left.
    func draw(into frame: inout Frame, _ area: Area, text: (inout Frame, Area) -> Void) {
        let division = DocumentDivision(size: area.size)
        if division.factsWidth > 0 {
            let column = area.columns.lowerBound + division.textWidth + 3
            for row in area.rows { frame.put(Marks(frame.charset).side, row, column, Style(.faint)) }
            var reader = Reader()
            reader.show(facts.document(width: division.factsWidth - 1, charset: frame.charset))
            reader.draw(into: &frame, area.right(of: division.textWidth + 5))
        } else if division.factRows > 0 {
            frame.put(compact, area.rows.lowerBound, 1, Style(.quiet), width: area.columns.count - 2)
        }
        let below = area.below(division.factRows)
        text(&frame, Area(rows: below.rows, columns: 1..<division.textWidth + 1))
    }
}
