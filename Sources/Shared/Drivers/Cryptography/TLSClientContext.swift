import COpenSSL

/// Whom a TLS client trusts and how it shows itself; made once, used for any number of connections from any thread.
///
/// `@unchecked Sendable`: OpenSSL counts references to an `SSL_CTX` atomically, and nothing is set after `init`.
@safe package final class TLSClientContext: @unchecked Sendable {
    private let raw: OpaquePointer
    private let verifiesPeer: Bool

    /// Trusts the roots in `rootsPEM` alone, or the system's when it is nil. TLS 1.2 is the least that is spoken.
    ///
    /// `verifiesPeer` false accepts any certificate, which is fit for tests only. `protocols` are offered to the server by
    /// their registered names (ALPN), the best one first.
    package init(
        rootsPEM: String? = nil, credentials: TLSCredentials? = nil, verifiesPeer: Bool = true, protocols: [String] = []
    ) throws(CryptographyError) {
        guard let raw = unsafe SSL_CTX_new(TLS_client_method()) else { throw .library("TLS") }
        unsafe self.raw = raw
        self.verifiesPeer = verifiesPeer
        guard unsafe co_require_tls12(raw) == 1 else { throw .library("TLS") }
        unsafe co_release_buffers_when_idle(raw)
        unsafe SSL_CTX_set_verify(raw, verifiesPeer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        if let rootsPEM {
            try trust(rootsPEM)
        } else if unsafe SSL_CTX_set_default_verify_paths(raw) != 1 {
            throw .library("reading the system's certificates")
        }
        if let credentials { try present(credentials) }
        if !protocols.isEmpty { try offer(protocols) }
    }

    deinit { unsafe SSL_CTX_free(raw) }

    /// A channel to `host`, whose certificate must bear that name or address. A `session` of an earlier channel to the
    /// same host shortens the handshake when the server remembers it.
    package func channel(to host: String, resuming session: TLSSession? = nil) throws(CryptographyError) -> TLSChannel {
        guard let connection = unsafe SSL_new(raw) else { throw .library("TLS") }
        let channel: TLSChannel
        do {
            channel = unsafe try TLSChannel(owning: connection, as: .client)
        } catch {
            unsafe SSL_free(connection)
            throw error
        }
        if isAddress(host) {
            let verification = unsafe SSL_get0_param(connection)
            guard unsafe X509_VERIFY_PARAM_set1_ip_asc(verification, host) == 1 else { throw .library("TLS") }
        } else {
            guard unsafe co_set_server_name(connection, host) == 1, unsafe SSL_set1_host(connection, host) == 1 else {
                throw .library("TLS")
            }
        }
        // One that does not fit is not used, and the handshake is a whole one.
        if let session { unsafe session.use { unsafe _ = SSL_set_session(connection, $0) } }
        return channel
    }

    private func trust(_ rootsPEM: String) throws(CryptographyError) {
        let count = unsafe try eachCertificate(of: rootsPEM) { _, certificate in
            unsafe X509_STORE_add_cert(SSL_CTX_get_cert_store(raw), certificate) == 1
        }
        guard count > 0 else { throw CryptographyError(.malformed, "no certificate in PEM to trust") }
    }

    /// Shows the first certificate of `credentials` as ours, and those behind it as the way to an authority.
    private func present(_ credentials: TLSCredentials) throws(CryptographyError) {
        let key = try PrivateKey(pem: credentials.privateKeyPEM)
        let count = unsafe try eachCertificate(of: credentials.certificatePEM) { index, certificate in
            unsafe index == 0
                ? SSL_CTX_use_certificate(raw, certificate) == 1 : co_add_chain_certificate(raw, certificate) == 1
        }
        guard count > 0 else { throw CryptographyError(.malformed, "no client certificate in PEM") }
        guard unsafe key.use({ unsafe SSL_CTX_use_PrivateKey(raw, $0) }) == 1 else {
            throw .library("using a client certificate")
        }
    }

    /// Hands every certificate in a PEM text to `body` with its place there, and returns how many there were.
    private func eachCertificate(
        of pem: String, _ body: (_ index: Int, _ certificate: OpaquePointer) -> Bool
    ) throws(CryptographyError) -> Int {
        let source = try MemoryBIO()
        try source.fill(pem)
        var count = 0
        while let certificate = unsafe source.use({ unsafe co_read_certificate($0) }) {
            defer { unsafe X509_free(certificate) }
            guard unsafe body(count, certificate) else { throw .library("taking over a certificate") }
            count += 1
        }
        // The end of the text is reported as an error, too.
        ERR_clear_error()
        return count
    }

    private func offer(_ protocols: [String]) throws(CryptographyError) {
        let names = protocols.flatMap { [UInt8(truncatingIfNeeded: $0.utf8.count)] + Array($0.utf8) }
        // The one function of the library that returns zero when it has done its work.
        guard unsafe SSL_CTX_set_alpn_protos(raw, names, UInt32(names.count)) == 0 else {
            throw .library("offering protocols")
        }
    }
}
