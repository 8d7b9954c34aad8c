internal import Terminal

/// What the list of executions asks by a menu or a prompt.
extension ExecutionsScreen {
    /// Every column with whether it is shown; it stays open, so that several can be changed.
    func columnMenu(at id: String? = nil) -> Menu {
        let digits = "1234567890".unicodeScalars.map { Key(.character($0)) }
        let items = ExecutionColumns.full.enumerated().map { index, column in
            Menu.Item(
                digits.indices.contains(index) ? digits[index] : nil, column.title.lowercased(),
                detail: columns.isShown(column.id) ? "shown" : "hidden", Command.toggleColumn(column.id))
        }
        let cursor = ExecutionColumns.full.firstIndex { $0.id == id } ?? 0
        return Menu("Columns, where there is room", items, cursor: cursor)
    }

    static let timeMenu = Menu(
        "How far back",
        [
            Menu.Item(.character("1"), "15 minutes", Command.since("15m")),
            Menu.Item(.character("2"), "1 hour", Command.since("1h")),
            Menu.Item(.character("3"), "6 hours", Command.since("6h")),
            Menu.Item(.character("4"), "24 hours", Command.since("24h")),
            Menu.Item(.character("5"), "7 days", Command.since("7d")),
            Menu.Item(.character("6"), "Today, by UTC", Command.since("today")),
            Menu.Item(.character("a"), "All", Command.since(nil)),
        ])
}
