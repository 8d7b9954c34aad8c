/// A URL made ready: where to connect, and what a request says of it. Confined to the engine's loop.
final class TransferTarget {
    /// The URL without credentials, query and fragment.
    let shown: String
    let host: String
    let port: Int
    /// Whether it is spoken to over TLS.
    let isSecure: Bool
    /// How connections for it are told apart, but for what a request itself says of that.
    let route: Route
    /// ` /path?query HTTP/1.1`, what follows the method, and the lines that are the same for every request.
    let requestLine: [UInt8]
    let hostLine: [UInt8]
    let authorizationLine: [UInt8]
    /// The engine's account of what runs against the host, once it is known.
    var origin: Origin?

    /// Parses an absolute `http` or `https` URL, which goes through `proxy`.
    init(_ url: String, tls: ClientTLS, proxy: ForwardProxy?) throws(InvalidURL) {
        let parsed = try ParsedURL(url)
        guard parsed.scheme == "http" || parsed.scheme == "https" else {
            throw InvalidURL(reason: "the scheme of the URL must be http or https, not \(parsed.scheme)")
        }
        host = parsed.host
        port = parsed.port
        shown = "\(parsed.scheme)://\(host)\(parsed.explicitPort.map { ":\($0)" } ?? "")\(parsed.path)"

        isSecure = parsed.scheme == "https"
        var route = Route(destination: "http://\(parsed.authority):\(parsed.port)/")
        var form = parsed.path + (parsed.query.map { "?\($0)" } ?? "")
        let authority = parsed.port == (isSecure ? 443 : 80) ? parsed.host : "\(parsed.host):\(parsed.port)"
        var authorization = parsed.credentials.map { Array("Authorization: Basic \($0)\r\n".utf8) } ?? []
        if let proxy, !isSecure, let destination = proxy.destination {
            route = Route(destination: destination)
            form = "http://\(authority)\(form)"
            authorization += proxy.authorization
        } else if let proxy {
            route.proxy = .tunnel(proxy.url)
        }
        if isSecure { route.security = Route.Security(host: parsed.host, tls: tls) }
        self.route = route
        requestLine = Array(" \(form) HTTP/1.1\r\n".utf8)
        hostLine = Array("Host: \(authority)\r\n".utf8)
        authorizationLine = authorization
    }

    /// The route of a request with TLS settings or a socket of its own.
    func route(_ request: OutboundRequest) -> Route {
        var route = route
        if let path = request.unixSocketPath {
            route = Route(destination: "http://localhost/", unixSocketPath: path, security: route.security)
        }
        if let tls = request.tls, let security = route.security {
            route.security = Route.Security(host: security.host, tls: tls)
        }
        return route
    }
}

/// The targets used last: most requests of a daemon go to a handful of URLs.
struct TargetCache {
    /// The one used last, found without a hash of its URL.
    private var latestURL = ""
    private var latest: TransferTarget?
    private var young: [String: TransferTarget] = [:]
    private var old: [String: TransferTarget] = [:]
    private let generationSize = 128

    /// The target of `url`, made by `make` when it is not among those used last.
    mutating func target(
        _ url: String, _ make: (String) throws(InvalidURL) -> TransferTarget
    ) throws(InvalidURL) -> TransferTarget {
        if url == latestURL, let latest { return latest }
        let target = if let known = young[url] { known } else { try kept(url, make) }
        latestURL = url
        latest = target
        return target
    }

    /// The target of a URL that was not among those used last, or not for a while.
    private mutating func kept(
        _ url: String, _ make: (String) throws(InvalidURL) -> TransferTarget
    ) throws(InvalidURL) -> TransferTarget {
        let target = if let known = old[url] { known } else { try make(url) }
        if young.count == generationSize {
            old = young
            young.removeAll(keepingCapacity: true)
        }
        young[url] = target
        return target
    }
}
