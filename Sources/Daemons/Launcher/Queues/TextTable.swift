/// Rows of words in columns, for people; programs ask for JSON.
struct TextTable {
    private let header: [String]
    private var rows: [[String]] = []

    init(_ header: [String]) { self.header = header }

    /// Adds a row; `nil` is shown as `-`.
    mutating func add(_ cells: [String?]) { rows.append(cells.map { $0.map(Self.line) ?? "-" }) }

    /// Every row on a line of its own, each column as wide as its widest cell; the last one as wide as it is.
    var text: String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1
                    ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }.joined(separator: "  ") + "\n"
        }.joined()
    }

    /// What would begin another line, or steer a terminal, becomes a space.
    private static func line(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }
}
