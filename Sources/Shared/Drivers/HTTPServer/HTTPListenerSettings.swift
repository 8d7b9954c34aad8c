/// A certificate chain and its private key.
package struct TLSIdentity: Sendable, Hashable {
    /// The chain, the server's certificate first. ECDSA P-256 costs a third of RSA's time in a handshake.
    package let certificatePEM: String
    /// The private key of the first certificate, unencrypted.
    package let keyPEM: String

    package init(certificatePEM: String, keyPEM: String) {
        self.certificatePEM = certificatePEM
        self.keyPEM = keyPEM
    }
}

/// What a client may ask of a listener.
package struct HTTPLimits: Sendable, Hashable {
    /// The longest request line with its headers, in bytes; more is 431.
    package var headerBytes = 12 * 1024
    /// The longest request target, in bytes; more is 414.
    package var targetBytes = 8 * 1024
    /// The longest request body, in bytes; more is 413, before the body when its length is announced.
    package var bodyBytes = 16 * 1024 * 1024
    /// From the connection's start, or from the request line on, to the end of the headers; then the client is cut off.
    package var headerTimeout = Duration.seconds(10)
    /// How long a connection may rest between requests, and how long a client may read nothing of its response.
    package var idleTimeout = Duration.seconds(75)
    /// The least that a client must send of a body it was asked for, in bytes a second; less is 408.
    package var bodyMinimumRate = 256
    /// The time over which the rate is taken.
    package var bodyRateWindow = Duration.seconds(10)

    package init() {}
}

/// Where a listener listens, and what it allows.
package struct HTTPListenerSettings: Sendable {
    /// The numeric address, IPv4 or IPv6; `::` also takes IPv4.
    package var address: String
    /// The port; 0 lets the system choose one.
    package var port: Int
    /// Listens at this path instead of on an address.
    package var unixSocketPath: String?
    /// Takes this listening socket instead, as a service manager passes it. The listener owns it from `start` on.
    package var listeningDescriptor: Int32?
    /// Speaks TLS 1.2 and 1.3 with this identity; `nil` speaks plain HTTP.
    package var tls: TLSIdentity?
    /// What a client may ask for.
    package var limits: HTTPLimits
    /// Connections above this number get 503 (plain) or are closed (TLS).
    package var maximumConnections: Int

    package init(
        address: String = "127.0.0.1", port: Int = 0, unixSocketPath: String? = nil, listeningDescriptor: Int32? = nil,
        tls: TLSIdentity? = nil, limits: HTTPLimits = HTTPLimits(), maximumConnections: Int = 4096
    ) {
        self.address = address
        self.port = port
        self.unixSocketPath = unixSocketPath
        self.listeningDescriptor = listeningDescriptor
        self.tls = tls
        self.limits = limits
        self.maximumConnections = maximumConnections
    }
}
