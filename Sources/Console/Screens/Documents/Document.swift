package import Terminal

/// Text with titles, laid out for a width: what a detail screen shows beside its facts.
package struct Document: Sendable, Hashable {
    /// A stretch of text in one style.
    package struct Span: Sendable, Hashable {
        package let text: String
        package let style: Style

        package init(_ text: String, _ ink: Ink = .plain) {
            self.init(text, Style(ink))
        }

        package init(_ text: String, _ style: Style) {
            self.text = text
            self.style = style
        }
    }

    /// One line.
    package struct Line: Sendable, Hashable {
        package var spans: [Span]
        /// Whether a section starts here; its title is drawn with a rule.
        package var isTitle = false
    }

    /// Longer texts are folded until everything is asked for.
    private static let foldedLines = 60
    /// Far more than anyone reads in a terminal.
    private static let mostLines = 20_000

    package let width: Int
    package let charset: Charset
    private let isUnfolded: Bool
    package private(set) var lines: [Line] = []
    /// The lines where sections start.
    package private(set) var sections: [Int] = []
    /// Whether something was left out that can be shown.
    package private(set) var isFolded = false

    /// An empty document.
    package init(width: Int, charset: Charset, isUnfolded: Bool = false) {
        self.width = max(8, width)
        self.charset = charset
        self.isUnfolded = isUnfolded
    }

    /// Starts a section.
    package mutating func title(_ text: String, note: String = "") {
        if !lines.isEmpty { lines.append(Line(spans: [])) }
        sections.append(lines.count)
        lines.append(Line(spans: [Span(text, .accent), Span(note, .quiet)], isTitle: true))
    }

    /// Starts a section that has no title of its own, at the line that follows.
    package mutating func beginSection() { sections.append(lines.count) }

    /// A section of one text; nothing when there is none.
    package mutating func section(_ name: String, _ text: String?, _ ink: Ink = .plain) {
        guard let text, !text.isEmpty else { return }
        title(name, note: text.utf8.count > 2000 ? "\(Formats.count(text.utf8.count)) bytes" : "")
        body(text, ink)
    }

    /// One line of stretches.
    package mutating func line(_ spans: [Span]) { lines.append(Line(spans: spans)) }

    /// One line in one ink.
    package mutating func line(_ text: String, _ ink: Ink = .plain) { line([Span(text, ink)]) }

    /// Text, wrapped; a long one is folded.
    package mutating func body(_ text: String, _ ink: Ink = .plain, indent: Int = 0) {
        let limit = isUnfolded ? Self.mostLines : Self.foldedLines
        let wrapped = TextLines(text, width: width - indent, charset: charset, limit: limit)
        let margin = String(repeating: " ", count: indent)
        for line in wrapped.lines { self.line(margin + line, ink) }
        let hidden = wrapped.total - wrapped.lines.count
        guard hidden > 0 else { return }
        isFolded = true
        let hint = isUnfolded ? "" : " (f shows all)"
        line("\(margin)… \(Formats.count(hidden)) more lines\(hint)", .caution)
    }
}
