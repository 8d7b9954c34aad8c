package import Terminal

/// Amounts as bars beside each other's names, the largest as long as there is room: for failures by reason, calls by model.
package struct HorizontalBars: Sendable {
    /// A row.
    package struct Row: Sendable, Hashable {
        package let name: String
        package let value: Double
        package let ink: Ink

        package init(_ name: String, _ value: Double, _ ink: Ink = .series1) {
            self.name = name
            self.value = value
            self.ink = ink
        }
    }

    private let rows: [Row]
    private let total: Double?
    private let label: @Sendable (Double) -> String

    /// - Parameters:
    ///   - rows: from above; those without room are counted in the last one.
    ///   - total: what all of it is, for the shares; `nil` when there is no such thing.
    ///   - label: a value as it is written.
    package init(_ rows: [Row], total: Double? = nil, label: @escaping @Sendable (Double) -> String) {
        self.rows = rows
        self.total = total
        self.label = label
    }

    package func draw(into frame: inout Frame, _ area: Area) {
        frame.clipped(to: area.rows, area.columns) { drawWhole(into: &$0, area) }
    }

    private func drawWhole(into frame: inout Frame, _ area: Area) {
        guard !area.rows.isEmpty, area.columns.count >= 8 else { return }
        guard !rows.isEmpty else {
            frame.put("none", area.rows.lowerBound, area.columns.lowerBound, Style(.quiet), width: area.columns.count)
            return
        }
        let fits = rows.count <= area.rows.count ? rows.count : area.rows.count - 1
        let shown = rows.prefix(fits)
        let numbers = shown.map { number($0.value) }
        let numberWidth = numbers.map(\.columns).max() ?? 0
        let longest = shown.map(\.name.columns).max() ?? 0
        let nameWidth = min(longest, max(4, area.columns.count / 2 - numberWidth / 2))
        let start = area.columns.lowerBound + nameWidth + 1
        let room = area.columns.upperBound - numberWidth - 1 - start
        let top = Series.known(shown.map(\.value)).max() ?? 0
        for (offset, row) in shown.enumerated() {
            let place = area.rows.lowerBound + offset
            frame.put(row.name, place, area.columns.lowerBound, width: nameWidth)
            let share = top > 0 && row.value.isFinite ? row.value / top : 0
            let bar = ScoreBar.filled(share, width: max(0, room), Marks(frame.charset))
            if room >= 3 { frame.put(bar, place, start, Style(row.ink), width: room, ending: .cut) }
            frame.put(numbers[offset], place, endingAt: area.columns.upperBound, Style(.strong))
        }
        guard rows.count > fits else { return }
        let rest = rows.dropFirst(fits)
        let sum = Series.known(rest.map(\.value)).reduce(0, +)
        frame.put(
            "and \(rest.count) more: \(label(sum))", area.rows.lowerBound + fits, area.columns.lowerBound,
            Style(.quiet),
            width: area.columns.count)
    }

    private func number(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        guard let total, total > 0 else { return label(value) }
        let share = Formats.percent(value / total)
        return "\(label(value)) \(String(repeating: " ", count: max(0, 5 - share.columns)))\(share)"
    }
}
