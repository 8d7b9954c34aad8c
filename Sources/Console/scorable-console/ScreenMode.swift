internal import Screens
internal import Settings
internal import Terminal

/// The console on a terminal: the model between the user interface and the server.
struct ScreenMode {
    private let connection: Connection
    private let room: Room
    private let filter: String
    private let preferences: Preferences
    private let terminal: TerminalEnvironment

    init(
        _ connection: Connection, _ room: Room, filter: String, _ preferences: Preferences,
        _ terminal: TerminalEnvironment
    ) {
        self.connection = connection
        self.room = room
        self.filter = filter
        self.preferences = preferences
        self.terminal = terminal
    }

    /// Runs until it is left.
    /// - Returns: the exit status.
    /// - Throws: `TerminalError` when there is no terminal for it.
    func run(logPath: String?) throws -> Int32 {
        // Before any thread is made: a thread that has the signals unblocked would get them.
        let signals = TerminalSignals()
        let inbox = Inbox<Answer>(limit: 4096)
        let interface = try UserInterface(
            environment: terminal, signals: signals, inbox: inbox, logPath: logPath, theme: preferences.theme)
        let tasks = ServerTasks(connection, inbox)
        var model = Model(
            server: connection.server, email: connection.email, password: connection.password?.reveal() ?? "",
            startsInBrowser: connection.usesBrowser, machine: connection.machine, room: room, query: filter,
            preferences: preferences, charset: terminal.charset)
        var first = model.start()
        let ending = interface.run(
            Program(
                receive: { event, now in
                    defer { first = [] }
                    return perform(first + model.receive(event, at: now), tasks, inbox)
                },
                wake: { _ in model.wake },
                view: { model.view($0, $1) },
                cause: \.cause))
        tasks.signOut(within: .seconds(1))
        switch ending {
        case .quit(let status): return status
        case .signal(let number): return 128 + number
        case .lost: return 129
        }
    }

    /// Does what the model wants; what concerns the terminal goes back to its owner.
    private func perform(_ effects: [Effect], _ tasks: ServerTasks, _ inbox: Inbox<Answer>) -> [Request] {
        effects.compactMap { effect in
            switch effect {
            case .signIn(let credentials): tasks.signIn(credentials)
            case .ask(let ask): tasks.ask(ask)
            case .openStream(let position, let delay): tasks.openStream(after: position, delay: delay)
            case .closeStream: tasks.closeStream()
            case .remember(let preferences): connection.place.remember(preferences)
            case .save(let bytes, let name): inbox.post(.saved(ExportFile.write(bytes, named: name)))
            case .fetch(let path, let name): tasks.fetch(path, named: name)
            case .read(let path): inbox.post(.read(ImportFile.read(path)))
            case .redraw: return .redraw
            case .suspend: return .suspend
            case .copy(let text): return .copy(text)
            case .edit(let text, let suffix): return .edit(Draft(text, suffix: suffix))
            case .mouse(let isOn): return .mouse(isOn)
            case .theme(let name): return .theme(name)
            case .report: return .report
            case .quit(let status): return .quit(status)
            }
            return nil
        }
    }
}
