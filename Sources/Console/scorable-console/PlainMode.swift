internal import Screens
internal import Settings
internal import Terminal
internal import WireAPI

/// The twin of every screen for scripts and pipes: read once and printed as a table or as JSON, or followed line by line.
struct PlainMode {
    /// The forms that it prints.
    enum Form {
        case table
        case json
        /// What is new, as it comes, until it is interrupted.
        case watch
    }

    private static let patience = Duration.seconds(70)
    /// More rows are not remembered while following.
    private static let remembered = 20_000

    private let connection: Connection
    private let room: Room
    private let filter: String
    private let limit: Int
    private let charset: Charset

    init(_ connection: Connection, _ room: Room, filter: String, limit: Int, _ charset: Charset) {
        self.connection = connection
        self.room = room
        self.filter = filter
        self.limit = limit
        self.charset = charset
    }

    /// Prints the screen.
    /// - Returns: the exit status.
    func show(as form: Form) -> Int32 {
        guard let password = connection.askPassword() else { return 2 }
        let console = HeadlessConsole(
            connection, password: password, room, filter: filter, preferences: Preferences(), rows: limit + 10,
            charset, tell: { _ in })
        defer { console.leave() }
        if let problem = console.signIn() { return fail(problem) }
        guard console.wait(until: { $0.signIn != nil || isRead($0) }, within: Self.patience) else {
            return fail("\(connection.server) did not answer in time")
        }
        if let problem = console.model.signIn?.notice { return fail(problem.message) }
        if let failure = console.model.screen.failure { return fail(failure.message) }
        readMore(console)
        guard let sheet = console.model.screen.sheet(console.model.scope)?.first(limit) else {
            return fail("\(room.title) has no rows to print")
        }
        switch form {
        case .json: StandardStreams.write(sheet.document)
        case .table: write(PlainTable.lines(sheet, charset))
        case .watch: return watch(console, sheet)
        }
        return 0
    }

    private func isRead(_ model: Model) -> Bool { model.session != nil && model.screen.isSettled }

    /// Older pages are read when the cursor comes near to the end of what is held.
    private func readMore(_ console: HeadlessConsole) {
        func count() -> Int { console.model.screen.sheet(console.model.scope)?.rows.count ?? 0 }
        var before = 0
        while count() < limit, count() > before {
            before = count()
            console.press(Key(.end))
            _ = console.wait(until: { _ in count() > before }, within: .seconds(2))
        }
    }

    /// Prints rows that were not printed before, the oldest first, for as long as the server is there.
    private func watch(_ console: HeadlessConsole, _ first: Sheet) -> Int32 {
        // Reading older pages has moved the cursor: only at the newest row a list follows what comes.
        console.press(Key(.home))
        var printed = Set(first.rowKeys)
        write(PlainTable.lines(Sheet(titles: first.titles, rows: first.rows.reversed()), charset))
        var isFirst = true
        while console.status == nil {
            guard let sheet = console.model.screen.sheet(console.model.scope) else { break }
            // What was held beyond the limit at the start is not new.
            if isFirst { printed.formUnion(sheet.rowKeys.dropFirst(limit)) }
            isFirst = false
            let fresh = zip(sheet.rowKeys, sheet.rows).filter { !printed.contains($0.0) }
            if printed.count + fresh.count > Self.remembered { printed = Set(sheet.rowKeys) }
            printed.formUnion(fresh.map(\.0))
            if !fresh.isEmpty {
                let lines = Sheet(titles: sheet.titles, rows: fresh.reversed().map(\.1))
                write(PlainTable.lines(lines, charset).dropFirst())
            }
            let position = console.model.stream.position
            _ = console.wait(until: { $0.stream.position != position || $0.signIn != nil }, within: .seconds(5))
            if let problem = console.model.signIn?.notice { return fail(problem.message) }
        }
        return console.status ?? 0
    }

    private func write(_ lines: some Sequence<String>) {
        StandardStreams.write(lines.flatMap { Array("\($0)\n".utf8) })
    }

    private func fail(_ message: String) -> Int32 {
        StandardStreams.complain("scorable-console: \(message)")
        return 1
    }
}

extension Connection {
    /// The password for a mode without a form; `nil` when nobody is there to give it, which was said then.
    func askPassword() -> String? {
        guard !usesBrowser else { return "" }
        guard !email.isEmpty else {
            StandardStreams.complain("scorable-console: who signs in? Give --email or SCORABLE_CONSOLE_EMAIL")
            return nil
        }
        guard let password = password?.reveal() ?? StandardStreams.askSecret("Password: ") else {
            StandardStreams.complain("scorable-console: no password: set SCORABLE_CONSOLE_PASSWORD")
            return nil
        }
        return password
    }
}
