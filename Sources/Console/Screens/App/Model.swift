internal import FoundationEssentials
package import Terminal
package import WireAPI

/// Everything that the console knows and shows. Changed only by `receive`, which does nothing but say what it wants done;
/// the time is told to it.
package struct Model: Sendable {
    /// What a line of words says for a while.
    struct Notice: Sendable, Hashable {
        let message: Message
        let until: Duration
    }

    /// The address of the server.
    package let server: String
    package let charset: Charset
    /// What the machine calls itself that the console runs on: who is asked to allow its sign-in is told.
    let machine: String?
    /// Until someone has signed in, and again when the session has ended.
    package internal(set) var signIn: SignIn?
    package internal(set) var session: OperatorSession?
    var limits: SessionLimits?
    package internal(set) var stream = EventStream()
    package internal(set) var clock = ServerClock()
    /// That the disks are full or will be, as the server told last.
    var storage: OperatorStorageNews?
    package internal(set) var size = Size(columns: 80, rows: 24)
    package internal(set) var now = Duration.zero
    /// When somebody last did something.
    var touchedAt = Duration.zero
    package internal(set) var preferences: Preferences

    /// The room that is on the screen.
    package internal(set) var room: Room
    /// The rooms that were on the screen before, the last one last.
    var visited: [Room] = []
    /// The screens of each room that was entered, the first one first.
    var stacks: [Room: [any Screen]] = [:]
    /// What lies over the screen, the innermost last.
    var overlays: [Overlay] = []

    var notice: Notice?
    var messages = MessageLog()
    var undo: UndoOffer?
    /// What was asked for that changes something, and is not answered yet, by its ticket.
    var actions: [Int: Ask] = [:]
    var singleSignOn = Awaited<OperatorSingleSignOn>()
    /// The session as it is after something that it depends on has changed.
    var renewal = Awaited<OperatorSession>()
    /// Where to sign out at the identity provider, too.
    var leaving = Awaited<OperatorSingleLogout>()
    /// What is shown of that, when the session has ended.
    package internal(set) var farewell: Farewell?
    var nextTicket = 1
    /// The text that the editor has now.
    var edited: (text: String, room: Room)?
    var interruptedAt: Duration?
    /// Whose screens these are, also while the session has ended.
    var lastUser: UUID?
    /// The filter of the first room, until someone has signed in.
    private var firstQuery: String

    /// Whether a browser is waited for from the start.
    let startsInBrowser: Bool

    /// A console for a server. Where the password is known, the attempt to sign in is made at once. `query` filters the
    /// first room from the start.
    package init(
        server: String, email: String, password: String = "", startsInBrowser: Bool = false, machine: String? = nil,
        room: Room = .executions, query: String = "", preferences: Preferences = Preferences(), charset: Charset
    ) {
        self.server = server
        self.charset = charset
        self.machine = machine
        self.startsInBrowser = startsInBrowser
        self.room = room
        self.preferences = preferences
        firstQuery = query
        signIn = SignIn(email: email, password: password)
    }

    /// What every screen may know.
    package var scope: Scope {
        Scope(
            now: now, clock: clock, charset: charset, session: session, stream: stream, size: size,
            preferences: preferences)
    }

    /// The screen that is seen, behind what lies over it.
    package var screen: any Screen { stacks[room]?.last ?? room.makeScreen() }

    /// The body of the screen.
    var area: Area { Layout(size: size).area(columns: size.columns) }

    /// When what the screen shows changes by time alone, `nil` for never.
    package var wake: Duration? {
        var times = [
            clock.nextMinute(after: now), stream.nextChange(after: now), notice?.until, undo?.until,
            screen.wake(after: now),
        ]
        if case .submitting = signIn?.phase { times.append(now + .seconds(1)) }
        times.append(signIn?.browser?.wake(after: now))
        if case .identity(let check) = overlays.last { times.append(check.wake(after: now)) }
        return times.compactMap { $0 }.min()
    }

    /// The filter of the first room, once.
    mutating func takeFirstQuery() -> String {
        defer { firstQuery = "" }
        return firstQuery
    }
}
