/// Why a command has no reply. Carries no argument and no password.
package struct RedisError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the caller can do about it.
    package enum Kind: Sendable, Hashable {
        /// The server refused; the code is the first word of its answer: `WRONGTYPE`, `NOSCRIPT`, `OOM`, `ERR`.
        case server(code: String)
        /// The connection broke. When `maybeExecuted` is false, the command never left this machine.
        case connectionLost(maybeExecuted: Bool)
        /// The deadline passed. When `maybeExecuted` is false, the command never left this machine.
        case timedOut(maybeExecuted: Bool)
        /// There is no connection now; one is being tried for in the background.
        case unavailable
        /// Too many commands wait for their replies already.
        case overloaded
        /// The server does not accept the user, the password or what they may do.
        case authentication
        /// What came is no reply that this client understands.
        case protocolViolation
        /// A setting cannot be used.
        case settings
        /// The task was cancelled; the command may have been executed.
        case cancelled
        /// The client has been closed.
        case closed
    }

    package let kind: Kind
    /// What happened, for the log.
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// Whether the same command may succeed a moment later and cannot have been executed already.
    package var isRetryable: Bool {
        switch kind {
        case .connectionLost(let maybeExecuted), .timedOut(let maybeExecuted): !maybeExecuted
        case .unavailable, .overloaded: true
        case .server(let code):
            ["READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "BUSY"].contains(code)
        case .authentication, .protocolViolation, .settings, .cancelled, .closed: false
        }
    }

    /// The error of a reply that begins with `-`.
    static func server(_ text: String) -> RedisError {
        let code = text.prefix { $0 != " " }
        switch code {
        case "WRONGPASS", "NOAUTH", "NOPERM": return RedisError(.authentication, text)
        default: return RedisError(.server(code: String(code)), text)
        }
    }

    static let noLongerMaster = RedisError(
        .connectionLost(maybeExecuted: true), "the server takes no writes any more: it is no longer the master")
    static let closed = RedisError(.closed, "the Redis client is closed")
    static let cancelled = RedisError(.cancelled, "cancelled while waiting for Redis")
}
