package import FoundationEssentials
package import Terminal
package import WireAPI

/// What the console wants done. The model only says it; the executable does it and puts the `Answer` into the inbox.
package enum Effect: Sendable, Hashable {
    /// Make a session. Answered by `signedIn`.
    case signIn(OperatorSignIn)
    /// Read a page of executions, after a delay. Answered by `page`.
    case loadPage(PageRequest, delay: Duration)
    /// Read one execution. Answered by `detail`.
    case loadDetail(UUID)
    /// Open the event stream after a delay, behind the event with this id or else now; an open one is closed. Answered
    /// by `streamOpened`, then `event`s, at last `streamLost`.
    case openStream(after: String?, delay: Duration)
    /// Close the event stream; nothing of it is answered any more.
    case closeStream
    /// Paint everything anew.
    case redraw
    /// Go to the background.
    case suspend
    /// Leave with an exit status.
    case quit(Int32)
}

/// One page of the list, as it is asked for and answered.
package struct PageRequest: Sendable, Hashable {
    /// Tells a late answer from the one that is waited for.
    package let number: Int
    package let filter: OperatorExecutionFilter
    /// `nil` for the newest executions.
    package let cursor: String?
    /// The most rows to answer.
    package static let rows = 100

    package init(number: Int, filter: OperatorExecutionFilter, cursor: String?) {
        self.number = number
        self.filter = filter
        self.cursor = cursor
    }
}

/// What came from the server.
package enum Answer: Sendable {
    case signedIn(Result<OperatorSession, ServerFailure>)
    case page(PageRequest, Result<OperatorExecutionPage, ServerFailure>)
    case detail(UUID, Result<OperatorExecutionDetail, ServerFailure>)
    case streamOpened
    /// An event with its position in the stream.
    case event(id: String?, OperatorEvent)
    case streamLost(ServerFailure)
}

extension Answer {
    /// Whether someone at the screen waits for it.
    package var cause: Pacer.Cause {
        switch self {
        case .signedIn, .page, .detail: .person
        case .streamOpened, .event, .streamLost: .data
        }
    }
}

/// Why a request to the server gave no answer.
package struct ServerFailure: Error, Sendable, Hashable {
    /// What the console does about it depends on the kind.
    package enum Kind: Sendable, Hashable {
        /// No connection, or it broke.
        case unreachable
        /// No answer in time.
        case timedOut
        /// Email or password is wrong.
        case wrongCredentials
        /// Too many attempts.
        case tooManyAttempts
        /// The session has ended.
        case sessionEnded
        /// The role does not allow it.
        case forbidden
        case notFound
        /// The server does not accept the request; the same one will not fare better.
        case rejected
        /// The server failed, or what it said was not understood.
        case server
    }

    package let kind: Kind
    /// A sentence for the person at the screen.
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// Whether trying again can help.
    package var isTransient: Bool {
        switch kind {
        case .unreachable, .timedOut, .server: true
        case .wrongCredentials, .tooManyAttempts, .sessionEnded, .forbidden, .notFound, .rejected: false
        }
    }
}

/// How long to wait before trying again.
enum Backoff {
    private static let steps: [Duration] = [
        .milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2), .seconds(5),
    ]

    /// The delay after a number of failures in a row, at least one.
    static func delay(afterFailures count: Int) -> Duration { steps[min(max(1, count), steps.count) - 1] }
}
