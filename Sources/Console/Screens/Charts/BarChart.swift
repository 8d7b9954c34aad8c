package import Terminal

/// Amounts as upright bars, each made of parts that stand on each other or side by side, such as what was well and what
/// failed. The axis starts at 0, and every bar of something has a row. What is less than half a row is not drawn as a
/// whole one: a few failures must not look like many.
package struct BarChart: Sendable {
    /// A bar.
    package struct Bar: Sendable, Hashable {
        /// What stands below it; the first label is always shown, the others where there is room.
        package let label: String
        /// As many as there are kinds; `nil` where nothing is known, which is not 0.
        package let parts: [Double]?

        package init(_ label: String, _ parts: [Double]?) {
            self.label = label
            self.parts = parts
        }

        /// What of it is drawn: numbers that are none, and those below 0, are nothing.
        var sizes: [Double] { (parts ?? []).map { $0.isFinite ? max(0, $0) : 0 } }
    }

    /// How the parts of a bar stand.
    package enum Arrangement: Sendable, Hashable {
        /// On each other: for parts of a whole.
        case stacked
        /// Side by side: for amounts that are compared.
        case grouped
    }

    /// A kind of part.
    package struct Kind: Sendable, Hashable {
        package let name: String
        package let ink: Ink

        package init(_ name: String, _ ink: Ink) {
            self.name = name
            self.ink = ink
        }
    }

    private let bars: [Bar]
    private let kinds: [Kind]
    private let arrangement: Arrangement
    private let caption: String
    private let label: @Sendable (Double) -> String

    /// What fills each kind: different also without colours.
    private static let fills: [Charset: [Character]] = [.unicode: ["█", "▒", "▓", "░"], .ascii: ["#", "x", "+", "o"]]

    /// - Parameters:
    ///   - bars: from left to right.
    ///   - kinds: what their parts are, from below or from the left.
    ///   - arrangement: how the parts stand.
    ///   - caption: what is measured, in which unit and window.
    ///   - label: a value as the axis writes it.
    package init(
        _ bars: [Bar], kinds: [Kind], _ arrangement: Arrangement = .stacked, caption: String,
        label: @escaping @Sendable (Double) -> String
    ) {
        self.bars = bars
        self.kinds = kinds
        self.arrangement = arrangement
        self.caption = caption
        self.label = label
    }

    package func draw(into frame: inout Frame, _ area: Area) {
        frame.clipped(to: area.rows, area.columns) { drawWhole(into: &$0, area) }
    }

    private func drawWhole(into frame: inout Frame, _ area: Area) {
        let amounts = bars.map(amount)
        let top = Series.axisEnd(amounts.max() ?? 0)
        let axis = ChartAxis(caption: caption, top: top, label: label, start: "", end: "")
        let hasLegend = kinds.count > 1 && area.rows.count >= 6
        let body = hasLegend ? area.top(area.rows.count - 1) : area
        guard let plot = axis.plot(in: body) else { return }
        axis.draw(into: &frame, body, known: zip(bars, amounts).compactMap { $0.parts == nil ? nil : $1 })
        if hasLegend { drawLegend(into: &frame, area.rows.upperBound - 1, plot.columns) }
        // The newest stay when there are more than columns.
        let shown = bars.suffix(plot.columns.count)
        guard !shown.isEmpty else { return }
        let each = plot.columns.count / shown.count
        let width = each > 2 ? each - 1 : each
        var free = plot.columns.lowerBound
        for (index, bar) in shown.enumerated() {
            let column = plot.columns.lowerBound + index * each
            draw(bar, top, column, width, plot, into: &frame)
            if column >= free, column + bar.label.columns <= plot.columns.upperBound {
                free = frame.put(bar.label, plot.rows.upperBound, column, Style(.quiet)) + 1
            }
        }
    }

    /// What the axis must reach for a bar.
    private func amount(_ bar: Bar) -> Double {
        switch arrangement {
        case .stacked: bar.sizes.reduce(0, +)
        case .grouped: bar.sizes.max() ?? 0
        }
    }

    private func draw(_ bar: Bar, _ top: Double, _ column: Int, _ width: Int, _ plot: Area, into frame: inout Frame) {
        guard bar.parts != nil else { return }
        let count = max(1, bar.sizes.count)
        let heights = heights(bar, top, plot.rows.count)
        var ground = plot.rows.upperBound - 1
        let lowest = ground
        for (kind, height) in heights.enumerated() {
            switch arrangement {
            case .stacked: ground = fill(kind, height, column, width, from: ground, plot, into: &frame)
            case .grouped:
                let each = max(1, width / count)
                guard (kind + 1) * each <= width else { break }
                _ = fill(kind, height, column + kind * each, each, from: lowest, plot, into: &frame)
            }
        }
        guard heights.allSatisfy({ $0 == 0 }) else { return }
        // A bar of nothing is there, and of nothing.
        frame.put(String(repeating: frame.charset == .unicode ? "▁" : "_", count: width), lowest, column, Style(.faint))
    }

    /// Fills rows upwards; returns the one above them.
    private func fill(
        _ kind: Int, _ height: Int, _ column: Int, _ width: Int, from ground: Int, _ plot: Area, into frame: inout Frame
    ) -> Int {
        let fills = Self.fills[frame.charset] ?? ["#"]
        let text = String(repeating: fills[kind % fills.count], count: width)
        let end = max(plot.rows.lowerBound - 1, ground - height)
        for row in (end..<ground).reversed() {
            frame.put(text, row + 1, column, Style(kind < kinds.count ? kinds[kind].ink : .plain))
        }
        return end
    }

    /// The rows of each part.
    private func heights(_ bar: Bar, _ top: Double, _ rows: Int) -> [Int] {
        let sizes = bar.sizes
        switch arrangement {
        case .grouped: return Series.heights(sizes.map { $0 }, top: top, levels: rows).map { $0 ?? 0 }
        case .stacked:
            let whole = sizes.reduce(0, +)
            let total = Series.heights([whole], top: top, levels: rows).compactMap { $0 }.first ?? 0
            guard whole > 0 else { return sizes.map { _ in 0 } }
            var (sum, used) = (0.0, 0)
            return sizes.map { size in
                sum += size
                let upTo = Int((sum / whole * Double(total)).rounded())
                defer { used = upTo }
                return upTo - used
            }
        }
    }

    private func drawLegend(into frame: inout Frame, _ row: Int, _ columns: Range<Int>) {
        let fills = Self.fills[frame.charset] ?? ["#"]
        var column = columns.lowerBound
        for (index, kind) in kinds.enumerated() where column + kind.name.columns + 2 <= columns.upperBound {
            column = frame.put(String(fills[index % fills.count]), row, column, Style(kind.ink)) + 1
            column = frame.put(kind.name, row, column, Style(.quiet)) + 2
        }
    }
}
