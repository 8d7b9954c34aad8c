/// How a client connects. All counts are of one loop.
package struct HTTPClientSettings: Sendable {
    /// The value of `User-Agent` for requests that set none, `nil` to send none.
    package var userAgent: String? = "scorable"
    /// Requests that run at the same time against one host.
    package var maxConnectionsPerHost = 64
    /// Requests that may wait for one of those; more are refused as `.overloaded`.
    package var maxWaitingPerHost = 4096
    /// Idle connections that are kept, all hosts together.
    package var maxIdleConnections = 256
    /// An idle connection older than this is not used again.
    package var idleConnectionLifetime: Duration = .seconds(60)
    /// How soon a kept connection has to turn out to be closed for its request to be sent once more. A server that closes one
    /// because it was idle does so at once; one that does later had the request, and may have acted on it.
    package var repeatableWithin: Duration = .seconds(5)
    /// A connection older than this is not used again, so that a changed DNS record takes effect.
    package var connectionLifetime: Duration = .seconds(600)
    /// Whether every address of a host is a replica as good as the others: each connection is made to another one, by the
    /// addresses that the name has then, and the next is tried where one refuses. Else the first one is preferred, and
    /// known for a minute.
    package var spreadsOverAddresses = false
    /// The largest response head.
    package var maxHeaderBytes = 256 << 10
    /// What a stream in either direction holds before the faster side has to wait.
    package var streamBufferBytes = 256 << 10
    /// Trust and identity unless a request brings its own.
    package var tls = ClientTLS()
    /// Where this client may connect to.
    package var egress = EgressPolicy.any
    /// The URL of a proxy that speaks HTTP in clear, or SOCKS. The proxy of the environment is never used.
    ///
    /// Through a proxy the egress policy sees the proxy's address only: the host names are still checked.
    package var proxy: String?

    /// The defaults.
    package init() {}

    /// For daemons of the installation at those URLs and nobody else, of which there may be several behind one name and
    /// others tomorrow.
    package static func ofReplicas(
        at urls: [String], maxConnectionsPerHost: Int = 64
    ) -> HTTPClientSettings {
        var settings = HTTPClientSettings(maxConnectionsPerHost: maxConnectionsPerHost, egress: .onlyTo(urls))
        settings.spreadsOverAddresses = true
        // Who came is found, and who is to go is left, within so long.
        settings.connectionLifetime = .seconds(30)
        return settings
    }

    /// The defaults, with the authorities of `caFile` and what `egress` permits.
    package init(
        userAgent: String? = "scorable", maxConnectionsPerHost: Int = 64, caFile: String? = nil,
        egress: EgressPolicy = .any
    ) {
        self.userAgent = userAgent
        self.maxConnectionsPerHost = maxConnectionsPerHost
        self.tls.caFile = caFile
        self.egress = egress
    }
}
