internal import Screens
internal import Terminal

/// The console as a conversation: it prints what the screen shows, reads a line, and does what it says. For screen
/// readers, for terminals that cannot place text, and for logs.
struct LineMode {
    private static let rows = 50
    private static let help = """
        Type a key of the console, or:
          12          open row 12 of a list
          /words      filter the list; / alone shows all
          :words      do the command whose name holds the words; :help lists the keys
          esc         close what is open, go back
          (empty)     read it anew
          quit        leave
        """

    private let connection: Connection
    private let room: Room
    private let filter: String
    private let preferences: Preferences
    private let charset: Charset

    init(_ connection: Connection, _ room: Room, filter: String, _ preferences: Preferences, _ charset: Charset) {
        self.connection = connection
        self.room = room
        self.filter = filter
        self.preferences = preferences
        self.charset = charset
    }

    /// Talks until it is told to leave or the input ends.
    /// - Returns: the exit status.
    func run() -> Int32 {
        guard let password = connection.askPassword() else { return 2 }
        let console = HeadlessConsole(
            connection, password: password, room, filter: filter, preferences: preferences, rows: Self.rows, charset,
            tell: { say($0) })
        defer { console.leave() }
        say("scorable console, line mode. ? explains.")
        if let problem = console.signIn() {
            say("Not signed in: \(problem)")
            return 1
        }
        while console.status == nil {
            _ = console.wait(until: { isQuiet($0) }, within: .seconds(20))
            if let notice = console.model.signIn?.notice {
                say("Not signed in: \(notice.message)")
                return 1
            }
            for line in console.model.plainLines { say(line) }
            guard let line = nextLine("\(console.model.screen.title)> ", isSecret: console.model.isTypingSecret) else {
                break
            }
            take(line, console)
        }
        return console.status ?? 0
    }

    /// A secret is not shown while somebody types it.
    private func nextLine(_ question: String, isSecret: Bool) -> String? {
        if isSecret, StandardStreams.inputIsTerminal { return StandardStreams.askSecret(question) ?? "" }
        StandardStreams.write(Array(question.utf8))
        return readLine()
    }

    private func isQuiet(_ model: Model) -> Bool {
        if let form = model.signIn { return form.notice != nil }
        return model.screen.isSettled
    }

    private func take(_ line: String, _ console: HeadlessConsole) {
        let word = line.trimmingBlanks
        if console.model.isTyping {
            // A field is open: the line is its text.
            if word.lowercased() == "esc" { return console.press(Key(.escape)) }
            for _ in 0..<3 { console.press(.control("u")) }
            type(line, console)
            // Keys that come too soon after a question are not taken for an answer.
            _ = console.wait(until: { _ in false }, within: .milliseconds(310))
            return console.press(Key(.enter))
        }
        switch word.lowercased() {
        case "": console.press(.control("r"))
        case "?", "help": say(Self.help)
        case "quit", "exit": console.press(.character("Q"))
        default: command(word, console)
        }
    }

    private func command(_ word: String, _ console: HeadlessConsole) {
        if word == "/" { return console.press(.character("a")) }
        if word.hasPrefix("/") {
            console.press(.character("/"))
            console.press(.control("u"))
            type(String(word.dropFirst()), console)
            return console.press(Key(.enter))
        }
        if word.hasPrefix(":"), word.count > 1 {
            let name = String(word.dropFirst())
            if name == "help" { return console.press(.character("?")) }
            console.press(.character(":"))
            type(name, console)
            return console.press(Key(.enter))
        }
        if let number = Int(word), number > 0, console.model.screen is any ListScreen {
            console.press(Key(.home))
            for _ in 1..<min(number, 10_000) { console.press(Key(.down)) }
            return console.press(Key(.enter))
        }
        if let key = KeyNames.key(word) { return console.press(key) }
        say("\(word) is not a key or a command. ? explains.")
    }

    private func type(_ text: String, _ console: HeadlessConsole) {
        for scalar in text.unicodeScalars { console.press(.character(scalar)) }
    }

    private func say(_ text: String) { StandardStreams.write(Array("\(text)\n".utf8)) }
}

/// Keys by their names, as line mode takes them.
private enum KeyNames {
    private static let named: [String: Key] = [
        "enter": Key(.enter), "esc": Key(.escape), "tab": Key(.tab), "shift-tab": Key(.tab, .shift),
        "space": .character(" "),
        "up": Key(.up), "down": Key(.down), "left": Key(.left), "right": Key(.right), "pgup": Key(.pageUp),
        "pgdn": Key(.pageDown), "home": Key(.home), "end": Key(.end), "backspace": Key(.backspace),
    ]

    static func key(_ word: String) -> Key? {
        if let key = named[word.lowercased()] { return key }
        if let scalar = word.unicodeScalars.first, word.unicodeScalars.count == 1 { return .character(scalar) }
        if word.lowercased().hasPrefix("ctrl-"), word.count == 6, let scalar = word.lowercased().unicodeScalars.last {
            return .control(scalar)
        }
        if word.first == "F" || word.first == "f", let number = Int(word.dropFirst()), (1...12).contains(number) {
            return Key(.function(number))
        }
        return nil
    }
}

extension String {
    /// Without blanks at its ends.
    fileprivate var trimmingBlanks: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
