/// One cell of a picture.
package struct Cell: Sendable, Hashable {
    package var glyph: Glyph
    package var style: Style

    /// An empty place of the page.
    package static let empty = Cell(glyph: .blank, style: .plain)
}

/// A picture of the whole terminal: a grid of cells. Whatever is put into it is clipped to it, so drawing code needs no
/// checks and works at every size.
package struct Frame: Sendable, Hashable {
    /// A place in the grid.
    package struct Place: Sendable, Hashable {
        package let row: Int
        package let column: Int
    }

    package let size: Size
    package let charset: Charset
    /// Where the cursor blinks, `nil` when it is hidden.
    package private(set) var cursor: Place?
    private var cells: [Cell]
    private var links = Links()
    /// What may be drawn on.
    private var clip: Clip

    /// An empty picture.
    package init(size: Size, charset: Charset) {
        self.size = size
        self.charset = charset
        clip = Clip(rows: 0..<size.rows, columns: 0..<size.columns)
        cells = Array(repeating: .empty, count: size.columns * size.rows)
    }

    private struct Clip: Hashable {
        var rows: Range<Int>
        var columns: Range<Int>
    }

    /// Draws within a part of the picture: whatever reaches beyond it is cut.
    package mutating func clipped(to rows: Range<Int>, _ columns: Range<Int>, _ draw: (inout Frame) -> Void) {
        let before = clip
        clip.rows = rows.clamped(to: before.rows)
        clip.columns = columns.clamped(to: before.columns)
        draw(&self)
        clip = before
    }

    /// The cells of one row.
    package subscript(row row: Int) -> ArraySlice<Cell> {
        cells[row * size.columns..<(row + 1) * size.columns]
    }

    /// Puts text on a row from a column on, at most `width` columns of it; what does not fit ends in an ellipsis or is cut.
    /// - Returns: the column after the text.
    @discardableResult
    package mutating func put(
        _ text: some StringProtocol, _ row: Int, _ column: Int, _ style: Style = .plain, width: Int = .max,
        ending: Ending = .ellipsis
    ) -> Int {
        guard clip.rows.contains(row), column < clip.columns.upperBound, width > 0 else { return column }
        let limit = width < clip.columns.upperBound - column ? column + width : clip.columns.upperBound
        var x = column
        for glyph in Glyphs(text, charset: charset) {
            guard x + Int(glyph.width) <= limit else {
                // The last column; a wide character that reaches into it gives way.
                if ending == .ellipsis, limit > column {
                    set(row, min(x, limit - 1), Glyph(base: 0x2026, mark: 0, width: 1), style)
                }
                return limit
            }
            set(row, x, glyph, style)
            x += Int(glyph.width)
        }
        return x
    }

    /// Puts text so that it ends before a column.
    package mutating func put(_ text: some StringProtocol, _ row: Int, endingAt column: Int, _ style: Style = .plain) {
        put(text, row, column - text.columns, style, ending: .cut)
    }

    /// What is done with text that does not fit.
    package enum Ending: Sendable {
        case ellipsis
        case cut
    }

    /// Gives a stretch of a row a style and blanks it.
    package mutating func fill(_ row: Int, _ style: Style, from column: Int = 0, width: Int = .max) {
        guard clip.rows.contains(row) else { return }
        let first = max(clip.columns.lowerBound, column)
        let end = width < clip.columns.upperBound - column ? column + width : clip.columns.upperBound
        guard first < end else { return }
        for x in first..<end { set(row, x, .blank, style) }
    }

    /// Repeats one character along a row.
    package mutating func rule(
        _ character: Character, _ row: Int, _ style: Style, from column: Int = 0, width: Int = .max
    ) {
        let end = width < clip.columns.upperBound - column ? column + width : clip.columns.upperBound
        guard column < end else { return }
        put(String(repeating: character, count: end - column), row, column, style, ending: .cut)
    }

    /// Makes what stands on a stretch of a row lead to an address, where the terminal can do that; the text itself does not
    /// change. Addresses that are too long or not for the web are left out. Whatever is drawn there later ends the link.
    package mutating func link(_ url: String, _ row: Int, _ columns: Range<Int>) {
        guard row >= 0, row < size.rows else { return }
        links.add(Link(url: url, row: row, columns: columns.clamped(to: 0..<size.columns)))
    }

    /// The links of one row, from left to right.
    package func links(onRow row: Int) -> [Link] { links.on(row) }

    /// Hides the cursor.
    package mutating func hideCursor() { cursor = nil }

    /// Shows the cursor at a place inside the picture.
    package mutating func showCursor(_ row: Int, _ column: Int) {
        guard row >= 0, row < size.rows, column >= 0, column < size.columns else { return }
        cursor = Place(row: row, column: column)
    }

    /// The picture as lines of text, trailing blanks left out.
    package var text: [String] {
        (0..<size.rows).map { row in
            var line = String.UnicodeScalarView()
            for cell in self[row: row] {
                guard cell.glyph.base != 0 else { continue }
                if let base = Unicode.Scalar(cell.glyph.base) { line.append(base) }
                if cell.glyph.mark != 0, let mark = Unicode.Scalar(cell.glyph.mark) { line.append(mark) }
            }
            while line.last == " " { line.removeLast() }
            return String(line)
        }
    }

    private mutating func set(_ row: Int, _ column: Int, _ glyph: Glyph, _ style: Style) {
        guard column >= clip.columns.lowerBound, column + Int(glyph.width) <= clip.columns.upperBound else { return }
        var glyph = glyph
        if charset == .ascii, glyph.base == 0x2026 { glyph.base = AsciiStandIn.of(glyph.base) }
        let index = row * size.columns + column
        if !links.isEmpty { links.remove(row, column..<column + Int(glyph.width)) }
        breakWide(at: index, row)
        cells[index] = Cell(glyph: glyph, style: style)
        if glyph.width == 2 {
            breakWide(at: index + 1, row)
            cells[index + 1] = Cell(glyph: Glyph(base: 0, mark: 0, width: 1), style: style)
        }
    }

    /// Half of a wide character cannot stay when the other half is overwritten.
    private mutating func breakWide(at index: Int, _ row: Int) {
        if cells[index].glyph.base == 0, index > row * size.columns { cells[index - 1].glyph = .blank }
        if cells[index].glyph.width == 2, index + 1 < (row + 1) * size.columns { cells[index + 1].glyph = .blank }
    }
}
