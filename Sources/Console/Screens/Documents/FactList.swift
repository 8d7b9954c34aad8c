import Terminal

/// One named fact about a thing; one without a label divides groups.
struct NamedFact: Sendable, Hashable {
    let label: String
    let value: String
    var ink = Ink.plain

    init(_ label: String, _ value: String, _ ink: Ink = .plain) {
        self.label = label
        self.value = value
        self.ink = ink
    }

    static let divider = NamedFact("", "")
}

/// Named facts below each other: what one wants to know of a thing beside its text.
struct FactList: Sendable {
    private static let labelWidth = 12

    let facts: [NamedFact]

    /// The facts laid out for a width.
    func document(width: Int, charset: Charset) -> Document {
        var document = Document(width: width, charset: charset)
        add(to: &document)
        return document
    }

    /// Adds the facts to a document.
    func add(to document: inout Document) {
        let width = document.width
        for fact in facts {
            // Identifiers are for copying: whole, on a line of their own where they do not fit.
            if fact.value.columns > width - Self.labelWidth, !fact.value.contains(" ") {
                document.line(fact.label, .quiet)
                document.line(fact.value, fact.ink)
                continue
            }
            let gap = String(repeating: " ", count: max(1, Self.labelWidth - fact.label.columns))
            let lines = TextLines(
                fact.value, width: width - Self.labelWidth, charset: document.charset, limit: 6
            ).lines
            for (index, line) in lines.enumerated() {
                let margin = index == 0 ? fact.label + gap : String(repeating: " ", count: Self.labelWidth)
                document.line([Document.Span(margin, .quiet), Document.Span(String(line), fact.ink)])
            }
        }
    }
}
