import Terminal

/// A line of text that is being typed.
package struct TextField: Sendable, Hashable {
    /// More than anyone types; a paste is cut here.
    private static let longest = 1000

    private var before: [Character]
    private var after: [Character] = []

    /// A field with text and the cursor behind it.
    package init(_ text: String = "") { before = Array(text) }

    /// The text as it stands.
    package var text: String { String(before) + String(after) }

    /// Takes a key; says whether it was one for the field.
    mutating func take(_ key: Key) -> Bool {
        switch (key.code, key.modifiers) {
        case (.character(let scalar), []): insert(String(scalar))
        case (.backspace, []): if !before.isEmpty { before.removeLast() }
        case (.delete, []): if !after.isEmpty { after.removeFirst() }
        case (.left, []), (.character("b"), .control): move(before.count - 1)
        case (.right, []), (.character("f"), .control): move(before.count + 1)
        case (.home, []), (.character("a"), .control): move(0)
        case (.end, []), (.character("e"), .control): move(before.count + after.count)
        case (.character("u"), .control): before = []
        case (.character("k"), .control): after = []
        case (.character("w"), .control), (.backspace, .alt): removeWord()
        default: return false
        }
        return true
    }

    /// Takes typed or pasted text; line ends and what cannot be seen are left out.
    mutating func insert(_ text: String) {
        for scalar in text.unicodeScalars {
            guard before.count + after.count < Self.longest else { return }
            // A mark joins the character before it.
            let isMark = scalar.properties.generalCategory == .nonspacingMark
            if isMark, let last = before.popLast() {
                before.append(contentsOf: String(last) + String(scalar))
            } else if scalar.value >= 0x20, !(0x7F..<0xA0).contains(scalar.value) {
                before.append(Character(scalar))
            }
        }
    }

    private mutating func move(_ place: Int) {
        let all = before + after
        let place = min(max(0, place), all.count)
        before = Array(all[..<place])
        after = Array(all[place...])
    }

    private mutating func removeWord() {
        while before.last == " " { before.removeLast() }
        while let last = before.last, last != " " {
            _ = last
            before.removeLast()
        }
    }

    /// How a field shows what was typed.
    enum Display: Hashable {
        case clear
        case masked
    }

    /// Draws the part around the cursor.
    /// - Returns: the column of the cursor.
    func draw(
        into frame: inout Frame, _ row: Int, _ column: Int, width: Int, _ style: Style, as display: Display = .clear
    ) -> Int {
        guard width > 1 else { return column }
        frame.fill(row, style, from: column, width: width)
        let mask = Marks(frame.charset).mask
        func shown(_ characters: [Character]) -> String {
            display == .masked ? String(repeating: mask, count: characters.count) : String(characters)
        }
        var visible = before[...]
        while shown(Array(visible)).columns > width - 1 { visible = visible.dropFirst() }
        let end = frame.put(shown(Array(visible)), row, column, style, ending: .cut)
        frame.put(shown(after), row, end, style, width: column + width - end, ending: .cut)
        return end
    }
}
