package import Terminal

/// How far something has come, or how much of a limit is used, in one row: `[■■■■■·····] 52%`.
package struct Gauge: Sendable {
    private let share: Double?
    private let ink: Ink
    private let note: String

    /// - Parameters:
    ///   - share: from 0 to 1; more than 1 is full and says so, `nil` is not known.
    ///   - ink: the ink of what is done.
    ///   - note: what stands behind the number, such as `630 of 1,204`.
    package init(_ share: Double?, _ ink: Ink = .series1, note: String = "") {
        self.share = share.flatMap { $0.isFinite ? max(0, $0) : nil }
        self.ink = ink
        self.note = note
    }

    /// Draws it; a place too small for a bar gets the number alone.
    package func draw(into frame: inout Frame, _ row: Int, _ columns: Range<Int>, on ground: Ground = .page) {
        frame.clipped(to: row..<row + 1, columns) { drawWhole(into: &$0, row, columns, ground) }
    }

    private func drawWhole(into frame: inout Frame, _ row: Int, _ columns: Range<Int>, _ ground: Ground) {
        let number = share.map(Self.percent) ?? "not known"
        let text = note.isEmpty ? number : "\(number) \(note)"
        let room = columns.count - text.columns - 3
        guard room >= 4 else {
            frame.put(text, row, columns.lowerBound, Style(.plain, on: ground), width: columns.count)
            return
        }
        let marks = Marks(frame.charset)
        let width = min(room, 40)
        var column = frame.put("[", row, columns.lowerBound, Style(.faint, on: ground))
        let share = share ?? 0
        // Full is only what is.
        let filled = share >= 1 ? width : min(width - 1, ScoreBar.filled(share, width: width, marks).count)
        column = frame.put(String(repeating: marks.bar, count: filled), row, column, Style(ink, on: ground))
        let rest = String(repeating: marks.barRest, count: width - filled)
        column = frame.put(rest, row, column, Style(.faint, on: ground))
        column = frame.put("]", row, column, Style(.faint, on: ground)) + 1
        frame.put(
            text, row, column, Style(share > 1 ? .caution : .plain, on: ground), width: columns.upperBound - column)
    }

    /// Neither nothing nor all is said of what is not.
    private static func percent(_ share: Double) -> String {
        switch share {
        case 0: "0%"
        case ..<0.0005: "<0.1%"
        case 0.995..<1: ">99%"
        default: Formats.percent(share)
        }
    }
}
