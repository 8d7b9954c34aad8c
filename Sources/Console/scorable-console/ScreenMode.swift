internal import Screens
internal import Settings
internal import Terminal

/// The console on a terminal: the model between the user interface and the server.
struct ScreenMode {
    private let connection: Connection
    private let filter: String
    private let terminal: TerminalEnvironment

    init(_ connection: Connection, filter: String, _ terminal: TerminalEnvironment) {
        self.connection = connection
        self.filter = filter
        self.terminal = terminal
    }

    /// Runs until it is left.
    /// - Returns: the exit status.
    /// - Throws: `TerminalError` when there is no terminal for it.
    func run(_ signals: TerminalSignals, logPath: String?) throws -> Int32 {
        let inbox = Inbox<Answer>(limit: 4096)
        let interface = try UserInterface(environment: terminal, signals: signals, inbox: inbox, logPath: logPath)
        let tasks = ServerTasks(connection, inbox)
        var model = Model(
            server: connection.server, email: connection.email, password: connection.password?.reveal() ?? "",
            filter: filter, charset: terminal.charset)
        perform(model.start(), tasks)
        let ending = interface.run(
            Program(
                receive: { event, now in perform(model.receive(event, at: now), tasks) },
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
    @discardableResult
    private func perform(_ effects: [Effect], _ tasks: ServerTasks) -> Request {
        var request = Request.none
        for effect in effects {
            switch effect {
            case .signIn(let credentials): tasks.signIn(credentials)
            case .loadPage(let page, let delay): tasks.loadPage(page, delay: delay)
            case .loadDetail(let id): tasks.loadDetail(id)
            case .openStream(let position, let delay): tasks.openStream(after: position, delay: delay)
            case .closeStream: tasks.closeStream()
            case .redraw: request = .redraw
            case .suspend: request = .suspend
            case .quit(let status): request = .quit(status)
            }
        }
        return request
    }
}
