package import Terminal

/// What a number or a state means: its definition, the window it is counted over, where it comes from, how fresh it is,
/// and why it looks as it does.
package struct Explanation: Sendable, Hashable {
    /// One fact, such as `Window: the last 15 minutes`.
    package struct Fact: Sendable, Hashable {
        let label: String
        let text: String
        let ink: Ink
    }

    package let title: String
    package private(set) var facts: [Fact]

    /// Starts with what it is.
    package init(_ title: String, definition: String) {
        self.title = title
        facts = [Fact(label: "What", text: definition, ink: .plain)]
    }

    /// Adds the time that it is counted over.
    package func window(_ text: String) -> Explanation { adding("Window", text) }
    /// Adds where the number comes from.
    package func source(_ text: String) -> Explanation { adding("Source", text) }
    /// Adds how old it is.
    package func freshness(_ text: String) -> Explanation { adding("Fresh", text) }
    /// Adds the present value.
    package func value(_ text: String, _ ink: Ink = .strong) -> Explanation { adding("Now", text, ink) }
    /// Adds why it is coloured as it is, or what to do about it.
    package func why(_ text: String, _ ink: Ink = .caution) -> Explanation { adding("Why", text, ink) }
    /// Adds anything else.
    package func adding(_ label: String, _ text: String, _ ink: Ink = .plain) -> Explanation {
        var copy = self
        copy.facts.append(Fact(label: label, text: text, ink: ink))
        return copy
    }

    private static let widest = 76

    /// Its lines for a width: label on the first line of a fact, text wrapped beside it.
    func lines(width: Int, charset: Charset) -> [(label: String, text: String, ink: Ink)] {
        let label = (facts.map(\.label.columns).max() ?? 0) + 2
        return facts.flatMap { fact in
            TextLines(fact.text, width: max(10, width - label), charset: charset, limit: 50).lines.enumerated().map {
                (label: $0.offset == 0 ? fact.label : "", text: String($0.element), ink: fact.ink)
            }
        }
    }

    func draw(into frame: inout Frame, _ area: Area, top: Int) {
        let width = min(Self.widest, area.columns.count - 4)
        let lines = lines(width: width - 2, charset: frame.charset)
        let panel = Panel(title, width: width + 2, height: lines.count + 2, in: area)
        panel.draw(into: &frame)
        let label = (facts.map(\.label.columns).max() ?? 0) + 2
        let left = panel.inside.columns.lowerBound + 1
        let first = max(0, min(top, lines.count - panel.inside.rows.count))
        for (row, line) in zip(panel.inside.rows, lines.dropFirst(first)) {
            frame.put(line.label, row, left, Style(.quiet, on: .panel))
            frame.put(
                line.text, row, left + label, Style(line.ink, on: .panel), width: panel.inside.columns.count - label - 2
            )
        }
        if lines.count - first > panel.inside.rows.count { panel.drawMore(into: &frame) }
    }
}
