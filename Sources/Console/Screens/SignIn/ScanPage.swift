import Terminal

/// A page with something to scan: the picture for a camera at the left where there is room for it, and words beside it.
struct ScanPage {
    /// A line of the words.
    struct Line {
        let text: String
        let ink: Ink
        /// Whether it must be seen; on a small screen what only explains gives way.
        var isNeeded = true
    }

    /// The columns that the words need beside the picture.
    private static let words = 36

    /// What is scanned; of several the first that there is room for.
    let texts: [String]
    var ground = Ground.page
    /// The words for a width.
    let lines: (Int, Charset) -> [Line]

    /// Words wrapped to a width.
    static func wrapped(
        _ text: String, _ ink: Ink, isNeeded: Bool = true, width: Int, _ charset: Charset
    ) -> [Line] {
        TextLines(text, width: max(10, width), charset: charset, limit: 8).lines.map {
            Line(text: String($0), ink: ink, isNeeded: isNeeded)
        }
    }

    static let blank = Line(text: "", ink: .plain, isNeeded: false)

    func draw(into frame: inout Frame, _ area: Area) {
        let room = Size(columns: area.columns.count - Self.words - 4, rows: area.rows.count)
        let charset = frame.charset
        guard let picture = texts.lazy.compactMap({ QRPicture($0, fitting: room, charset) }).first else {
            let lines = lines(area.columns.count - 2, charset)
            let width = lines.map(\.text.columns).max() ?? 0
            let top = area.rows.lowerBound + max(0, (area.rows.count - lines.count) / 2)
            let left = area.columns.lowerBound + max(1, (area.columns.count - width) / 2)
            return draw(lines, into: &frame, area, top, left)
        }
        let lines = lines(area.columns.count - picture.size.columns - 5, charset)
        let width = picture.size.columns + 3 + (lines.map(\.text.columns).max() ?? 0)
        let left = area.columns.lowerBound + max(1, (area.columns.count - width) / 2)
        let top = area.rows.lowerBound + (area.rows.count - picture.size.rows) / 2
        picture.draw(into: &frame, top, left)
        let start = top + max(0, (picture.size.rows - lines.count) / 2)
        draw(lines, into: &frame, area, start, left + picture.size.columns + 3)
    }

    private func draw(_ lines: [Line], into frame: inout Frame, _ area: Area, _ top: Int, _ left: Int) {
        let shown = lines.count > area.rows.count ? lines.filter(\.isNeeded) : lines
        for (row, line) in zip(max(area.rows.lowerBound, top)..<area.rows.upperBound, shown) {
            _ = frame.putLinked(
                line.text, row, left, Style(line.ink, on: ground), width: area.columns.upperBound - left - 1)
        }
    }
}
