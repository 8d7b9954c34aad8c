import Terminal

/// Text of several lines that is being typed.
struct TextArea: Sendable {
    /// More than anyone types or pastes; the rest is cut.
    private static let longest = 200_000

    private var characters: [Character] = []
    /// How many characters stand before the cursor.
    private var place = 0
    /// The column that moving up and down keeps to.
    private var goal: Int?
    /// The columns of a line as it was drawn last: what is above depends on it.
    private var width = 40

    init(_ text: String = "") {
        insert(text)
    }

    var text: String { String(characters) }
    var isEmpty: Bool { characters.isEmpty }

    mutating func set(_ text: String) {
        characters = []
        place = 0
        insert(text)
    }

    mutating func resize(width: Int) { self.width = max(4, width) }

    /// Takes a key; says whether it was one for the text.
    mutating func take(_ key: Key) -> Bool {
        let before = goal
        goal = nil
        switch (key.code, key.modifiers) {
        case (.character(let scalar), []): insert(String(scalar))
        case (.backspace, []): if place > 0 { remove(place - 1..<place) }
        case (.delete, []): if place < characters.count { remove(place..<place + 1) }
        case (.left, []), (.character("b"), .control): place = max(0, place - 1)
        case (.right, []), (.character("f"), .control): place = min(characters.count, place + 1)
        case (.up, []): step(-1, keeping: before)
        case (.down, []): step(1, keeping: before)
        case (.home, []), (.character("a"), .control): place = line.lowerBound
        case (.end, []): place = line.upperBound
        case (.home, .control): place = 0
        case (.end, .control): place = characters.count
        case (.character("u"), .control): remove(line.lowerBound..<place)
        case (.character("k"), .control): remove(place..<line.upperBound)
        case (.character("w"), .control), (.backspace, .alt): removeWord()
        default: return false
        }
        return true
    }

    /// Takes typed or pasted text; what cannot be seen is left out.
    mutating func insert(_ text: String) {
        let ends = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        var added: [Character] = []
        for character in ends {
            guard characters.count + added.count < Self.longest else { break }
            if character == "\n" || character == "\t" || character.unicodeScalars.allSatisfy(Self.isVisible) {
                added.append(character)
            }
        }
        characters.insert(contentsOf: added, at: place)
        place += added.count
        goal = nil
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value)
    }

    private mutating func remove(_ range: Range<Int>) {
        characters.removeSubrange(range)
        if place > range.lowerBound { place = max(range.lowerBound, place - range.count) }
    }

    private mutating func removeWord() {
        var start = place
        while start > 0, characters[start - 1].isWhitespace { start -= 1 }
        while start > 0, !characters[start - 1].isWhitespace { start -= 1 }
        remove(start..<place)
    }

    // MARK: Lines

    /// The line that the cursor is in, as it was typed.
    private var line: Range<Int> {
        let start = characters[..<place].lastIndex(of: "\n").map { $0 + 1 } ?? 0
        let end = characters[place...].firstIndex(of: "\n") ?? characters.count
        return start..<end
    }

    /// The lines as they are shown: broken at line ends, and between words where they are too long.
    private var shownLines: [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        var columns = 0
        var blank: Int?
        var index = 0
        while index < characters.count {
            let character = characters[index]
            if character == "\n" {
                lines.append(start..<index)
                index += 1
                (start, columns, blank) = (index, 0, nil)
                continue
            }
            let size = Self.columns(of: character)
            // The last column is kept free for the cursor.
            if columns + size >= width, index > start {
                let end = blank.map { $0 + 1 } ?? index
                lines.append(start..<end)
                (start, columns, blank) = (end, characters[end..<index].reduce(0) { $0 + Self.columns(of: $1) }, nil)
            }
            if character == " " { blank = index }
            columns += size
            index += 1
        }
        return lines + [start..<characters.count]
    }

    private static func columns(of character: Character) -> Int { character.isASCII ? 1 : String(character).columns }

    /// Which of the shown lines the cursor is in.
    private func shownLine(in lines: [Range<Int>]) -> Int {
        lines.lastIndex { $0.lowerBound <= place } ?? 0
    }

    private mutating func step(_ count: Int, keeping kept: Int?) {
        let lines = shownLines
        let current = shownLine(in: lines)
        let column = kept ?? (place - lines[current].lowerBound)
        goal = column
        let next = min(max(0, current + count), lines.count - 1)
        guard next != current else { return }
        // At the end of a line that was broken the cursor would stand in the next one.
        let isBroken = next + 1 < lines.count && lines[next + 1].lowerBound == lines[next].upperBound
        place = min(lines[next].lowerBound + column, lines[next].upperBound - (isBroken ? 1 : 0))
    }

    /// Draws the part around the cursor, or the beginning where it is not typed in.
    /// - Returns: the place of the cursor, `nil` when it is not in the area.
    func draw(into frame: inout Frame, _ area: Area, _ style: Style, isTyped: Bool) -> (row: Int, column: Int)? {
        let lines = shownLines
        let current = shownLine(in: lines)
        let first = isTyped ? max(0, current - area.rows.count + 1) : 0
        for (row, line) in zip(area.rows, lines.dropFirst(first)) {
            frame.put(
                String(characters[line]), row, area.columns.lowerBound, style, width: area.columns.count, ending: .cut)
        }
        if !isTyped, lines.count > area.rows.count, let last = area.rows.last {
            let hidden = lines.count - area.rows.count
            let more = " \(Formats.count(hidden)) more line\(hidden == 1 ? "" : "s") "
            frame.put(more, last, endingAt: area.columns.upperBound, Style(.quiet, on: style.ground))
        }
        guard isTyped else { return nil }
        let before = characters[lines[current].lowerBound..<place].reduce(0) { $0 + Self.columns(of: $1) }
        return (
            area.rows.lowerBound + current - first, min(area.columns.lowerBound + before, area.columns.upperBound - 1)
        )
    }
}
