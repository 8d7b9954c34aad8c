import CNcurses

/// Turns pictures into the bytes that show them on one kind of terminal, the fewest that ncurses finds.
///
/// It does no input and no output: `draw` returns bytes. Owned by one thread, since ncurses has no locks.
@safe package final class CursesScreen {
    private let screen: OpaquePointer
    /// The theme in use.
    package private(set) var theme: Theme
    /// Whether links are said to the terminal; a change shows with the next picture.
    package var showsLinks = false { didSet { if showsLinks != oldValue { forget() } } }
    /// The number of colours that terminfo tells, 0 when none are used.
    package let colours: Int
    private var shown: Frame?
    private var size: Size
    private var slots = ColourSlots()
    private var pens = PenStream()
    private var pairs = ColourPairs()
    /// The pair of each style of the theme, once it was looked up.
    private var pairsOfStyles: [Int?] = Theme.emptyTable

    /// A screen for a terminal type of terminfo, `nil` where the type is unknown or cannot place text.
    /// - Parameters:
    ///   - type: the terminal type, as in `TERM`.
    ///   - size: the size of the terminal.
    ///   - name: the theme from the start.
    ///   - wantsColour: `false` leaves colours unused even where the terminal has them.
    ///   - isDirect: whether the terminal is known to show any colour, which few entries of terminfo say.
    package init?(
        type: String, size: Size, theme name: ThemeName = .dark, wantsColour: Bool = true, isDirect: Bool = false
    ) {
        let colour: Int32 = wantsColour ? 1 : 0
        guard let screen = unsafe cn_screen_open(type, Int32(size.rows), Int32(size.columns), colour) else {
            return nil
        }
        unsafe self.screen = screen
        self.size = size
        colours = unsafe Int(cn_screen_colours(screen))
        let depth = ColourDepth(colours: colours)
        // The colours that a theme mixes itself travel under numbers of the palette.
        theme = Theme(name: name, depth: depth == .indexed && isDirect ? .direct : depth)
        unsafe pairs.limit = Int(cn_screen_pairs(screen))
    }

    deinit { unsafe cn_screen_close(screen) }

    /// Shows another theme from the next picture on.
    package func use(_ name: ThemeName) {
        guard name != theme.name else { return }
        theme = Theme(name: name, depth: theme.depth)
        slots.removeAll()
        pairsOfStyles = Theme.emptyTable
        forget()
    }

    /// What ncurses says before the first picture: the terminal is taken.
    package func enter() -> [UInt8] {
        unsafe cn_screen_enter(screen)
        return take()
    }

    /// The bytes that turn what the terminal shows into this picture; none when it shows it already.
    package func draw(_ frame: Frame) -> [UInt8] {
        guard frame != shown else { return [] }
        if frame.size != size {
            unsafe cn_screen_resize(screen, Int32(frame.size.rows), Int32(frame.size.columns))
            size = frame.size
            shown = nil
        }
        for row in 0..<frame.size.rows where isChanged(row, frame) { put(row, of: frame) }
        if let cursor = frame.cursor {
            unsafe cn_screen_cursor(screen, Int32(cursor.row), Int32(cursor.column))
        } else {
            unsafe cn_screen_cursor(screen, -1, -1)
        }
        shown = frame
        unsafe cn_screen_update(screen)
        let bytes = take()
        slots.endPicture()
        return bytes
    }

    /// The bytes that give the terminal back to the shell; the next picture takes it again.
    package func leave() -> [UInt8] {
        unsafe cn_screen_leave(screen)
        shown = nil
        let bytes = take()
        pens.forget()
        return bytes
    }

    /// Someone else wrote to the terminal: the next picture is sent as a whole.
    package func forget() {
        unsafe cn_screen_forget(screen)
        shown = nil
        pens.forget()
    }

    // MARK: Putting cells

    private func isChanged(_ row: Int, _ frame: Frame) -> Bool {
        guard let shown else { return true }
        if shown[row: row] != frame[row: row] { return true }
        return showsLinks && shown.links(onRow: row) != frame.links(onRow: row)
    }

    private func put(_ row: Int, of frame: Frame) {
        let links = canShowLinks && showsLinks ? frame.links(onRow: row) : []
        guard !links.isEmpty else { return put(row, of: frame, 0..<frame.size.columns, url: nil) }
        var column = 0
        for link in links {
            put(row, of: frame, column..<link.columns.lowerBound, url: nil)
            put(row, of: frame, link.columns, url: link.url)
            column = link.columns.upperBound
        }
        put(row, of: frame, column..<frame.size.columns, url: nil)
    }

    private func put(_ row: Int, of frame: Frame, _ columns: Range<Int>, url: String?) {
        let cells = frame[row: row]
        let first = cells.startIndex
        // The right half of a wide character is drawn with its left one.
        var start = columns.lowerBound
        if start < columns.upperBound, cells[first + start].glyph.base == 0 { start += 1 }
        guard start < columns.upperBound else { return }
        var run: [UInt32] = []
        run.reserveCapacity(columns.count)
        var style = cells[first + start].style
        for column in start..<columns.upperBound {
            let cell = cells[first + column]
            if cell.style != style, !looksAlike(cell, style) {
                flush(run, row, start, style, url)
                run.removeAll(keepingCapacity: true)
                start = column
                style = cell.style
            }
            append(cell.glyph, to: &run)
        }
        flush(run, row, start, style, url)
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
        if glyph.base > 0x7E, cn_character_width(glyph.base) != Int32(glyph.width) {
            run.append(contentsOf: repeatElement(0x3F, count: Int(glyph.width)))
            return
        }
        run.append(glyph.base)
        if glyph.mark != 0, cn_character_width(glyph.mark) == 0 { run.append(glyph.mark) }
    }

    private func flush(_ run: [UInt32], _ row: Int, _ column: Int, _ style: Style, _ url: String?) {
        guard !run.isEmpty else { return }
        let attributes = Int32(theme.look(of: style).attributes.rawValue)
        let pair = Int32(pair(for: style, url))
        unsafe cn_screen_put(screen, Int32(row), Int32(column), attributes, pair, run, Int32(run.count))
    }

    // MARK: Colours

    /// Whether links can be shown at all: they travel with the colour numbers.
    package var canShowLinks: Bool { hasSlots }

    /// Whether colours travel under numbers that stand for them.
    private var hasSlots: Bool { theme.depth == .indexed || theme.depth == .direct }

    private func pair(for style: Style, _ url: String?) -> Int {
        guard theme.depth != .none else { return 0 }
        let place = Theme.index(of: style)
        if url == nil, let pair = pairsOfStyles[place] { return pair }
        let look = theme.look(of: style)
        let ink = hasSlots ? slots.number(ofInk: look.ink, link: url) : Self.number(look.ink)
        let ground = hasSlots ? slots.number(ofGround: look.ground) : Self.number(look.ground)
        let (pair, isNew) = pairs.pair(ink, ground)
        if isNew { unsafe cn_screen_pair(screen, Int32(pair), Int32(ink), Int32(ground)) }
        if url == nil { pairsOfStyles[place] = pair }
        return pair
    }

    private static func number(_ colour: Colour) -> Int {
        switch colour {
        case .own, .direct: -1
        case .palette(let number): Int(number)
        }
    }

    private func take() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe cn_screen_take(screen, &buffer, buffer.count)
            guard count > 0 else { return hasSlots ? pens.rewrite(bytes, slots) : bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}

/// The colour pairs that ncurses was told, by what is in them: terminals with few colours have few pairs.
struct ColourPairs {
    private struct Colours: Hashable {
        let ink: Int
        let ground: Int
    }

    /// How many there may be.
    var limit = 0
    private var numbers: [Colours: Int] = [:]

    /// The pair of two colours, and whether ncurses does not know it yet; 0, the terminal's own colours, when there are
    /// no more.
    mutating func pair(_ ink: Int, _ ground: Int) -> (number: Int, isNew: Bool) {
        let colours = Colours(ink: ink, ground: ground)
        if let number = numbers[colours] { return (number, false) }
        guard ink != -1 || ground != -1, numbers.count + 1 < limit else { return (0, false) }
        numbers[colours] = numbers.count + 1
        return (numbers.count, true)
    }
}
