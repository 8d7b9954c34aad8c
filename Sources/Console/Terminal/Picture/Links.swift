/// A stretch of a row that leads to an address outside the terminal.
package struct Link: Sendable, Hashable {
    package let url: String
    package let row: Int
    package let columns: Range<Int>

    /// Longer addresses are shown without a link: their bytes would cost more than they help.
    static let longest = 512
    /// The most links of one picture.
    static let most = 32

    /// Whether an address may be given to a terminal: a click on it must be no surprise, and no byte of it may end the
    /// sequence that carries it.
    static func isSafe(_ url: String) -> Bool {
        url.utf8.count <= longest && ["https://", "http://", "mailto:"].contains { url.hasPrefix($0) }
            && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

/// The links of a picture, in no order; they never overlap.
struct Links: Sendable, Hashable {
    private(set) var all: [Link] = []

    var isEmpty: Bool { all.isEmpty }

    /// Adds a link over whatever was there.
    mutating func add(_ link: Link) {
        remove(link.row, link.columns)
        guard all.count < Link.most, !link.columns.isEmpty, Link.isSafe(link.url) else { return }
        all.append(link)
    }

    /// Something else is drawn there: what it covers leads nowhere any more.
    mutating func remove(_ row: Int, _ columns: Range<Int>) {
        guard all.contains(where: { $0.row == row && $0.columns.overlaps(columns) }) else { return }
        all = all.flatMap { link -> [Link] in
            guard link.row == row, link.columns.overlaps(columns) else { return [link] }
            let left = link.columns.lowerBound..<max(link.columns.lowerBound, columns.lowerBound)
            let right = min(link.columns.upperBound, columns.upperBound)..<link.columns.upperBound
            return [left, right].filter { !$0.isEmpty }.map { Link(url: link.url, row: row, columns: $0) }
        }
    }

    /// The links of a row, from left to right.
    func on(_ row: Int) -> [Link] {
        all.isEmpty ? [] : all.filter { $0.row == row }.sorted { $0.columns.lowerBound < $1.columns.lowerBound }
    }
}
