internal import Tenancy
internal import Terminal
internal import WireAPI

/// Through it a screen says what it wants done. What it says is carried out when the screen has returned.
package struct ScreenContext: Sendable {
    package let scope: Scope
    /// Whether the screen is the one that is seen: what would be in the way elsewhere can wait.
    package let isSeen: Bool
    private(set) var effects: [Effect] = []
    private(set) var steps: [Step] = []
    private var nextTicket: Int

    /// Something for the navigation.
    enum Step: Sendable {
        case push(any Screen)
        case pop
        case go(Room)
        case show(Room, query: String)
        case present(Overlay)
        case say(Message)
        case perform(EverywhereCommand)
        case offerUndo(UndoOffer)
        case renewSession
    }

    init(scope: Scope, isSeen: Bool, nextTicket: Int) {
        self.scope = scope
        self.isSeen = isSeen
        self.nextTicket = nextTicket
    }

    /// The number of the first question that was not asked yet.
    var ticketsUsedUntil: Int { nextTicket }

    package var now: Duration { scope.now }

    /// Asks the server. `Awaited` and `Loadable` are the ways to keep the ticket.
    mutating func ask<Reply>(_ request: OperatorRequest<Reply>, delay: Duration) -> Int {
        let ticket = nextTicket
        nextTicket += 1
        effects.append(.ask(Ask(ticket: ticket, request: request.erased, delay: delay)))
        return ticket
    }

    /// Opens a screen over this one.
    package mutating func push(_ screen: some Screen) { steps.append(.push(screen)) }
    /// Something has changed that the session depends on: it is read anew.
    mutating func renewSession() { steps.append(.renewSession) }
    /// Leaves this screen.
    package mutating func pop() { steps.append(.pop) }
    /// Goes to another room.
    package mutating func go(_ room: Room) { steps.append(.go(room)) }
    /// Goes to the list of another room, filtered.
    package mutating func show(_ room: Room, query: String) { steps.append(.show(room, query: query)) }

    /// Says something for a few seconds; the message log keeps it.
    package mutating func say(_ text: String, _ tone: Message.Tone = .plain) {
        steps.append(.say(Message(text: text, tone: tone)))
    }

    /// The reply to an action; where there is none, says that nothing was done and why.
    mutating func reply<Reply>(of result: Result<Reply, ServerFailure>) -> Reply? {
        switch result {
        case .success(let reply): return reply
        case .failure(let failure):
            say("Nothing was done: \(failure.message)", .bad)
            return nil
        }
    }

    /// Says what an action has done, or why it did nothing; says whether it was done.
    mutating func tell<Reply>(_ result: Result<Reply, ServerFailure>, _ sentence: (Reply) -> String) -> Bool {
        guard let reply = reply(of: result) else { return false }
        say(sentence(reply), .good)
        return true
    }

    /// Opens a menu.
    package mutating func present(_ menu: Menu) { steps.append(.present(.menu(menu))) }
    /// Asks for a text.
    package mutating func present(_ prompt: Prompt) { steps.append(.present(.prompt(prompt))) }
    /// Asks before something is done that cannot be taken back.
    package mutating func present(_ confirmation: Confirmation) { steps.append(.present(.confirmation(confirmation))) }

    /// For ten seconds `z` does this command.
    package mutating func offerUndo(_ label: String, _ command: some Sendable & Hashable) {
        steps.append(.offerUndo(UndoOffer(label: label, command: AnyCommand(command), until: now + .seconds(10))))
    }

    /// Opens the person's editor on a text; `edited` gets what comes back.
    package mutating func edit(_ text: String, suffix: String) { effects.append(.edit(text, suffix: suffix)) }
    /// Puts text into the clipboard of the terminal.
    package mutating func copy(_ text: String) { effects.append(.copy(text)) }
    /// Writes a file; the result is told to the person.
    package mutating func save(_ bytes: [UInt8], named name: String) { effects.append(.save(bytes, name: name)) }
    /// Fetches a file of the server into a file of this machine; the result is told to the person.
    package mutating func fetch(_ path: String, named name: String) { effects.append(.fetch(path: path, name: name)) }
    /// Does what a key does on every screen.
    mutating func perform(_ command: EverywhereCommand) { steps.append(.perform(command)) }
    /// Reads a text file of this machine; `read` gets it.
    package mutating func read(_ path: String) { effects.append(.read(path: path)) }
    /// Anything else that the console's own screens need.
    mutating func want(_ effect: Effect) { effects.append(effect) }
}

/// Something that was done can be taken back for a while.
struct UndoOffer: Sendable {
    let label: String
    let command: AnyCommand
    let until: Duration
}

/// Something that the console told the person.
package struct Message: Sendable, Hashable {
    /// How it looks, and its word in line mode.
    package enum Tone: Sendable, Hashable { case plain, good, caution, bad }

    package let text: String
    package let tone: Tone

    package init(text: String, tone: Tone = .plain) {
        self.text = text
        self.tone = tone
    }
}
