package import Terminal

extension Model {
    /// The picture of the present state, for any size.
    package func view(_ size: Size, _ capabilities: Capabilities) -> Frame {
        var frame = Frame(size: size, charset: capabilities.charset)
        guard !Layout.isTooSmall(size) else {
            drawTooSmall(into: &frame)
            return frame
        }
        let layout = Layout(size: size)
        if let farewell {
            farewell.draw(into: &frame, Area(rows: layout.body, columns: 0..<size.columns))
        } else if signIn != nil {
            SignInView(self).draw(into: &frame)
        } else {
            let area = layout.area(columns: size.columns)
            screen.draw(into: &frame, area, scope)
            Address.draw(self, row: layout.address, into: &frame)
            if let row = layout.tabs { Tabs.draw(room, row: row, into: &frame) }
            drawOverlay(into: &frame, area)
        }
        Header(self).draw(into: &frame)
        KeyLine.draw(keyHints, into: &frame)
        MessageLine.draw(self, into: &frame)
        return frame
    }

    func drawOverlay(into frame: inout Frame, _ area: Area) {
        switch overlays.last {
        case .help(let top): helpPanel.draw(into: &frame, top: top)
        case .menu(let menu): menu.draw(into: &frame, area)
        case .palette(let palette): palette.draw(into: &frame, area)
        case .prompt(let prompt): prompt.draw(into: &frame, area)
        case .confirmation(let confirmation): confirmation.draw(into: &frame, area)
        case .identity(let check): check.draw(into: &frame, area, at: now)
        case .explanation(let explanation, let top): explanation.draw(into: &frame, area, top: top)
        case .messages(let top): messages.draw(into: &frame, area, top: top)
        case .filter, nil: break
        }
    }

    /// The help of the screen that is seen.
    var helpPanel: HelpPanel {
        if screen.isTyping {
            return HelpPanel(screen.typingHelp + KeyTables.terminal.map(KeyHelp.init), vocabulary: [], in: area)
        }
        var help = screen.keyHelp(scope)
        var vocabulary: [QueryField] = []
        if let list = screen as? any ListScreen {
            help += KeyTables.list.map(KeyHelp.init)
            vocabulary = list.vocabulary
        }
        help += KeyTables.moves.map(KeyHelp.init) + KeyTables.everywhere.map(KeyHelp.init)
        return HelpPanel(help, vocabulary: vocabulary, in: area)
    }

    /// The keys that work now, for the last row.
    private var keyHints: [KeyHelp] {
        if farewell != nil { return Farewell.bindings.map(KeyHelp.init) }
        if let signIn { return signIn.help }
        switch overlays.last {
        case .help, .explanation, .messages, .menu, .palette, .prompt, .confirmation, .identity, .filter:
            return OverlayKeys.hints(for: overlays.last)
        case nil: break
        }
        // What is a letter elsewhere is text there.
        if screen.isTyping { return screen.typingHelp }
        var help = screen.keyHelp(scope)
        if screen is any ListScreen { help += KeyTables.list.map(KeyHelp.init) }
        // How to go back where there is something behind, else how to leave.
        let isRoot = stacks[room, default: []].count <= 1
        let everywhere = KeyTables.everywhere.filter { $0.command != (isRoot ? .back : .leave) }
        return help + everywhere.map(KeyHelp.init)
    }

    private func drawTooSmall(into frame: inout Frame) {
        let smallest = Layout.smallest
        let text = "scorable: \(smallest.columns)x\(smallest.rows) needed"
        let row = (frame.size.rows - 1) / 2
        frame.put(text, row, max(0, (frame.size.columns - text.columns) / 2), Style(.quiet))
    }
}
