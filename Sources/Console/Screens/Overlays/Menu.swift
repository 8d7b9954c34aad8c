package import Terminal

/// A list of choices, each with a letter. A letter chooses at once; the arrows and Enter choose as well.
package struct Menu: Sendable {
    /// What choosing does.
    enum Action: Sendable {
        case screen(AnyCommand)
        case everywhere(EverywhereCommand)
        case list(ListCommand)
    }

    /// One line of it.
    package struct Item: Sendable {
        let key: Key?
        let text: String
        /// What it shows at the right, such as the state of a switch.
        let detail: String
        let action: Action

        /// A choice that the screen carries out.
        package init(_ key: Key?, _ text: String, detail: String = "", _ command: some Sendable & Hashable) {
            self.init(key, text, detail: detail, action: .screen(AnyCommand(command)))
        }

        init(_ key: Key?, _ text: String, detail: String = "", action: Action) {
            self.key = key
            self.text = text
            self.detail = detail
            self.action = action
        }
    }

    let title: String
    let items: [Item]
    private(set) var cursor: Int

    /// A menu; the cursor stands on an item, the first unless said otherwise.
    package init(_ title: String, _ items: [Item], cursor: Int = 0) {
        self.title = title
        self.items = items
        self.cursor = min(max(0, cursor), max(0, items.count - 1))
    }

    /// Takes a key.
    mutating func press(_ key: Key) -> OverlayOutcome {
        if let item = items.first(where: { $0.key == key }) { return outcome(of: item) }
        switch key {
        case Key(.enter): return items.indices.contains(cursor) ? outcome(of: items[cursor]) : .close
        case Key(.escape), .character("q"), Key(.backspace): return .close
        case Key(.home): cursor = 0
        case Key(.end): cursor = max(0, items.count - 1)
        case Key(.up), .character("k"): cursor = max(0, cursor - 1)
        case Key(.down), .character("j"), Key(.tab): cursor = min(max(0, items.count - 1), cursor + 1)
        default: break
        }
        return .stay(.menu(self))
    }

    private func outcome(of item: Item) -> OverlayOutcome { OverlayOutcome(item.action) }

    func draw(into frame: inout Frame, _ area: Area) {
        let keyWidth = (items.compactMap(\.key?.name.columns).max() ?? 0) + 2
        let textWidth = items.map { $0.text.columns + ($0.detail.isEmpty ? 0 : $0.detail.columns + 2) }.max() ?? 0
        let panel = Panel(title, width: keyWidth + textWidth + 6, height: items.count + 2, in: area)
        panel.draw(into: &frame)
        let rows = panel.inside.rows
        let first = max(0, min(cursor - rows.count + 1, items.count - rows.count))
        for (offset, item) in items.dropFirst(first).prefix(rows.count).enumerated() {
            let row = rows.lowerBound + offset
            let ground: Ground = first + offset == cursor ? .selection : .panel
            frame.fill(
                row, Style(.plain, on: ground), from: panel.inside.columns.lowerBound, width: panel.inside.columns.count
            )
            let column = panel.inside.columns.lowerBound + 1
            frame.put(item.key?.name ?? "", row, column, Style(.accent, on: ground), width: keyWidth)
            frame.put(
                item.text, row, column + keyWidth, Style(.plain, on: ground),
                width: panel.inside.columns.upperBound - column - keyWidth - 1)
            frame.put(item.detail, row, endingAt: panel.inside.columns.upperBound - 1, Style(.quiet, on: ground))
        }
    }
}
