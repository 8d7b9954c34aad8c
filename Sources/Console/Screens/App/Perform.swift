import FoundationEssentials
import Terminal

/// What works on every screen and on every list.
extension Model {
    mutating func perform(_ command: EverywhereCommand) -> [Effect] {
        switch command {
        case .help: overlays.append(.help(top: 0))
        case .back: return back()
        case .leave:
            if let reason = screen.holds { return nothing(reason) }
            // From a room itself it leaves the program, as people expect of q.
            let isRoot = stacks[room, default: []].count <= 1
            return isRoot ? [.quit(0)] : leaveScreen()
        case .quit:
            if let reason = screen.holds { return nothing(reason) }
            return [.quit(0)]
        case .signOut: return signOut()
        case .interrupt: return interrupt()
        case .suspend: return [.suspend]
        case .redraw: return [.redraw]
        case .reload: return onScreen { $0.refresh(&$1) }
        case .palette: overlays.append(.palette(palette))
        case .actions: openActions()
        case .go: overlays.append(.menu(goMenu))
        case .start: return onScreen { $0.move(.start, &$1) }
        case .room(let room): return enter(room)
        case .previousRoom: return visited.last.map { enter($0) } ?? []
        case .explain:
            guard let explanation = screen.explanation(scope) else { return nothing("Nothing here to explain") }
            overlays.append(.explanation(explanation, top: 0))
        case .copy: openCopies()
        case .copied(let text): return [.copy(text)]
        case .export: openExport()
        case .exported(let format): return export(format)
        case .messages: overlays.append(.messages(top: 0))
        case .undo:
            guard let offer = undo else { return nothing("Nothing to take back") }
            undo = nil
            return onScreen { $0.perform(offer.command, &$1) }
        case .views: openViews()
        case .view(let view): return show(view)
        case .saveView: openSaveView()
        case .themes: openThemes()
        case .theme(let name):
            preferences.theme = name
            return [.theme(name), .remember(preferences)]
        case .mouse:
            preferences.isMouseOn.toggle()
            say(
                Message(
                    text: preferences.isMouseOn
                        ? "The mouse is on: a click points, the wheel scrolls" : "The mouse is off"))
            return [.mouse(preferences.isMouseOn), .remember(preferences)]
        case .doctor:
            if screen is DoctorScreen { return [.report] }
            return push(DoctorScreen())
        }
        return []
    }

    /// Says that a key has no meaning now.
    private mutating func nothing(_ text: String) -> [Effect] {
        say(Message(text: text))
        return []
    }

    /// Closes the innermost thing that is open: what the screen itself has open, marks, the filter, the screen, the room.
    private mutating func back() -> [Effect] {
        if let reason = screen.holds { return nothing(reason) }
        var isClosed = false
        let effects = onScreen { isClosed = $0.dismiss(&$1) }
        if isClosed { return effects }
        if let list = screen as? any ListScreen {
            if list.markCount > 0 { return perform(.mark(.none)) }
            if !list.query.isEmpty { return apply(query: "") }
        }
        if stacks[room, default: []].count > 1 { return leaveScreen() }
        guard let before = visited.popLast() else { return nothing("This is the first screen: q leaves") }
        room = before
        return onScreen { $0.appear(&$1) }
    }

    /// The first one closes what is in the way; only two in a row leave.
    private mutating func interrupt() -> [Effect] {
        if let before = interruptedAt, now - before < .seconds(2) { return [.quit(130)] }
        interruptedAt = now
        var effects = abandonCheck()
        overlays = []
        signIn?.browser = nil
        if signIn == nil, screen.holds == nil { effects += onScreen { _ = $0.dismiss(&$1) } }
        say(Message(text: "Ctrl-C again leaves"))
        return effects
    }

    // MARK: Lists

    mutating func perform(_ command: ListCommand) -> [Effect] {
        guard let list = screen as? any ListScreen else { return [] }
        switch command {
        case .filter: overlays.append(.filter(FilterLine(list.query, vocabulary: list.vocabulary)))
        case .clearFilter: return apply(query: "")
        case .sort: openSort(list)
        case .sorted(let sorting): return onList { $0.apply(sorting: sorting, &$1) }
        case .sortPrevious: return stepSort(by: -1, list)
        case .sortNext: return stepSort(by: 1, list)
        case .mark(let change): return onList { $0.mark(change, &$1) }
        }
        return []
    }

    /// What is wrong with a filter of the list that is seen.
    func checkQuery(_ text: String) -> String? { (screen as? any ListScreen)?.problem(of: text) }

    mutating func apply(query: String) -> [Effect] {
        if let problem = checkQuery(query) { return nothing("Filter: \(problem)") }
        return onList { $0.apply(query: query, &$1) }
    }

    mutating func onList(_ change: (inout any ListScreen, inout ScreenContext) -> Void) -> [Effect] {
        onScreen { screen, context in
            guard var list = screen as? any ListScreen else { return }
            change(&list, &context)
            screen = list
        }
    }

    private mutating func stepSort(by step: Int, _ list: any ListScreen) -> [Effect] {
        let choices = list.sortChoices
        guard !choices.isEmpty else { return nothing("This list has one order") }
        let present = choices.firstIndex { $0.column == list.sorting.column } ?? 0
        let next = present + step
        // At the end of the columns the key turns the order around.
        let sorting =
            choices.indices.contains(next)
            ? Sorting(column: choices[next].column, isDescending: list.sorting.isDescending)
            : Sorting(column: choices[present].column, isDescending: !list.sorting.isDescending)
        return onList { $0.apply(sorting: sorting, &$1) }
    }
}
