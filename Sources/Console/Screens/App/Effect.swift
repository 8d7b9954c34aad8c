internal import FoundationEssentials
package import Terminal
package import WireAPI

/// What the console wants done. The model only says it; the executable does it and puts the `Answer` into the inbox.
package enum Effect: Sendable, Hashable {
    /// Make a session. Answered by `signedIn`.
    case signIn(OperatorSignIn)
    /// Call the internal API. Answered by `reply`.
    case ask(Ask)
    /// Open the event stream after a delay, behind the event with this id or else now; an open one is closed. Answered
    /// by `streamOpened`, then `event`s, at last `streamLost`.
    case openStream(after: String?, delay: Duration)
    /// Close the event stream; nothing of it is answered any more.
    case closeStream
    /// Keep what the person prefers for the next time.
    case remember(Preferences)
    /// Write a file into the folder that the console was started in. Answered by `saved`.
    case save([UInt8], name: String)
    /// Fetch a file of the server into the folder that the console was started in. Answered by `saved`.
    case fetch(path: String, name: String)
    /// Read a text file of this machine. Answered by `read`.
    case read(path: String)
    /// Paint everything anew.
    case redraw
    /// Go to the background.
    case suspend
    /// Put text into the terminal's clipboard.
    case copy(String)
    /// Open the person's editor on a text. Answered by the terminal.
    case edit(String, suffix: String)
    /// Turn the mouse on or off.
    case mouse(Bool)
    /// Show another theme.
    case theme(ThemeName)
    /// Tell what is known of the terminal. Answered by the terminal.
    case report
    /// Leave with an exit status.
    case quit(Int32)
}

/// A question to the server.
package struct Ask: Sendable, Hashable {
    /// Tells its answer from others.
    package let ticket: Int
    package let request: ErasedOperatorRequest
    /// How long to wait before it is sent.
    package let delay: Duration
    /// Whether the console asks by itself, and nobody has touched it for a while: no use of the session.
    package internal(set) var isUnattended = false

    init(ticket: Int, request: ErasedOperatorRequest, delay: Duration) {
        self.ticket = ticket
        self.request = request
        self.delay = delay
    }
}

/// The answer to a question.
package struct ServerAnswer: Sendable {
    package let ticket: Int
    /// The reply is of the type that the question asked for.
    package let result: Result<any Sendable, ServerFailure>

    package init(ticket: Int, result: Result<any Sendable, ServerFailure>) {
        self.ticket = ticket
        self.result = result
    }
}

/// What came from outside.
package enum Answer: Sendable {
    case signedIn(Result<OperatorSession, ServerFailure>)
    case reply(ServerAnswer)
    case streamOpened
    /// An event with its position in the stream.
    case event(id: String?, OperatorEvent)
    case streamLost(ServerFailure)
    /// A file was written, at a path, or not, for a reason.
    case saved(Result<String, FileFailure>)
    /// A file was read, or not, for a reason.
    case read(Result<String, FileFailure>)
}

/// Why a file could not be written or read.
package struct FileFailure: Error, Sendable, Hashable {
    package let message: String

    package init(_ message: String) { self.message = message }
}

extension Answer {
    /// Whether someone at the screen waits for it.
    package var cause: Pacer.Cause {
        switch self {
        case .signedIn, .reply, .saved, .read: .person
        case .streamOpened, .event, .streamLost: .data
        }
    }
}
