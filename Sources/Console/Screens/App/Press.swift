import Terminal

/// Keys.
extension Model {
    /// Whether keys are text now.
    package var isTyping: Bool {
        if farewell != nil { return false }
        if let signIn { return signIn.browser == nil }
        return overlays.last?.isTyping ?? screen.isTyping
    }

    /// Whether what is typed now must not be seen.
    package var isTypingSecret: Bool {
        if signIn != nil { return false }
        guard let overlay = overlays.last else { return screen.isTypingSecret }
        switch overlay {
        case .prompt(let prompt): return prompt.isSecret
        case .identity(let check): return check.isSecret
        case .help, .menu, .palette, .confirmation, .explanation, .messages, .filter: return false
        }
    }

    mutating func press(_ key: Key) -> [Effect] {
        if let command = KeyTables.command(key, in: KeyTables.terminal) { return perform(command) }
        if let farewell { return press(key, at: farewell) }
        if signIn != nil { return pressInSignIn(key) }
        if let overlay = overlays.last { return press(key, in: overlay) }
        if screen.isTyping {
            var isTaken = false
            let effects = onScreen { isTaken = $0.type(key, &$1) }
            if isTaken { return effects }
        }
        var isBound = false
        let effects = onScreen { isBound = $0.press(key, &$1) }
        if isBound { return effects }
        if screen.isTyping { return pressWhileTyping(key) }
        if screen is any ListScreen, let command = KeyTables.command(key, in: KeyTables.list) {
            return perform(command)
        }
        if let move = KeyTables.command(key, in: KeyTables.moves) { return onScreen { $0.move(move, &$1) } }
        if let command = KeyTables.command(key, in: KeyTables.everywhere) { return perform(command) }
        return []
    }

    /// A key that is no text for what is typed: the way out, and what the keys are.
    private mutating func pressWhileTyping(_ key: Key) -> [Effect] {
        if key == Key(.escape) { return perform(.back) }
        return KeyTables.command(key, in: KeyTables.everywhere) == .help ? perform(.help) : []
    }

    // MARK: What lies over the screen

    private mutating func press(_ key: Key, in overlay: Overlay) -> [Effect] {
        overlays.removeLast()
        switch overlay {
        case .menu(var menu): return take(menu.press(key))
        case .palette(var palette): return take(palette.press(key))
        case .prompt(var prompt): return take(prompt.press(key))
        case .confirmation(var confirmation): return take(confirmation.press(key, at: now))
        case .filter(var line): return take(line.press(key, check: checkQuery))
        case .identity:
            overlays.append(overlay)
            return pressInCheck(key)
        case .help(let top):
            let panel = helpPanel
            return take(scrolled(key, top) { .help(top: panel.top(after: $0, from: $1)) })
        case .explanation(let explanation, let top):
            let scroll = TextScroll(
                lines: explanation.lines(width: min(74, area.columns.count - 6), charset: charset).count,
                rows: max(1, area.rows.count - 2))
            return take(scrolled(key, top) { .explanation(explanation, top: scroll.top(after: $0, from: $1)) })
        case .messages(let top):
            let scroll = TextScroll(lines: messages.entries.count, rows: max(1, area.rows.count - 2))
            return take(scrolled(key, top) { .messages(top: scroll.top(after: $0, from: $1)) })
        }
    }

    /// A key in something that only scrolls: what does not scroll it closes it.
    private func scrolled(_ key: Key, _ top: Int, _ overlay: (Move, Int) -> Overlay) -> OverlayOutcome {
        if let move = KeyTables.command(key, in: KeyTables.moves) { return .stay(overlay(move, top)) }
        return .close
    }

    private mutating func take(_ outcome: OverlayOutcome) -> [Effect] {
        switch outcome {
        case .stay(let overlay): overlays.append(overlay)
        case .close: break
        case .perform(let command): return onScreen { $0.perform(command, &$1) }
        case .everywhere(let command): return perform(command)
        case .list(let command): return perform(command)
        case .filter(let text): return apply(query: text)
        case .typed(let text, .screen(let command)): return onScreen { $0.perform(command(text), &$1) }
        case .typed(let text, .saveView): return saveView(named: text)
        }
        return []
    }
}
