internal import Terminal

/// Two executions as one document: their facts, then each text, side by side where there is room, else one below the
/// other. What is alike is folded.
struct CompareDocument {
    /// From this width on the texts stand side by side: a terminal of 100 columns.
    static let sideBySideColumns = 98
    /// Lines around a difference that are shown, and the fewest that are worth folding.
    private static let context = 2
    private static let leastFolded = 4
    /// The most lines of one text, unless everything is asked for.
    private static let mostLines = 400

    private(set) var document: Document
    /// Whether something was left out that can be shown.
    private(set) var isFolded = false
    private let isSideBySide: Bool
    private let isUnfolded: Bool
    private let marks: Marks

    init(_ comparison: ExecutionComparison, width: Int, charset: Charset, isUnfolded: Bool) {
        document = Document(width: width, charset: charset)
        isSideBySide = width >= Self.sideBySideColumns
        self.isUnfolded = isUnfolded
        marks = Marks(charset)
        addFacts(comparison.facts)
        if comparison.isContentHidden {
            document.title("Content")
            document.body("Hidden: your role does not see what was asked and answered.", .caution)
        }
        for section in comparison.sections where isUnfolded || !section.diff.isEmpty { add(section) }
        let alike = comparison.sections.filter(\.diff.isEmpty)
        guard !isUnfolded, !alike.isEmpty else { return }
        isFolded = true
        document.title("Alike in both", note: "f shows them")
        document.body(alike.map(\.title).joined(separator: ", "), .quiet)
    }

    // MARK: Facts

    private mutating func addFacts(_ facts: [ExecutionComparison.Fact]) {
        let label = (facts.map(\.label.columns).max() ?? 0) + 4
        let half = isSideBySide ? min(46, (document.width - label) / 3 + 6) : max(8, (document.width - label) / 3)
        document.line([
            Document.Span(padded("", label)), Document.Span(padded("older", half), .accent),
            Document.Span(padded("newer", half), .accent), Document.Span("change", .accent),
        ])
        for fact in facts {
            let isLong = max(fact.old.columns, fact.new.columns) > half - 2
            let ink: Ink = fact.isAlike ? .quiet : .plain
            let head = [
                Document.Span(fact.isAlike ? "  " : "~ ", .caution),
                Document.Span(padded(fact.label, label - 2), .quiet),
            ]
            if isLong {
                // Both in full, below each other.
                document.line(head + [Document.Span(fact.old, ink)])
                if !fact.isAlike { document.line([Document.Span(padded("", label)), Document.Span(fact.new, ink)]) }
            } else {
                document.line(
                    head + [
                        Document.Span(padded(fact.old, half), ink), Document.Span(padded(fact.new, half), ink),
                        Document.Span(fact.change, fact.ink),
                    ])
            }
        }
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.columns))
    }

    // MARK: Texts

    private mutating func add(_ section: ExecutionComparison.Section) {
        let counts = section.diff.counts
        let note: String
        if section.diff.isEmpty {
            note = "alike"
        } else if !section.hasOld {
            note = "only in the newer"
        } else if !section.hasNew {
            note = "only in the older"
        } else {
            note = "+\(Formats.count(counts.added)) -\(Formats.count(counts.removed)) lines"
        }
        document.title(section.title, note: note)
        let rows = section.diff.rows
        var shown = 0
        var index = 0
        while index < rows.count {
            let run = rows[index...].prefix { $0.isSame == rows[index].isSame }
            if rows[index].isSame {
                addAlike(run, isFirst: index == 0, isLast: run.endIndex == rows.count, &shown)
            } else {
                for row in run where isUnfolded || shown < Self.mostLines { addDifferent(row, &shown) }
            }
            index = run.endIndex
        }
        guard shown >= Self.mostLines, !isUnfolded else { return }
        isFolded = true
        document.line("… more is different (f shows all)", .caution)
    }

    /// Only what stands around the differences.
    private mutating func addAlike(_ run: ArraySlice<TextDiff.Row>, isFirst: Bool, isLast: Bool, _ shown: inout Int) {
        let before = isFirst ? 0 : Self.context
        let after = isLast ? 0 : Self.context
        let hidden = run.count - before - after
        guard !isUnfolded, hidden >= Self.leastFolded else {
            for row in run where isUnfolded || shown < Self.mostLines { addSame(row, &shown) }
            return
        }
        for row in run.prefix(before) { addSame(row, &shown) }
        isFolded = true
        document.line("  … \(Formats.count(hidden)) lines alike", .faint)
        for row in run.suffix(after) { addSame(row, &shown) }
    }

    private mutating func addSame(_ row: TextDiff.Row, _ shown: inout Int) {
        guard case .same(let old, let new) = row else { return }
        shown += 1
        if isSideBySide {
            beside(lines(old, .quiet), lines(new, .quiet), "  ", "  ", .quiet)
        } else {
            below(new, "  ", .quiet)
        }
    }

    private mutating func addDifferent(_ row: TextDiff.Row, _ shown: inout Int) {
        guard case .changed(let old, let new) = row else { return }
        shown += 1
        guard isSideBySide else {
            if let old { below(old, "- ", .removed) }
            if let new { below(new, "+ ", .added) }
            return
        }
        let isChanged = old != nil && new != nil
        beside(
            old.map { lines($0, .removed) } ?? [], new.map { lines($0, .added) } ?? [], isChanged ? "~ " : "- ",
            isChanged ? "~ " : "+ ", nil)
    }

    private var half: Int { (document.width - 3) / 2 }

    private mutating func below(_ line: TextDiff.Line, _ sign: String, _ ink: Ink) {
        let wrapped = lines(line, ink, width: document.width - 2)
        for (index, spans) in wrapped.enumerated() {
            document.line([Document.Span(index == 0 ? sign : "  ", ink)] + spans)
        }
    }

    /// `ink` is that of both signs; `nil` for those of a difference.
    private mutating func beside(
        _ left: [[Document.Span]], _ right: [[Document.Span]], _ leftSign: String, _ rightSign: String, _ ink: Ink?
    ) {
        for index in 0..<max(left.count, right.count) {
            var spans: [Document.Span] = []
            if index < left.count {
                spans = [Document.Span(index == 0 ? leftSign : "  ", ink ?? .removed)] + left[index]
            }
            let columns = spans.reduce(0) {
                $0 + Glyphs($1.text, charset: document.charset).reduce(0) { $0 + Int($1.width) }
            }
            spans.append(
                Document.Span("\(String(repeating: " ", count: max(0, half - columns))) \(marks.side) ", .faint))
            if index < right.count {
                spans += [Document.Span(index == 0 ? rightSign : "  ", ink ?? .added)] + right[index]
            }
            document.line(spans)
        }
    }

    private func lines(_ line: TextDiff.Line, _ ink: Ink, width: Int? = nil) -> [[Document.Span]] {
        let spans = line.pieces.map { piece in
            Document.Span(piece.text, Style(ink, on: piece.isChanged ? .badge : .page))
        }
        let lines = SpanLines(spans, width: max(4, width ?? half - 2), charset: document.charset).lines
        return lines.isEmpty ? [[]] : lines
    }
}
