/// Rows of words in columns, for people; programs ask for JSON. What would begin another line, or steer a terminal, is a
/// space in it.
struct TextTable {
    private let header: [String]
    private var rows: [[String]] = []

    init(_ header: [String]) { self.header = header.map(\.shown) }

    /// Adds a row; `nil` is shown as `-`.
    mutating func add(_ cells: [String?]) { rows.append(cells.map { $0?.shown ?? "-" }) }

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
}
