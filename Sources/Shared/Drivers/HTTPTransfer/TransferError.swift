package import HTTPMessages

/// Why a request has no complete response.
package struct TransferError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, as far as a caller can act on it.
    package enum Kind: Sendable, Hashable {
        /// The URL, method or a header field cannot be sent.
        case invalidRequest
        /// The egress policy forbids the destination.
        case refusedByPolicy
        /// Too many requests already wait for a connection to this host.
        case overloaded
        /// The host name has no address.
        case resolve
        /// No connection could be made.
        case connect
        /// The TLS handshake failed: trust, identity or protocol.
        case tls
        /// A deadline passed.
        case timedOut(TransferPhase)
        /// The connection was lost before the response head was complete.
        case reset
        /// The response body broke off: the connection was lost, or the chunks stopped making sense.
        case truncated
        /// The response is larger than allowed.
        case tooLarge
        /// The answer is not understood as HTTP.
        case `protocol`
        /// The closure that gives the request body threw, or gave another length than announced.
        case upload
        /// The caller's task was cancelled, or the client closed.
        case cancelled
    }

    /// What went wrong.
    package let kind: Kind
    /// The method of the request.
    package let method: HTTPMethod
    /// Where the request went, without credentials and query.
    package let url: String
    /// What is known beyond the kind, for a person.
    package let message: String
    /// Whether the server cannot have seen the request: nothing of it was sent.
    package let isBeforeRequestSent: Bool
    /// The head of the response when it is the body that did not come.
    package var head: Head?

    /// What was said before the body.
    package struct Head: Sendable {
        /// The status code.
        package let status: Int
        /// The header fields.
        package let headers: HTTPHeaders
    }

    package var description: String { "\(method) \(url): \(message)" }
}
