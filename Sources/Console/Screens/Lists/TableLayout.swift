/// Which columns fit a width, and where they stand.
package struct TableLayout: Sendable, Hashable {
    /// A column in its place.
    package struct Slot: Sendable, Hashable {
        /// Its index among all columns.
        package let column: Int
        package let start: Int
        package let width: Int
    }

    package let slots: [Slot]
    /// The columns in front of the first, for the cursor and the mark.
    static let margin = 2

    /// Divides a width.
    package init<Row>(_ columns: [Column<Row>], width: Int) {
        var kept = Array(columns.indices)
        func needed() -> Int {
            kept.reduce(Self.margin) { sum, index in
                switch columns[index].width {
                case .fixed(let width): sum + width + 1
                case .flexible(let minimum): sum + minimum + 1
                }
            }
        }
        while needed() > width + 1, let last = kept.max(by: { columns[$0].rank < columns[$1].rank }),
            columns[last].rank > 0
        {
            kept.removeAll { $0 == last }
        }
        let flexible = kept.filter { if case .flexible = columns[$0].width { true } else { false } }.count
        let spare = max(0, width + 1 - needed())
        var start = Self.margin
        var given = 0
        slots = kept.map { index in
            let columnWidth: Int
            switch columns[index].width {
            case .fixed(let width): columnWidth = width
            case .flexible(let minimum):
                given += 1
                // The last flexible one gets the rest of the division.
                let share = spare / flexible + (given == flexible ? spare % flexible : 0)
                columnWidth = minimum + share
            }
            defer { start += columnWidth + 1 }
            return Slot(column: index, start: start, width: columnWidth)
        }
    }
}
