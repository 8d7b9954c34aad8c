internal import ArgumentParser
internal import Terminal

/// In which form the console shows what it shows.
struct FormOptions: ParsableArguments {
    /// A form that was chosen, or that fits the terminal.
    enum Choice {
        case screen
        case lines
        case printed(PlainMode.Form, limit: Int)
    }

    @Flag(help: "Print the screen as a table and leave.")
    var table = false

    @Flag(help: "Print the screen as JSON and leave.")
    var json = false

    @Flag(help: "Print the screen as a table, then what is new as it comes.")
    var watch = false

    @Flag(help: "Print lines and read commands, without placing text: for screen readers.")
    var plain = false

    @Option(help: "How many rows --table, --json and --watch print at most.")
    var limit = 50

    @Flag(help: "Use ASCII characters only.")
    var ascii = false

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000.") }
        let forms = [table, json, watch, plain].count { $0 }
        guard forms <= 1 else { throw ValidationError("--table, --json, --watch and --plain exclude each other.") }
    }

    /// The form for a terminal: a screen where there is one that can place text, else lines, else a table.
    func choice(_ terminal: TerminalEnvironment) -> Choice {
        if json { return .printed(.json, limit: limit) }
        if watch { return .printed(.watch, limit: limit) }
        if table || !StandardStreams.outputIsTerminal { return .printed(.table, limit: limit) }
        return plain || terminal.candidates.isEmpty ? .lines : .screen
    }
}
