package import Terminal

/// How scores from 0 to 1 are spread: a column for each tenth, the axis below, the largest count beside it.
package struct ScoreHistogram: Sendable {
    private let bins: [Int]
    private let ink: Ink

    /// - Parameters:
    ///   - bins: how many scores are in each tenth, from the lowest.
    ///   - ink: the ink of the columns.
    package init(bins: [Int], ink: Ink = .series1) {
        self.bins = bins
        self.ink = ink
    }

    private static let eighths = Array(" ▁▂▃▄▅▆▇█")

    package func draw(into frame: inout Frame, _ area: Area) {
        frame.clipped(to: area.rows, area.columns) { drawWhole(into: &$0, area) }
    }

    private func drawWhole(into frame: inout Frame, _ area: Area) {
        guard !bins.isEmpty, area.rows.count >= 2 else { return }
        let top = bins.max() ?? 0
        let label = Formats.count(top)
        let margin = label.columns + 1
        let each = max(1, (area.columns.count - margin) / bins.count)
        let bar = max(1, each - (each > 2 ? 1 : 0))
        let ground = area.rows.upperBound - 2
        let height = area.rows.count - 1
        let left = area.columns.lowerBound + margin
        frame.put(label, area.rows.lowerBound, endingAt: left - 1, Style(.quiet))
        if height >= 3 { frame.put("0", ground, endingAt: left - 1, Style(.quiet)) }
        for (index, count) in bins.enumerated() {
            let start = left + index * each
            guard start + bar <= area.columns.upperBound else { break }
            drawColumn(count, top, at: start, width: bar, ground: ground, height: height, into: &frame)
        }
        let end = min(area.columns.upperBound, left + bins.count * each)
        frame.put("0.0", ground + 1, left, Style(.quiet))
        frame.put("0.5", ground + 1, left + (end - left) / 2 - 1, Style(.quiet))
        frame.put("1.0", ground + 1, endingAt: end, Style(.quiet))
    }

    private func drawColumn(
        _ count: Int, _ top: Int, at start: Int, width: Int, ground: Int, height: Int, into frame: inout Frame
    ) {
        let isUnicode = frame.charset == .unicode
        let levels = isUnicode ? height * 8 : height
        // A level more than what an empty tenth has, however few they are.
        let filled = top == 0 || count <= 0 ? 0 : max(isUnicode ? 2 : 1, count * levels / top)
        if filled == 0 {
            // An empty tenth is there and empty.
            frame.put(String(repeating: isUnicode ? "▁" : ".", count: width), ground, start, Style(.faint))
            return
        }
        for row in 0..<height {
            let level = isUnicode ? min(8, max(0, filled - row * 8)) : filled > row ? 8 : 0
            guard level > 0 else { break }
            let character = isUnicode ? Self.eighths[level] : "#"
            frame.put(String(repeating: character, count: width), ground - row, start, Style(ink))
        }
    }
}
