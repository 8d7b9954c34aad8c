internal import CCurl

extension EasyHandle {
    /// Sets what is the same for every request of a client.
    func setConstants(_ settings: HTTPClientSettings) {
        // Daemons have threads: no signals.
        set(CURLOPT_NOSIGNAL, 1)
        // Else removing a handle waits for its name resolution, which can take many seconds.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_TCP_NODELAY, 1)
        // Each running transfer has a buffer of this size, and there may be thousands that stream a few bytes at a time.
        set(CURLOPT_BUFFERSIZE, 8 << 10)
        // Finds a peer that vanished without a word, and keeps address translators from forgetting a silent one.
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 30)
        set(CURLOPT_TCP_KEEPINTVL, 15)
        set(CURLOPT_MAXAGE_CONN, Int(settings.idleConnectionLifetime.components.seconds))
        set(CURLOPT_MAXLIFETIME_CONN, Int(settings.connectionLifetime.components.seconds))

        let isNewest = settings.version == .http2OverTLS
        set(CURLOPT_HTTP_VERSION, isNewest ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_USERAGENT, settings.userAgent)
        // Empty is none; unset would be what the environment says.
        set(CURLOPT_PROXY, settings.proxy ?? "")
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)

        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
    }

    /// Sets whom the connection trusts, who it says it is, and where it goes if not over the network.
    func setIdentity(_ tls: ClientTLS, unixSocketPath: String?) {
        // One file and no folder beside it: a file of one's own is instead of the system's, and libcurl keeps what it has
        // read of a file alone. With the system's folder every connection costs 24 ms of processor time instead of one.
        set(CURLOPT_CAPATH, nil as String?)
        if let file = tls.caFile { set(CURLOPT_CAINFO, file) }
        if let file = tls.certificateFile { set(CURLOPT_SSLCERT, file) }
        if let file = tls.keyFile { set(CURLOPT_SSLKEY, file) }
        if let unixSocketPath { set(CURLOPT_UNIX_SOCKET_PATH, unixSocketPath) }
    }
}
