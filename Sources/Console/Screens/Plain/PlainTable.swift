import FoundationEssentials
package import Terminal
package import WireAPI

/// The list of executions as lines of text, for pipes, logs, screen readers and terminals that cannot place text.
package enum PlainTable {
    private static let widths = [19, 9, 28, 12, 22, 7, 9]
    private static let titles = ["TIME (UTC)", "TYPE", "NAME", "SCORE", "MODEL", "LATENCY", "COST"]

    /// A line of titles and one for each execution, in the given order.
    package static func lines(_ rows: [OperatorExecutionRow], _ charset: Charset) -> [String] {
        [line(titles, charset)] + rows.map { line($0, charset) }
    }

    /// The line of one execution.
    package static func line(_ row: OperatorExecutionRow, _ charset: Charset) -> String {
        let cells = [
            Formats.day(row.createdAt) + " " + Formats.time(row.createdAt), row.type, row.name,
            row.failure?.words ?? Formats.score(row.score), row.model ?? "-",
            Formats.latency(milliseconds: row.latencyMilliseconds), Formats.cost(nanodollars: row.costNanodollars),
        ]
        return line(cells, charset)
    }

    private static func line(_ cells: [String], _ charset: Charset) -> String {
        var frame = Frame(size: Size(columns: widths.reduce(0) { $0 + $1 + 2 }, rows: 1), charset: charset)
        var column = 0
        for (cell, width) in zip(cells, widths) {
            frame.put(cell, 0, column, width: width)
            column += width + 2
        }
        return frame.text[0]
    }
}
