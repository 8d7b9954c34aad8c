/// What differs between two texts: line by line, and within lines that were changed word by word.
package struct TextDiff: Sendable, Hashable {
    /// A stretch of a line.
    package struct Piece: Sendable, Hashable {
        package let text: String
        /// Whether it is what is different in its line.
        package let isChanged: Bool
    }

    /// A line of one of the texts.
    package struct Line: Sendable, Hashable {
        /// From 1.
        package let number: Int
        package let pieces: [Piece]

        package var text: String { pieces.map(\.text).joined() }
    }

    /// One line of the comparison.
    package enum Row: Sendable, Hashable {
        case same(old: Line, new: Line)
        /// A line that became another one, or was removed, or was added.
        case changed(old: Line?, new: Line?)

        package var isSame: Bool { if case .same = self { true } else { false } }
    }

    package let rows: [Row]

    package init(from old: String, to new: String) {
        let old = Self.lines(of: old)
        let new = Self.lines(of: new)
        var rows: [Row] = []
        var removed: [Int] = []
        var added: [Int] = []
        func closeChange() {
            rows += ChangedLines(removed.map { ($0, old[$0]) }, added.map { ($0, new[$0]) }).rows
            removed = []
            added = []
        }
        for step in SequenceDiff(from: old, to: new).steps {
            switch step {
            case .removed(let index): removed.append(index)
            case .added(let index): added.append(index)
            case .same(let left, let right):
                closeChange()
                let piece = Piece(text: old[left], isChanged: false)
                rows.append(
                    .same(old: Line(number: left + 1, pieces: [piece]), new: Line(number: right + 1, pieces: [piece])))
            }
        }
        closeChange()
        self.rows = rows
    }

    /// Whether the texts are alike.
    package var isEmpty: Bool { rows.allSatisfy(\.isSame) }

    /// How many lines the newer text has more, and the older had.
    package var counts: (added: Int, removed: Int) {
        rows.reduce(into: (added: 0, removed: 0)) { counts, row in
            guard case .changed(let old, let new) = row else { return }
            if new != nil { counts.added += 1 }
            if old != nil { counts.removed += 1 }
        }
    }

    /// The lines of a text; a line end at its end begins no other line.
    package static func lines(of text: String) -> [String] {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}

/// Lines that were replaced by others: which of them became which.
private struct ChangedLines {
    /// Two lines that have less than this of their words in common are not the same line.
    private static let leastLikeness = 0.35
    /// Larger changes are not paired: nobody reads them line by line.
    private static let mostPairs = 4000

    let rows: [TextDiff.Row]

    init(_ old: [(Int, String)], _ new: [(Int, String)]) {
        guard !old.isEmpty, !new.isEmpty, old.count * new.count <= Self.mostPairs else {
            rows = old.map { .changed(old: .whole($0), new: nil) } + new.map { .changed(old: nil, new: .whole($0)) }
            return
        }
        let likeness = old.map { left in new.map { Self.likeness(left.1, $0.1) } }
        rows = Self.pairs(likeness).map { left, right in
            guard let left else { return .changed(old: nil, new: right.map { .whole(new[$0]) }) }
            guard let right else { return .changed(old: .whole(old[left]), new: nil) }
            let (before, after) = WordDiff.pieces(old[left].1, new[right].1)
            return .changed(
                old: TextDiff.Line(number: old[left].0 + 1, pieces: before),
                new: TextDiff.Line(number: new[right].0 + 1, pieces: after))
        }
    }

    /// The pairs in order that are most alike together; a line without a partner stands alone.
    private static func pairs(_ likeness: [[Double]]) -> [(Int?, Int?)] {
        let (height, width) = (likeness.count, likeness[0].count)
        var best = [[Double]](repeating: [Double](repeating: 0, count: width + 1), count: height + 1)
        for row in (0..<height).reversed() {
            for column in (0..<width).reversed() {
                let paired =
                    likeness[row][column] >= leastLikeness ? likeness[row][column] + best[row + 1][column + 1] : 0
                best[row][column] = max(paired, best[row + 1][column], best[row][column + 1])
            }
        }
        var (row, column) = (0, 0)
        var pairs: [(Int?, Int?)] = []
        while row < height || column < width {
            if row < height, column < width, likeness[row][column] >= leastLikeness,
                best[row][column] == likeness[row][column] + best[row + 1][column + 1]
            {
                pairs.append((row, column))
                row += 1
                column += 1
            } else if row < height, column == width || best[row][column] == best[row + 1][column] {
                pairs.append((row, nil))
                row += 1
            } else {
                pairs.append((nil, column))
                column += 1
            }
        }
        return pairs
    }

    /// How much of their words two lines have in common, from 0 to 1.
    private static func likeness(_ left: String, _ right: String) -> Double {
        var counts: [Substring: Int] = [:]
        var all = 0
        for word in WordDiff.words(of: left) where !WordDiff.isBlank(word) {
            counts[word, default: 0] += 1
            all += 1
        }
        var common = 0
        for word in WordDiff.words(of: right) where !WordDiff.isBlank(word) {
            all += 1
            if let count = counts[word], count > 0 {
                counts[word] = count - 1
                common += 1
            }
        }
        return all == 0 ? 1 : 2 * Double(common) / Double(all)
    }
}

extension TextDiff.Line {
    /// A line that is different as a whole.
    fileprivate static func whole(_ line: (Int, String)) -> TextDiff.Line {
        TextDiff.Line(number: line.0 + 1, pieces: [TextDiff.Piece(text: line.1, isChanged: false)])
    }
}
