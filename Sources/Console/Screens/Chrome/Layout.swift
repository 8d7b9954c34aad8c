import Terminal

/// The rows of the screen: the header, the tabs, where one is, the body, a message, the keys. What is least needed gives
/// way first.
struct Layout: Sendable, Hashable {
    /// The smallest screen that is useful.
    static let smallest = Size(columns: 40, rows: 8)

    let header = 0
    /// Where the rooms stand, `nil` when the screen is too small for them.
    let tabs: Int?
    let address: Int
    /// The rows between.
    let body: Range<Int>
    /// Where messages stand, `nil` when they take the place of the keys.
    let message: Int?
    let keys: Int

    init(size: Size) {
        keys = size.rows - 1
        let hasMessage = size.rows >= 16
        message = hasMessage ? size.rows - 2 : nil
        let hasTabs = size.rows >= 30 && size.columns >= 118
        tabs = hasTabs ? 1 : nil
        address = hasTabs ? 2 : 1
        let first = min(address + 1, size.rows)
        body = first..<max(first, size.rows - (hasMessage ? 2 : 1))
    }

    /// The body as an area.
    func area(columns: Int) -> Area { Area(rows: body, columns: 0..<columns) }

    /// Whether the screen is too small for anything but saying so.
    static func isTooSmall(_ size: Size) -> Bool {
        size.columns < smallest.columns || size.rows < smallest.rows
    }
}
