internal import Screens
internal import Settings
internal import Terminal
internal import WireAPI

/// The console without a screen: the same model, driven by answers of the server and by what its owner sends. Belongs to
/// the main thread.
final class HeadlessConsole {
    /// A screen needs a size to know how much to read; this one is never seen.
    private static let columns = 100

    private(set) var model: Model
    /// Set when it wants to end.
    private(set) var status: Int32?
    private let connection: Connection
    private let inbox = Inbox<Answer>(limit: 4096)
    private let tasks: ServerTasks
    private let start = ContinuousClock.now
    /// What wants to be told beside the screen, such as text to copy.
    private let tell: (String) -> Void

    init(
        _ connection: Connection, password: String, _ room: Room, filter: String, preferences: Preferences, rows: Int,
        _ charset: Charset, tell: @escaping (String) -> Void
    ) {
        self.connection = connection
        self.tell = tell
        tasks = ServerTasks(connection, inbox)
        model = Model(
            server: connection.server, email: connection.email, password: password,
            startsInBrowser: connection.usesBrowser, machine: connection.machine, room: room, query: filter,
            preferences: preferences, charset: charset)
        perform(model.start())
        send(.resized(Size(columns: Self.columns, rows: rows)))
    }

    private var now: Duration { ContinuousClock.now - start }

    /// Lets the model take something in.
    func send(_ event: Event<Answer>) { perform(model.receive(event, at: now)) }

    func press(_ key: Key) { send(.input(.key(key))) }

    /// Takes answers in until a condition holds or the time is over.
    /// - Returns: whether it holds.
    func wait(until condition: (Model) -> Bool, within limit: Duration) -> Bool {
        let end = now + limit
        while status == nil, !condition(model) {
            let present = now
            guard present < end else { return false }
            let next = min(end, model.wake ?? end) - present
            let answers = inbox.take(within: max(.milliseconds(1), min(next, .seconds(1))))
            for answer in answers { send(.message(answer)) }
            if answers.isEmpty { send(.tick) }
        }
        return condition(model)
    }

    /// Ends the session.
    func leave() { tasks.signOut(within: .seconds(1)) }

    /// Does what the model wants as far as it can be done without a screen.
    private func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .signIn(let credentials): tasks.signIn(credentials)
            case .ask(let ask): tasks.ask(ask)
            case .openStream(let position, let delay): tasks.openStream(after: position, delay: delay)
            case .closeStream: tasks.closeStream()
            case .remember(let preferences): connection.place.remember(preferences)
            case .save(let bytes, let name): inbox.post(.saved(ExportFile.write(bytes, named: name)))
            case .fetch(let path, let name): tasks.fetch(path, named: name)
            case .read(let path): inbox.post(.read(ImportFile.read(path)))
            case .copy(let text): tell(text)
            case .edit: tell("An editor needs a terminal that can place text; import a file instead.")
            case .quit(let code): status = code
            case .redraw, .suspend, .mouse, .theme, .report: break
            }
        }
    }
}
