/// What tells connections apart: requests with the same route may share them.
struct Route: Hashable {
    /// Where a socket has to lead, as a URL for libcurl: `http://host:port/`.
    let destination: String
    /// The proxy through which it leads there.
    var proxy: Proxy = .none
    /// A socket of this machine instead.
    var unixSocketPath: String?
    /// Who must answer at the other end, and whom to believe that; `nil` for connections in clear.
    var security: Security?

    /// What a connection over TLS must show.
    struct Security: Hashable {
        let host: String
        let tls: ClientTLS
    }

    /// How a proxy is used.
    enum Proxy: Hashable {
        case none
        /// The proxy at this URL passes bytes on, once it was asked for the destination.
        case tunnel(String)
    }
}
