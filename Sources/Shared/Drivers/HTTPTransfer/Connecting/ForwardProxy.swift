internal import CCurl

/// The proxy that a client goes through.
///
/// One that speaks HTTP gets requests in clear as they are, with the whole URL in the first line (RFC 9112 §3.2.2), and
/// makes tunnels for those over TLS. One that speaks SOCKS makes tunnels for both.
struct ForwardProxy {
    /// The proxy for libcurl, which makes the tunnels.
    let url: String
    /// Where requests in clear are sent, `nil` when they need a tunnel too.
    let destination: String?
    /// The line that tells the proxy who asks.
    let authorization: [UInt8]

    /// Reads a setting such as `http://user:password@proxy:3128`. The scheme is `http` unless it says otherwise.
    init(_ text: String) throws(InvalidURL) {
        let parsed = try ParsedURL(
            text.contains("://") ? text : "http://\(text)", flags: UInt32(CURLU_NON_SUPPORT_SCHEME))
        url = text
        switch parsed.scheme {
        case "http":
            destination = "http://\(parsed.authority):\(parsed.explicitPort ?? 1080)/"
            authorization = parsed.credentials.map { Array("Proxy-Authorization: Basic \($0)\r\n".utf8) } ?? []
        case "socks4", "socks4a", "socks5", "socks5h":
            destination = nil
            authorization = []
        case let other:
            throw InvalidURL(reason: "the proxy must speak HTTP in clear or SOCKS, not \(other)")
        }
    }
}
