/// The rows around the cursor of a list that may have millions: a few pages of it. Of the pages before them it is known
/// where they began, so that they can be read again.
package struct PagedWindow<Row: Sendable & Identifiable>: Sendable where Row.ID: Sendable {
    /// The most pages that are held.
    package static var most: Int { 5 }

    /// Where a page began, and how many rows it had.
    package struct Page: Sendable, Hashable {
        /// What the server was asked with, `nil` for the first page.
        let cursor: String?
        let count: Int
    }

    package private(set) var rows: [Row] = []
    /// The pages that are held.
    private(set) var pages: [Page] = []
    /// The pages that were let go, the first one first.
    private(set) var earlier: [Page] = []
    /// What the page that follows is asked for with, `nil` at the end.
    package private(set) var next: String?
    /// How many rows there are before the first that is held.
    package private(set) var offset = 0

    /// Where the page before those that are held began; `nil` when there is none.
    var previous: Page? { earlier.last }

    /// What the page was asked for with that holds a row of the window.
    func cursor(ofPageAt index: Int) -> String? {
        var end = 0
        for page in pages {
            end += page.count
            if index < end { return page.cursor }
        }
        return pages.last?.cursor
    }

    /// Starts over with the first page.
    mutating func start(_ rows: [Row], next: String?) {
        self = PagedWindow()
        self.rows = rows
        pages = [Page(cursor: nil, count: rows.count)]
        self.next = next
    }

    /// Adds the page that follows, which was asked for with `next`.
    /// - Returns: how many rows at the front were let go.
    mutating func append(_ rows: [Row], next: String?) -> Int {
        pages.append(Page(cursor: self.next, count: rows.count))
        self.rows += rows
        self.next = next
        guard pages.count > Self.most else { return 0 }
        let first = pages.removeFirst()
        earlier.append(first)
        offset += first.count
        self.rows.removeFirst(first.count)
        return first.count
    }

    /// Adds the page before again.
    /// - Returns: how many rows came in at the front.
    mutating func prepend(_ rows: [Row]) -> Int {
        guard let page = earlier.popLast() else { return 0 }
        offset -= page.count
        pages.insert(Page(cursor: page.cursor, count: rows.count), at: 0)
        self.rows = rows + self.rows
        if pages.count > Self.most {
            let last = pages.removeLast()
            next = last.cursor
            self.rows.removeLast(last.count)
        }
        return rows.count
    }

    /// Takes out rows that are not there any more.
    mutating func remove(_ gone: Set<Row.ID>) {
        var start = 0
        pages = pages.map { page in
            let end = start + page.count
            defer { start = end }
            return Page(cursor: page.cursor, count: rows[start..<end].count { !gone.contains($0.id) })
        }
        rows.removeAll { gone.contains($0.id) }
    }

    /// Puts rows that were read anew in the places of what they were before.
    mutating func update(_ fresh: [Row]) {
        let known = Dictionary(fresh.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        for index in rows.indices {
            if let row = known[rows[index].id] { rows[index] = row }
        }
    }
}
