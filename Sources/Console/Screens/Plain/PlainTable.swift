package import Terminal

/// A sheet as lines of text, for pipes, logs, screen readers and terminals that cannot place text.
package enum PlainTable {
    /// Wider cells are cut.
    private static let widest = 40

    /// A line of titles and one for each row.
    package static func lines(_ sheet: Sheet, _ charset: Charset) -> [String] {
        let widths = sheet.titles.indices.map { column in
            let cells = sheet.rows.map { $0.indices.contains(column) ? $0[column].columns : 0 }
            return min(widest, max(sheet.titles[column].columns, cells.max() ?? 0))
        }
        return ([sheet.titles] + sheet.rows).map { line($0, widths, charset) }
    }

    private static func line(_ cells: [String], _ widths: [Int], _ charset: Charset) -> String {
        var frame = Frame(size: Size(columns: widths.reduce(1) { $0 + $1 + 2 }, rows: 1), charset: charset)
        var column = 0
        for (cell, width) in zip(cells, widths) {
            frame.put(cell, 0, column, width: width)
            column += width + 2
        }
        return frame.text[0]
    }
}
