package import Terminal

/// What works on every screen.
package enum EverywhereCommand: Sendable, Hashable {
    case help, back, leave, quit, signOut, interrupt, suspend, redraw, reload
    case palette, actions, go, start, room(Room), previousRoom, explain, messages, undo
    case copy, copied(String)
    case export, exported(ExportFormat)
    case views, view(SavedView), saveView
    case themes, theme(ThemeName), mouse, doctor
}

/// What works on every list.
package enum ListCommand: Sendable, Hashable {
    case filter, clearFilter
    case sort, sorted(Sorting), sortPrevious, sortNext
    case mark(MarkChange)
}

/// The forms that what is shown can be written in.
package enum ExportFormat: String, Sendable, Hashable, CaseIterable {
    case json
    case csv

    var letter: Unicode.Scalar {
        switch self {
        case .json: "j"
        case .csv: "c"
        }
    }

    var label: String {
        switch self {
        case .json: "JSON, in full"
        case .csv: "CSV, the columns"
        }
    }
}

/// Moving in a list or a text.
package enum Move: Sendable, Hashable {
    case up, down, pageUp, pageDown, start, end
}

/// The key tables that do not belong to one screen.
package enum KeyTables {
    /// What works on every screen, the keys of the terminal last.
    package static let everywhere: [Binding<EverywhereCommand>] =
        [
            Binding(
                [.character("?"), Key(.function(1))], .help, hint: "help", "Show the keys of this screen", .everywhere),
            Binding(
                [.character(":"), .control("p")], .palette, hint: "command", "Find any command by name", .everywhere),
            Binding([.character("x")], .actions, "Show what can be done here as a menu", .everywhere),
            Binding([.character("g")], .go, "Go somewhere: a menu of letters; gg is the start", .everywhere),
            Binding([.character("-")], .previousRoom, "Go to the room before", .everywhere),
            Binding(
                [.character("e")], .explain, hint: "explain", "Explain the number or state under the cursor",
                .everywhere),
            Binding([.character("y")], .copy, "Copy: a menu of what", .everywhere),
            Binding([.character("X")], .export, "Write what is shown to a file: JSON or CSV", .everywhere),
            Binding([.character("'")], .views, "Open a saved view", .everywhere),
            Binding([.character("w")], .saveView, "Save this view under a name", .everywhere),
            Binding([.character("z")], .undo, "Take back what was just done, where that is offered", .everywhere),
            Binding([.character("m")], .messages, "Show all messages of this session", .everywhere),
            Binding([.control("r"), .character("r")], .reload, "Read it anew", .everywhere),
            Binding([Key(.function(2))], .themes, "Choose a theme", .everywhere),
            Binding([Key(.function(3))], .mouse, "Turn the mouse on or off", .everywhere),
            Binding(
                [Key(.function(12))], .doctor, "Doctor: show what is known of terminal and connection", .everywhere),
        ]
        + Room.allCases.compactMap { room in
            room.digit.map { digit in
                Binding([.character(digit)], .room(room), "Go to \(room.title): \(room.purpose)", .everywhere)
            }
        }
        + [
            Binding([Key(.escape), Key(.backspace)], .back, hint: "back", "Close what is open, go back", .everywhere),
            Binding([.character("q")], .leave, hint: "quit", "Go back; from a room itself, leave", .everywhere),
            Binding([.character("Q")], .quit, "Leave at once", .everywhere),
        ] + terminal

    /// What works even while text is typed.
    package static let terminal: [Binding<EverywhereCommand>] = [
        Binding([.control("l")], .redraw, "Paint the screen anew", .everywhere),
        Binding([.control("z")], .suspend, "Suspend; fg comes back", .everywhere),
        Binding([.control("c")], .interrupt, "Cancel what is open; twice within two seconds: leave", .everywhere),
    ]

    /// What works on every list.
    package static let list: [Binding<ListCommand>] = [
        Binding([.character("/")], .filter, hint: "filter", "Filter the list", .list),
        Binding([.character("a")], .clearFilter, "Show all: clear the filter", .list),
        Binding([.character("o")], .sort, hint: "sort", "Sort: a menu of columns", .list),
        Binding([.character("<")], .sortPrevious, "Sort by the column to the left; again: the other way", .list),
        Binding([.character(">")], .sortNext, "Sort by the column to the right; again: the other way", .list),
        Binding([.character(" ")], .mark(.toggle), "Mark the row, or take its mark", .list),
        Binding([.character("v")], .mark(.range), "Mark from the last mark to here", .list),
        Binding([.character("*")], .mark(.all), "Mark all that is shown", .list),
        Binding([.character("_")], .mark(.none), "Take all marks", .list),
        Binding([.control("t")], .mark(.invert), "Mark what is not marked", .list),
    ]

    /// Moving.
    package static let moves: [Binding<Move>] = [
        Binding([Key(.up), .character("k")], .up, "A line up", .move),
        Binding([Key(.down), .character("j")], .down, "A line down", .move),
        Binding([Key(.pageUp), .control("b"), .control("u")], .pageUp, "A screen up", .move),
        Binding([Key(.pageDown), .control("f"), .control("d")], .pageDown, "A screen down", .move),
        Binding([Key(.home)], .start, "To the start; in a live list the newest, which is followed (also gg)", .move),
        Binding([Key(.end), .character("G")], .end, "To the end", .move),
    ]

    /// What a key is bound to in a table.
    static func command<Command>(_ key: Key, in table: [Binding<Command>]) -> Command? {
        table.first { $0.keys.contains(key) }?.command
    }
}
