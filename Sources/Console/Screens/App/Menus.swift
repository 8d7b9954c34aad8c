import FoundationEssentials
import Terminal

/// The menus that every screen has, made from what it offers.
extension Model {
    /// Everything that can be done now.
    var palette: Palette {
        func entries<Command>(
            _ table: [Binding<Command>], _ action: (Command) -> Menu.Action
        ) -> [Palette.Entry] {
            table.map {
                Palette.Entry(text: $0.explanation, key: $0.keys.first?.name ?? "", action: action($0.command))
            }
        }
        var all = screen.offers(scope).map {
            Palette.Entry(text: $0.text, key: $0.key?.name ?? "", action: .screen($0.command))
        }
        if screen is any ListScreen { all += entries(KeyTables.list) { .list($0) } }
        all += entries(KeyTables.everywhere) { .everywhere($0) }
        // The others have a digit, and stand among the keys.
        all += Room.allCases.filter { $0.digit == nil }.map { room in
            Palette.Entry(
                text: "Go to \(room.title): \(room.purpose)", key: "g \(room.letter)", action: .everywhere(.room(room)))
        }
        all += preferences.views.map {
            Palette.Entry(text: "View \($0.name) of \($0.room.title)", key: "'", action: .everywhere(.view($0)))
        }
        return Palette(all)
    }

    var goMenu: Menu {
        Menu(
            "Go to",
            Room.allCases.map { room in
                Menu.Item(
                    .character(room.letter), room.title, detail: room.digit.map(String.init) ?? "",
                    action: .everywhere(.room(room)))
            } + [Menu.Item(.character("g"), "The start of this list or text", action: .everywhere(.start))])
    }

    mutating func openActions() {
        let offers = screen.offers(scope).filter { $0.section == .action || $0.section == .screen }
        guard !offers.isEmpty else {
            say(Message(text: "Nothing can be done here"))
            return
        }
        overlays.append(
            .menu(Menu("Actions", offers.map { Menu.Item($0.key, $0.text, action: .screen($0.command)) })))
    }

    mutating func openCopies() {
        let copies = screen.copies(scope)
        guard !copies.isEmpty else {
            say(Message(text: "Nothing here to copy"))
            return
        }
        overlays.append(
            .menu(
                Menu(
                    "Copy",
                    copies.map { copy in
                        let start = String(copy.text.prefix { !$0.isNewline }.prefix(40))
                        return Menu.Item(
                            .character(copy.letter), copy.label, detail: start,
                            action: .everywhere(.copied(copy.text)))
                    })))
    }

    mutating func openSort(_ list: any ListScreen) {
        let choices = list.sortChoices
        guard !choices.isEmpty else {
            say(Message(text: "This list has one order"))
            return
        }
        let present = list.sorting
        let items = choices.enumerated().map { index, choice in
            let isPresent = choice.column == present.column
            let isDescending = isPresent ? !present.isDescending : true
            let detail = isPresent ? (present.isDescending ? "now descending" : "now ascending") : ""
            return Menu.Item(
                index < 9 ? .character(Unicode.Scalar(UInt8(0x31 + index))) : nil, choice.label, detail: detail,
                action: .list(.sorted(Sorting(column: choice.column, isDescending: isDescending))))
        }
        overlays.append(
            .menu(Menu("Sort by", items, cursor: choices.firstIndex { $0.column == present.column } ?? 0)))
    }

    mutating func openThemes() {
        let items = ThemeName.allCases.enumerated().map { index, name in
            Menu.Item(
                .character(Unicode.Scalar(UInt8(0x31 + index))), name.rawValue,
                detail: name == preferences.theme ? "now" : "", action: .everywhere(.theme(name)))
        }
        let present = ThemeName.allCases.firstIndex(of: preferences.theme) ?? 0
        overlays.append(.menu(Menu("Theme", items, cursor: present)))
    }

    // MARK: Export

    mutating func openExport() {
        let formats = screen.sheet(scope) == nil ? [] : ExportFormat.allCases
        let items =
            formats.map { format in
                Menu.Item(
                    .character(format.letter), format.label, detail: exportName(format),
                    action: .everywhere(.exported(format)))
            } + screen.exports(scope)
        guard !items.isEmpty else {
            say(Message(text: "Nothing here to export"))
            return
        }
        overlays.append(.menu(Menu("Write what is shown as", items)))
    }

    mutating func export(_ format: ExportFormat) -> [Effect] {
        guard let sheet = screen.sheet(scope) else { return [] }
        let bytes =
            switch format {
            case .json: sheet.document
            case .csv: sheet.csv
            }
        return [.save(bytes, name: exportName(format))]
    }

    /// A name that tells what and when, by the server's clock.
    private func exportName(_ format: ExportFormat) -> String {
        let time = clock.date(at: now).map { "\(Formats.day($0))T\(Formats.time($0))" } ?? "now"
        let what = screen.title.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" }
        return "\(String(what).prefix(40))-\(time.replacing(":", with: "")).\(format.rawValue)"
    }

    // MARK: Saved views

    mutating func openViews() {
        let views = preferences.views(of: room)
        guard !views.isEmpty else {
            say(Message(text: "No views are saved here: w saves the present one"))
            return
        }
        overlays.append(
            .menu(
                Menu(
                    "Views",
                    views.enumerated().map { index, view in
                        Menu.Item(
                            index < 9 ? .character(Unicode.Scalar(UInt8(0x31 + index))) : nil, view.name,
                            detail: view.query, action: .everywhere(.view(view)))
                    })))
    }

    mutating func openSaveView() {
        guard screen is any ListScreen else {
            say(Message(text: "Only lists have views"))
            return
        }
        overlays.append(
            .prompt(
                Prompt(
                    "Save this view", hint: "A name, such as failed-today; ' opens it again", text: "",
                    problem: { $0.isEmpty ? "A name is needed" : $0.count > 40 ? "At most 40 characters" : nil },
                    purpose: .saveView)))
    }

    mutating func saveView(named name: String) -> [Effect] {
        guard let list = screen as? any ListScreen else { return [] }
        preferences.save(SavedView(name: name, room: room, query: list.query, sorting: list.sorting))
        say(Message(text: "View \(name) is saved", tone: .good))
        return [.remember(preferences)]
    }

    mutating func show(_ view: SavedView) -> [Effect] {
        show(view.room, query: view.query) + onList { $0.apply(sorting: view.sorting, &$1) }
    }

    /// Goes to the list of a room and filters it.
    mutating func show(_ next: Room, query: String) -> [Effect] {
        var effects = enter(next)
        while stacks[room, default: []].count > 1 { effects += leaveScreen() }
        return effects + apply(query: query)
    }
}
