package import HTTPMessages

/// A request to send. The URL is sent as it is written: neither dot segments nor percent escapes are touched, so a
/// signature made over it stays valid.
///
/// A class, because it has many parts and is handed on several times: all of them would be counted at each.
package final class OutboundRequest: Sendable {
    /// What follows the head.
    package enum Body: Sendable {
        /// Nothing.
        case none
        /// Bytes known beforehand; sent again when the request is repeated on a fresh connection.
        case bytes([UInt8])
        /// Pieces asked for one at a time, on the caller's loop, as the connection takes them; `nil` ends the body.
        ///
        /// With a `length` the body must have exactly that many bytes, else it is sent chunked. When the transfer ends
        /// before the body does, the task that runs the closure is cancelled, but not waited for.
        case stream(length: Int?, next: @Sendable () async throws -> [UInt8]?)
    }

    /// The method.
    package let method: HTTPMethod
    /// An absolute `http` or `https` URL in ASCII.
    package let url: String
    /// The header fields. Framing (`Content-Length`, `Transfer-Encoding`, `Expect`) is the driver's and refused here.
    package let headers: HTTPHeaders
    /// The body.
    package let body: Body
    /// How long each phase may take.
    package let deadlines: TransferDeadlines
    /// Trust and identity for this request in place of the client's.
    package let tls: ClientTLS?
    /// Connects to this Unix socket; the URL then only gives the `Host` header and the path.
    package let unixSocketPath: String?
    /// Whether the server may safely see the request twice; by default what RFC 9110 §9.2.2 says of the method.
    ///
    /// Such a request is repeated once, on a fresh connection, when a kept-alive connection soon turns out to be closed
    /// before any byte of a response (`HTTPClientSettings.repeatableWithin`). Any other is then reported as `.reset`,
    /// unless nothing of it was sent.
    package let isIdempotent: Bool

    /// A request with default deadlines, the client's TLS and the method's idempotency unless said otherwise.
    package init(
        method: HTTPMethod, url: String, headers: HTTPHeaders = [:], body: Body = .none,
        deadlines: TransferDeadlines = TransferDeadlines(), tls: ClientTLS? = nil, unixSocketPath: String? = nil,
        isIdempotent: Bool? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadlines = deadlines
        self.tls = tls
        self.unixSocketPath = unixSocketPath
        self.isIdempotent = isIdempotent ?? method.isIdempotent
    }

    /// Whether the answer has a head alone.
    var isForHead: Bool { method.rawValue == "HEAD" }
}

extension HTTPMethod {
    /// What RFC 9110 §9.2.2 says of it.
    fileprivate var isIdempotent: Bool {
        rawValue == "GET" || rawValue == "HEAD" || rawValue == "PUT" || rawValue == "DELETE" || rawValue == "OPTIONS"
    }
}

/// Whom a connection trusts and who it says it is; files in PEM. Verification is always on.
package struct ClientTLS: Sendable, Hashable {
    /// The certificates of the authorities to trust, `nil` for the system's.
    package var caFile: String?
    /// Our certificate with its chain.
    package var certificateFile: String?
    /// The key of our certificate.
    package var keyFile: String?

    /// Trusts the system's authorities and shows no certificate unless told otherwise.
    package init(caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}
