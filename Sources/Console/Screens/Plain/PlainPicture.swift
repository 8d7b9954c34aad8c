import Terminal

/// What the screen shows as lines that are read from top to bottom: for line mode, which screen readers and terminals
/// that cannot place text use.
extension Model {
    /// Where one is and whether data flows, then what is shown, then what was said.
    package var plainLines: [String] {
        let frame = view(size, Capabilities(charset: charset, colours: .none))
        let layout = Layout(size: size)
        guard signIn == nil, farewell == nil else { return Self.trimmed(frame.text) }
        var lines = [frame.text[layout.header], frame.text[layout.address]]
        if overlays.isEmpty {
            lines += numberedSheet ?? Array(frame.text[layout.body])
        } else {
            lines += overlayLines
        }
        if let row = layout.message { lines.append(frame.text[row]) }
        return Self.trimmed(lines)
    }

    /// A list as a table whose rows have numbers to open them by.
    private var numberedSheet: [String]? {
        guard screen is any ListScreen, let sheet = screen.sheet(scope) else { return nil }
        let numbered = Sheet(
            titles: ["#"] + sheet.titles, rows: sheet.rows.enumerated().map { ["\($0 + 1)"] + $1 })
        return PlainTable.lines(numbered.first(size.rows), charset)
    }

    /// What lies over the screen, without its border.
    private var overlayLines: [String] {
        var frame = Frame(size: size, charset: charset)
        drawOverlay(into: &frame, area)
        let marks = Marks(charset)
        let border = Set((marks.corners + [marks.side, String(marks.rule)]).joined())
        return frame.text.compactMap { line in
            let text = line.drop { $0 == " " || border.contains($0) }
            var kept = String(text)
            while let last = kept.last, last == " " || border.contains(last) { kept.removeLast() }
            return kept.isEmpty ? nil : kept
        }
    }

    /// Without blank lines at the ends, and never two of them in a row.
    private static func trimmed(_ lines: [String]) -> [String] {
        var kept: [String] = []
        for line in lines where !line.isEmpty || kept.last?.isEmpty == false { kept.append(line) }
        if kept.last?.isEmpty == true { kept.removeLast() }
        return kept
    }
}
