import FoundationEssentials
import Screens
import Testing

/// The parts of `man/scorable-console.1` that are made from the tables in the code. With `SCORABLE_UPDATE_SCREENS=1` in the
/// environment they are written anew.
struct ManualTests {
    @Test func theManualPageListsEveryKey() throws {
        let sections = (KeyTable.screens + KeyTable.general).map { table in
            [".SS \(table.name)", ".TS", "lb lx."]
                + table.help.map { "\(escaped($0.keyNames))\tT{\n\(escaped($0.explanation))\nT}" } + [".TE"]
        }
        try check("keys", sections.flatMap { $0 })
    }

    @Test func theManualPageListsEveryFilter() throws {
        let vocabularies: [(String, [QueryField])] = Room.allCases.compactMap { room in
            (room.makeScreen() as? any ListScreen).map { (room.title, $0.vocabulary) }
        }
        // Lists that stand behind a room's first one.
        let others: [(String, [QueryField])] = [
            ("Jobs", JobsScreen().vocabulary), ("What was given up", DeadLettersScreen().vocabulary),
            ("Batches", BatchesScreen().vocabulary), ("Schedules", SchedulesScreen().vocabulary),
            ("Models", ModelsScreen().vocabulary), ("Prices", PricesScreen().vocabulary),
            ("Budgets", BudgetsScreen().vocabulary), ("Spending", SpendingScreen().vocabulary),
            ("Filters of traces", TraceFiltersScreen().vocabulary),
            ("Invitations", InvitationsScreen().vocabulary), ("Roles", RolesScreen().vocabulary),
            ("Keys", KeysScreen().vocabulary), ("Sessions", SessionsScreen().vocabulary),
        ]
        // Some lists have no fields of their own.
        let described = (vocabularies + others).filter { !$0.1.isEmpty }
        let sections = ([("Every list", QueryField.grammar)] + described).map { title, fields in
            [".SS \(title)", ".TS", "lb lx."]
                + fields.map { "\(escaped($0.example))\tT{\n\(escaped($0.meaning))\nT}" } + [".TE"]
        }
        try check("filters", sections.flatMap { $0 })
    }

    @Test func theManualPageListsEveryRoom() throws {
        try check(
            "rooms",
            [".TS", "lb l lx."]
                + Room.allCases.map { room in
                    // A room without a digit is reached by its letter.
                    let key = room.digit.map(String.init) ?? "g \(room.letter)"
                    return "\(room.rawValue)\t\(key)\tT{\n\(escaped(room.purpose))\nT}"
                } + [".TE"])
    }

    private func escaped(_ text: String) -> String {
        if text == "_" { return "\\&_" }
        let text = text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("~", with: "\\(ti")
            .replacing("^", with: "\\(ha")
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }

    /// The lines between the two marks are these.
    private func check(_ part: String, _ lines: [String]) throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let path = "\(root)/man/scorable-console.1"
        let lines = lines.flatMap { $0.split(separator: "\n").map(String.init) }
        let page = try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        var found = page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let start = try #require(found.firstIndex(of: ".\\\" begin \(part): made from the code")) + 1
        let stop = try #require(found.firstIndex(of: ".\\\" end \(part)"))
        if ProcessInfo.processInfo.environment["SCORABLE_UPDATE_SCREENS"] == "1" {
            found.replaceSubrange(start..<stop, with: lines)
            try Data(found.joined(separator: "\n").utf8).write(to: URL(filePath: path))
        } else {
            #expect(Array(found[start..<stop]) == lines)
        }
    }
}
