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
        /// A code of the second factor is wanted beside the password.
        case secondFactorRequired
        /// People with such an address sign in by their identity provider.
        case singleSignOnRequired
        /// Who is there must be shown once more, before something dangerous is done.
        case confirmationRequired
        /// Too many attempts.
        case tooManyAttempts
        /// The session has ended.
        case sessionEnded
        /// The role does not allow it.
        case forbidden
        case notFound
        /// Somebody else changed it meanwhile.
        case conflict
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
        case .wrongCredentials, .secondFactorRequired, .singleSignOnRequired, .confirmationRequired, .tooManyAttempts,
            .sessionEnded, .forbidden, .notFound, .conflict, .rejected:
            false
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
