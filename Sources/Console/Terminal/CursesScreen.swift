import CNcurses

/// Turns pictures into the bytes that show them on one kind of terminal, the fewest that ncurses finds.
///
/// It does no input and no output: `draw` returns bytes. Owned by one thread, since ncurses has no locks.
@safe package final class CursesScreen {
    private let screen: OpaquePointer
    /// The theme in use.
    package let theme: Theme
    private var shown: Frame?
    private var size: Size

    /// A screen for a terminal type of terminfo, `nil` where the type is unknown or cannot place text.
    /// - Parameters:
    ///   - type: the terminal type, as in `TERM`.
    ///   - size: the size of the terminal.
    ///   - wantsColour: `false` leaves colours unused even where the terminal has them.
    package init?(type: String, size: Size, wantsColour: Bool = true) {
        let colour: Int32 = wantsColour ? 1 : 0
        guard let screen = unsafe cn_screen_open(type, Int32(size.rows), Int32(size.columns), colour) else {
            return nil
        }
        unsafe self.screen = screen
        self.size = size
        theme = Theme(depth: ColourDepth(colours: unsafe Int(cn_screen_colours(screen))))
        guard theme.depth != .none else { return }
        for ground in Ground.allCases {
            for ink in Ink.allCases {
                let look = theme.look(of: Style(ink, on: ground))
                unsafe cn_screen_pair(screen, Self.pair(ink, ground), Int32(look.ink), Int32(look.ground))
            }
        }
    }

    deinit { unsafe cn_screen_close(screen) }

    /// The bytes that turn what the terminal shows into this picture; none when it shows it already.
    package func draw(_ frame: Frame) -> [UInt8] {
        guard frame != shown else { return [] }
        if frame.size != size {
            unsafe cn_screen_resize(screen, Int32(frame.size.rows), Int32(frame.size.columns))
            size = frame.size
            shown = nil
        }
        for row in 0..<frame.size.rows where shown == nil || shown?[row: row] != frame[row: row] {
            put(frame[row: row], row: row)
        }
        if let cursor = frame.cursor {
            unsafe cn_screen_cursor(screen, Int32(cursor.row), Int32(cursor.column))
        } else {
            unsafe cn_screen_cursor(screen, -1, -1)
        }
        shown = frame
        unsafe cn_screen_update(screen)
        return take()
    }

    /// The bytes that give the terminal back to the shell; the next picture takes it again.
    package func leave() -> [UInt8] {
        unsafe cn_screen_leave(screen)
        shown = nil
        return take()
    }

    /// Someone else wrote to the terminal: the next picture is sent as a whole.
    package func forget() {
        unsafe cn_screen_forget(screen)
        shown = nil
    }

    private static func pair(_ ink: Ink, _ ground: Ground) -> Int32 {
        Int32(ground.rawValue) * Int32(Ink.allCases.count) + Int32(ink.rawValue) + 1
    }

    private func put(_ cells: ArraySlice<Cell>, row: Int) {
        var run: [UInt32] = []
        var start = 0
        var style = cells.first?.style ?? .plain
        for (column, cell) in cells.enumerated() {
            if cell.style != style, !looksAlike(cell, style) {
                flush(run, row, start, style)
                run.removeAll(keepingCapacity: true)
                start = column
                style = cell.style
            }
            append(cell.glyph, to: &run)
        }
        flush(run, row, start, style)
    }

    /// A blank has no ink to see: where only that differs, the change of style between words need not be sent.
    private func looksAlike(_ cell: Cell, _ style: Style) -> Bool {
        guard cell.glyph == .blank else { return false }
        let blank = theme.look(of: cell.style)
        let before = theme.look(of: style)
        let visible: Look.Attributes = [.reverse, .underline]
        return blank.ground == before.ground
            && blank.attributes.intersection(visible) == before.attributes.intersection(visible)
            && (!blank.attributes.contains(.reverse) || blank.ink == before.ink)
    }

    /// ncurses counts widths by the C library. Where that disagrees with ours, a mark keeps the rest of the row in place.
    private func append(_ glyph: Glyph, to run: inout [UInt32]) {
        guard glyph.base != 0 else { return }
        guard glyph.base > 0x7E else {
            run.append(glyph.base)
            if glyph.mark != 0, cn_character_width(glyph.mark) == 0 { run.append(glyph.mark) }
            return
        }
        guard cn_character_width(glyph.base) == Int32(glyph.width) else {
            run.append(contentsOf: repeatElement(0x3F, count: Int(glyph.width)))
            return
        }
        run.append(glyph.base)
        if glyph.mark != 0, cn_character_width(glyph.mark) == 0 { run.append(glyph.mark) }
    }

    private func flush(_ run: [UInt32], _ row: Int, _ column: Int, _ style: Style) {
        guard !run.isEmpty else { return }
        let attributes = Int32(theme.look(of: style).attributes.rawValue)
        let pair = theme.depth == .none ? 0 : Self.pair(style.ink, style.ground)
        unsafe cn_screen_put(screen, Int32(row), Int32(column), attributes, pair, run, Int32(run.count))
    }

    private func take() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe cn_screen_take(screen, &buffer, buffer.count)
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}
