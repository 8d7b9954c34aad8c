import FoundationEssentials
import JSON
import Screens
import Terminal
import WireAPI

/// Drives a model as the terminal and the server would.
struct Story {
    var model: Model
    /// What the model wanted after the last event.
    private(set) var effects: [Effect] = []
    /// The questions that were asked and not answered yet, the newest last.
    private(set) var asked: [Ask] = []
    /// The questions that were asked before anybody signed in.
    let begun: [Ask]
    var now = Duration.seconds(1)

    init(
        _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode, email: String = "root@example.com",
        room: Room = .executions, query: String = "", preferences: Preferences = Preferences()
    ) {
        model = Model(
            server: "http://127.0.0.1:8080", email: email, room: room, query: query, preferences: preferences,
            charset: charset)
        effects = model.start()
        begun = effects.compactMap { effect -> Ask? in if case .ask(let ask) = effect { ask } else { nil } }
        send(.resized(size))
    }

    /// A console that has signed in, shows the executions and is live.
    static func live(
        _ size: Size = Size(columns: 80, rows: 24), rows: Int = 60, charset: Charset = .unicode,
        session: OperatorSession = Samples.session
    ) -> Story {
        var story = Story(size, charset: charset)
        story.signIn(session)
        story.answerPage(Samples.page(0..<rows, next: rows < 60 ? nil : "older"))
        story.open()
        story.answerPage(Samples.page(0..<rows, next: rows < 60 ? nil : "older"))
        return story
    }

    /// A console that has signed in, is in a room and is live; what the room asked for is not answered yet.
    static func entering(
        _ room: Room, _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode,
        session: OperatorSession = Samples.session
    ) -> Story {
        var story = Story(size, charset: charset, room: room)
        story.signIn(session)
        // The stream goes on from a position, so that nothing is asked for twice.
        story.send(.message(.event(id: "5-0", .serverTime(Samples.now))))
        story.open()
        return story
    }

    mutating func send(_ event: Event<Answer>) {
        effects = model.receive(event, at: now)
        for case .ask(let ask) in effects { asked.append(ask) }
    }

    mutating func press(_ keys: Key...) { for key in keys { send(.input(.key(key))) } }

    mutating func type(_ text: String) { for scalar in text.unicodeScalars { press(.character(scalar)) } }

    mutating func pass(_ duration: Duration) {
        now += duration
        send(.tick)
    }

    mutating func signIn(_ session: OperatorSession = Samples.session) {
        type("secret")
        press(Key(.enter))
        send(.message(.signedIn(.success(session))))
    }

    /// The stream is open.
    mutating func open() { send(.message(.streamOpened)) }

    mutating func hear(_ event: OperatorEvent, id: String? = "6-0") { send(.message(.event(id: id, event))) }

    // MARK: Questions and answers

    /// The newest question that was asked and not answered yet whose path begins like this.
    func ask(_ path: String) -> Ask? { asked.last { $0.request.path.hasPrefix(path) } }

    /// Answers the newest question whose path begins like this. Says whether there was one.
    @discardableResult
    mutating func answer<Reply: Encodable & Sendable>(_ path: String, _ reply: Reply) -> Bool {
        settle(path, .success(reply))
    }

    /// Fails the newest question whose path begins like this. Says whether there was one.
    @discardableResult
    mutating func fail(_ path: String, _ failure: ServerFailure = unreachable) -> Bool {
        settle(path, .failure(failure))
    }

    private mutating func settle(_ path: String, _ result: Result<any Sendable, ServerFailure>) -> Bool {
        guard let index = asked.lastIndex(where: { $0.request.path.hasPrefix(path) }) else { return false }
        let ask = asked.remove(at: index)
        send(.message(.reply(ServerAnswer(ticket: ask.ticket, result: result))))
        return true
    }

    /// The body of a question as JSON.
    func body(_ path: String) throws -> JSONValue? {
        try ask(path)?.request.body.map { try JSONCodec.decode(JSONValue.self, from: $0) }
    }

    /// The stream that was asked for last: behind what, and when.
    var opened: (after: String?, delay: Duration)? {
        for case .openStream(let position, let delay) in effects { return (position, delay) }
        return nil
    }

    // MARK: Pictures

    func picture(_ size: Size? = nil, colours: ColourDepth = .indexed) -> Frame {
        model.view(size ?? model.size, Capabilities(charset: model.charset, colours: colours))
    }

    /// Whether a text is somewhere on the screen.
    func shows(_ text: String) -> Bool { picture().text.contains { $0.contains(text) } }

    /// The screen that is seen, as what it is.
    func screen<S: Screen>(_ type: S.Type = S.self) -> S? { model.screen as? S }
}

/// The list of executions and one execution that is open.
extension Story {
    var list: ExecutionList { screen(ExecutionsScreen.self)?.list ?? ExecutionList() }

    mutating func answerPage(_ page: OperatorExecutionPage) { answer(OperatorExecutionPage.path, page) }
    mutating func failPage(_ failure: ServerFailure) { fail(OperatorExecutionPage.path, failure) }
    mutating func answerDetail(_ detail: OperatorExecutionDetail) { answer("\(OperatorExecutionPage.path)/", detail) }
    mutating func arrive(_ row: OperatorExecutionRow, id: String? = "6-0") { hear(.executionFinished(row), id: id) }
}

let unreachable = ServerFailure(.unreachable, "cannot reach 127.0.0.1:8080: connection refused")
