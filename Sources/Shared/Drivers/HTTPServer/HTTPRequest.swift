package import HTTPMessages

/// A request whose head has arrived; its body may still be coming in.
///
/// A class, because it is handed on so often.
package final class HTTPRequest: Sendable {
    /// The method, as the client wrote it.
    package let method: HTTPMethod
    /// The target's path, still percent-encoded: begins with `/`, or is `*`.
    package let path: String
    /// What follows the `?`, still percent-encoded; `nil` when there is no `?`.
    package let query: String?
    /// The header fields; names are tokens, values hold no control characters but tabs.
    package let headers: HTTPHeaders
    /// The peer's numeric address without its port, empty for a Unix socket.
    package let remoteAddress: String
    /// Whether the request came over TLS.
    package let isSecure: Bool
    /// The body; empty when the client sends none.
    package let body: HTTPRequestBody

    package init(
        method: HTTPMethod, path: String, query: String? = nil, headers: HTTPHeaders = [:], remoteAddress: String = "",
        isSecure: Bool = false, body: HTTPRequestBody = .empty
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.remoteAddress = remoteAddress
        self.isSecure = isSecure
        self.body = body
    }
}
