import Terminal

/// What differs between two texts as a document: the older lines above the newer ones, or beside them where there is
/// room. Stretches without a change are folded.
struct DiffDocument {
    /// From this width on the texts stand side by side: a terminal of 140 columns.
    static let sideBySideColumns = 138
    /// Unchanged lines around a change that are shown.
    private static let context = 3

    private(set) var document: Document
    /// Whether unchanged lines were left out.
    private(set) var isFolded = false
    private let diff: TextDiff
    private let isSideBySide: Bool
    private let digits: Int

    init(_ diff: TextDiff, width: Int, charset: Charset, isUnfolded: Bool = false) {
        document = Document(width: width, charset: charset)
        self.diff = diff
        isSideBySide = width >= Self.sideBySideColumns
        digits = String(diff.rows.count).count
        var shown = 0
        for stretch in Self.stretches(diff.rows, isUnfolded: isUnfolded) {
            if isUnfolded {
                addUnfolded(diff.rows[stretch])
            } else {
                addTitle(stretch, hidden: stretch.lowerBound - shown)
                add(diff.rows[stretch])
            }
            shown = stretch.upperBound
        }
        let hidden = diff.rows.count - shown
        if diff.isEmpty {
            document.line("The texts are alike.", .quiet)
        } else if hidden > 0 {
            isFolded = true
            document.line([])
            document.line("… \(Self.lines(hidden)) unchanged", .quiet)
        }
    }

    /// The changes with what stands around them; those that touch are one.
    private static func stretches(_ rows: [TextDiff.Row], isUnfolded: Bool) -> [Range<Int>] {
        if isUnfolded { return [0..<rows.count] }
        var stretches: [Range<Int>] = []
        for (index, row) in rows.enumerated() where !row.isSame {
            let start = max(0, index - context)
            let end = min(rows.count, index + context + 1)
            // Folding a line or two would hide less than it says.
            if let last = stretches.last, start <= last.upperBound + 2 {
                stretches[stretches.count - 1] = last.lowerBound..<end
            } else {
                stretches.append((start <= 2 ? 0 : start)..<end)
            }
        }
        return stretches
    }

    private static func lines(_ count: Int) -> String { "\(Formats.count(count)) line\(count == 1 ? "" : "s")" }

    // MARK: Titles

    private mutating func addTitle(_ stretch: Range<Int>, hidden: Int) {
        let first = stretch.first { !diff.rows[$0].isSame } ?? stretch.lowerBound
        let number = newest(diff.rows[first])?.number ?? 1
        var note = "line \(number)"
        if hidden > 0 {
            isFolded = true
            note += ", \(Self.lines(hidden)) above unchanged"
        }
        document.title(field(of: first) ?? "Change", note: note)
    }

    /// The field of the document that a row belongs to: the nearest line above that begins one.
    private func field(of index: Int) -> String? {
        for row in diff.rows[...index].reversed() {
            guard let text = newest(row)?.text, let first = text.first, first.isLetter else { continue }
            if let colon = text.firstIndex(of: ":") { return String(text[..<colon]) }
        }
        return nil
    }

    private func newest(_ row: TextDiff.Row) -> TextDiff.Line? {
        switch row {
        case .same(_, let new): new
        case .changed(let old, let new): new ?? old
        }
    }

    // MARK: Lines

    /// Everything; the changes are what one jumps to.
    private mutating func addUnfolded(_ rows: ArraySlice<TextDiff.Row>) {
        var rest = rows
        while let first = rest.first {
            let run = rest.prefix { $0.isSame == first.isSame }
            if !first.isSame { document.beginSection() }
            add(run)
            rest = rest.dropFirst(run.count)
        }
    }

    private mutating func add(_ rows: ArraySlice<TextDiff.Row>) {
        if isSideBySide {
            for row in rows { addBeside(row) }
            return
        }
        var rest = rows
        while let first = rest.first {
            let run = rest.prefix { $0.isSame == first.isSame }
            for case .same(let old, let new) in run { addBelow(.same, new, numbers: (old.number, new.number)) }
            for case .changed(let old?, _) in run { addBelow(.removed, old, numbers: (old.number, nil)) }
            for case .changed(_, let new?) in run { addBelow(.added, new, numbers: (nil, new.number)) }
            rest = rest.dropFirst(run.count)
        }
    }

    /// What a line is to the comparison; its sign stands before it, since colour is not seen everywhere.
    private enum Side {
        case same
        case removed
        case added

        var sign: String {
            switch self {
            case .same: "  "
            case .removed: "- "
            case .added: "+ "
            }
        }

        var ink: Ink {
            switch self {
            case .same: .plain
            case .removed: .removed
            case .added: .added
            }
        }
    }

    private mutating func addBelow(_ side: Side, _ line: TextDiff.Line, numbers: (Int?, Int?)) {
        // On a narrow screen the text needs the room.
        let hasNumbers = document.width >= 60
        let gutter = hasNumbers ? "\(number(numbers.0)) \(number(numbers.1)) " : ""
        let width = document.width - gutter.count - side.sign.count
        for (index, spans) in wrapped(line, side, width).enumerated() {
            let margin = index == 0 ? gutter : String(repeating: " ", count: gutter.count)
            let sign = index == 0 ? side.sign : "  "
            document.line([Document.Span(margin, .faint), Document.Span(sign, side.ink)] + spans)
        }
    }

    private mutating func addBeside(_ row: TextDiff.Row) {
        let divider = Marks(document.charset).side
        let width = (document.width - 3) / 2
        let left: [[Document.Span]]
        let right: [[Document.Span]]
        switch row {
        case .same(let old, let new):
            left = beside(.same, old, width)
            right = beside(.same, new, width)
        case .changed(let old, let new):
            left = old.map { beside(.removed, $0, width) } ?? []
            right = new.map { beside(.added, $0, width) } ?? []
        }
        for index in 0..<max(left.count, right.count) {
            let start = index < left.count ? left[index] : []
            let columns = start.reduce(0) { $0 + $1.text.columns }
            let gap = String(repeating: " ", count: max(0, width - columns))
            document.line(
                start + [Document.Span("\(gap) \(divider) ", .faint)] + (index < right.count ? right[index] : []))
        }
    }

    private func beside(_ side: Side, _ line: TextDiff.Line, _ width: Int) -> [[Document.Span]] {
        let gutter = "\(number(line.number)) "
        let lines = wrapped(line, side, width - gutter.count - side.sign.count)
        return lines.enumerated().map { index, spans in
            let margin = index == 0 ? gutter : String(repeating: " ", count: gutter.count)
            return [Document.Span(margin, .faint), Document.Span(index == 0 ? side.sign : "  ", side.ink)] + spans
        }
    }

    private func wrapped(_ line: TextDiff.Line, _ side: Side, _ width: Int) -> [[Document.Span]] {
        let spans = line.pieces.map { piece in
            Document.Span(piece.text, Style(side.ink, on: piece.isChanged ? .badge : .page))
        }
        let lines = SpanLines(spans, width: max(4, width), charset: document.charset).lines
        return lines.isEmpty ? [[]] : lines
    }

    private func number(_ number: Int?) -> String {
        let text = number.map(String.init) ?? ""
        return String(repeating: " ", count: max(0, digits - text.count)) + text
    }
}
