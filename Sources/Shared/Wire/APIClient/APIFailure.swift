/// Why a call of the internal API has no answer that can be used.
package struct APIFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a caller does about it depends on the kind.
    package enum Kind: Sendable, Hashable {
        /// No connection, or it broke before the answer was complete.
        case unreachable
        /// No answer in time.
        case timedOut
        /// The server answered with an error status.
        case refused(status: Int)
        /// What came is not the answer that was asked for.
        case notUnderstood
        /// The caller's task was cancelled.
        case cancelled
    }

    package let kind: Kind
    /// A sentence for the person at the screen.
    package let description: String
    /// The word by which programs know the problem; `nil` when the server said none.
    package let code: String?
    /// How long the server asks to wait before the next attempt.
    package let retryAfter: Duration?

    package init(_ kind: Kind, _ description: String, code: String? = nil, retryAfter: Duration? = nil) {
        self.kind = kind
        self.description = description
        self.code = code
        self.retryAfter = retryAfter
    }
}
