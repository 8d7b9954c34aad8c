import Terminal

/// Everything that can be done now, found by typing a part of its name.
struct Palette: Sendable {
    /// One line of it.
    struct Entry: Sendable {
        let text: String
        let key: String
        let action: Menu.Action
    }

    let entries: [Entry]
    private(set) var field = TextField()
    private(set) var cursor = 0

    init(_ entries: [Entry]) { self.entries = entries }

    /// The entries that hold every typed word, those that begin with it first.
    var matches: [Entry] {
        let words = field.text.lowercased().split(separator: " ")
        guard !words.isEmpty else { return entries }
        let found = entries.filter { entry in
            let text = entry.text.lowercased()
            return words.allSatisfy { text.contains($0) }
        }
        let typed = field.text.lowercased()
        return found.filter { $0.text.lowercased().hasPrefix(typed) }
            + found.filter { !$0.text.lowercased().hasPrefix(typed) }
    }

    mutating func press(_ key: Key) -> OverlayOutcome {
        let found = matches
        switch key {
        case Key(.escape): return .close
        case Key(.enter):
            guard found.indices.contains(cursor) else { return .stay(.palette(self)) }
            return OverlayOutcome(found[cursor].action)
        case Key(.up), .control("p"): cursor = max(0, cursor - 1)
        case Key(.down), .control("n"): cursor = min(max(0, found.count - 1), cursor + 1)
        case Key(.pageUp): cursor = max(0, cursor - 8)
        case Key(.pageDown): cursor = min(max(0, found.count - 1), cursor + 8)
        case Key(.tab):
            // Completes to the entry under the cursor.
            if found.indices.contains(cursor) { field = TextField(found[cursor].text) }
        default:
            if field.take(key) { cursor = 0 }
        }
        return .stay(.palette(self))
    }

    mutating func paste(_ text: String) {
        field.insert(text)
        cursor = 0
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let found = matches
        let panel = Panel("Command", width: 76, height: min(entries.count, 16) + 3, in: area)
        panel.draw(into: &frame)
        let inside = panel.inside
        guard let row = inside.rows.first else { return }
        let left = inside.columns.lowerBound + 1
        let width = inside.columns.count - 2
        let place = field.draw(into: &frame, row, left, width: width, Style(.plain, on: .field))
        frame.showCursor(row, place)
        let rows = inside.rows.dropFirst()
        if found.isEmpty, let row = rows.first {
            frame.put("Nothing here is called that", row, left, Style(.quiet, on: .panel), width: width)
        }
        let first = max(0, min(cursor - rows.count + 1, found.count - rows.count))
        for (row, (offset, entry)) in zip(rows, found.enumerated().dropFirst(first)) {
            let ground: Ground = offset == cursor ? .selection : .panel
            frame.fill(row, Style(.plain, on: ground), from: inside.columns.lowerBound, width: inside.columns.count)
            frame.put(entry.text, row, left, Style(.plain, on: ground), width: width - entry.key.columns - 2)
            frame.put(entry.key, row, endingAt: left + width, Style(.accent, on: ground))
        }
        if found.count - first > rows.count { panel.drawMore(into: &frame) }
    }
}
