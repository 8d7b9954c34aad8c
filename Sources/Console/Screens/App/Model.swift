import FoundationEssentials
package import Terminal
package import WireAPI

/// Everything that the console knows and shows. Changed only by `receive`, which does nothing but say what it wants done;
/// the time is told to it.
package struct Model: Sendable {
    /// What a line of words says for a while.
    package struct Notice: Sendable, Hashable {
        package let text: String
        let until: Duration
    }

    /// The address of the server.
    package let server: String
    /// Until someone has signed in, and again when the session has ended.
    package internal(set) var signIn: SignIn?
    package internal(set) var session: OperatorSession?
    package internal(set) var stream = EventStream()
    package internal(set) var executions = Executions()
    /// The executions that are open, the one on the screen last.
    package internal(set) var details: [ExecutionDetail] = []
    /// The first line of the help, `nil` while it is closed.
    package internal(set) var helpTop: Int?
    package internal(set) var notice: Notice?
    package internal(set) var clock = ServerClock()
    package internal(set) var size = Size(columns: 80, rows: 24)
    package internal(set) var now = Duration.zero
    package let charset: Charset
    var interruptedAt: Duration?

    /// A console for a server.
    /// - Parameters:
    ///   - server: its address, for people.
    ///   - email: who signs in, empty when that is not known yet.
    ///   - password: where it is known, the attempt is made at once.
    ///   - filter: what the list is filtered by from the start.
    ///   - charset: what the terminal shows.
    package init(server: String, email: String, password: String = "", filter: String = "", charset: Charset) {
        self.server = server
        self.charset = charset
        signIn = SignIn(email: email, password: password)
        _ = executions.setFilter(filter, at: .zero)
    }

    /// Where keys are taken now.
    package var context: KeyContext {
        helpTop == nil ? contextBehindHelp : .help
    }

    /// When what the screen shows changes by time alone, `nil` for never.
    package var wake: Duration? {
        var times = [clock.nextMinute(after: now), stream.nextChange(after: now), notice?.until]
        if case .failed = executions.load { times.append(now + .seconds(1)) }
        if case .submitting = signIn?.phase { times.append(now + .seconds(1)) }
        return times.compactMap { $0 }.min()
    }
}
