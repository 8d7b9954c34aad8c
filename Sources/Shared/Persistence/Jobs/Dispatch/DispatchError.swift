internal import Redis

/// Why the dispatcher could not do what was asked.
package struct DispatchError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the caller can do about it.
    package enum Kind: Sendable, Hashable {
        /// Redis was emptied or filled again meanwhile: leases of before are void.
        case epochChanged
        /// It was tried for a while; what is in PostgreSQL is dispatched later.
        case unavailable
        /// No answer came in time; it may have been done.
        case silent
        /// Redis has no memory left for more jobs.
        case full
        /// The task was cancelled.
        case cancelled
        /// Nothing that another attempt would mend.
        case failed
    }

    package let kind: Kind
    /// What happened, for the log.
    package let description: String
    /// Whether it was the server that said so: then it is there and can be heard.
    package let isAnswer: Bool

    init(_ kind: Kind, _ description: String, isAnswer: Bool = false) {
        self.kind = kind
        self.description = description
        self.isAnswer = isAnswer
    }

    init(_ error: RedisError) {
        description = error.description
        if case .server = error.kind { isAnswer = true } else { isAnswer = false }
        kind =
            switch error.kind {
            case .server(code: "EPOCH"): .epochChanged
            case .server(code: "OOM"): .full
            case .server: error.isRetryable ? .unavailable : .failed
            case .connectionLost, .unavailable, .overloaded: .unavailable
            case .timedOut: .silent
            case .cancelled: .cancelled
            case .authentication, .protocolViolation, .settings, .closed: .failed
            }
    }

    static let noEpoch = DispatchError(
        .epochChanged, "Redis has no jobs at all; it will be filled from the database",
        isAnswer: true)
    static let malformed = DispatchError(.failed, "Redis answered something that no function of the queue returns")
}
