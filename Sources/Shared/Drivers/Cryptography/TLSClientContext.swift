import COpenSSL

/// Whom a TLS client trusts and how it shows itself; made once, used for any number of connections from any thread.
///
/// `@unchecked Sendable`: OpenSSL counts references to an `SSL_CTX` atomically, and nothing is set after `init`.
@safe package final class TLSClientContext: @unchecked Sendable {
    private let raw: OpaquePointer
    private let verifiesPeer: Bool

    /// Trusts the roots in `rootsPEM` alone, or the system's when it is nil. TLS 1.2 is the least that is spoken.
    ///
    /// `verifiesPeer` false accepts any certificate, which is fit for tests only.
    package init(rootsPEM: String? = nil, credentials: TLSCredentials? = nil, verifiesPeer: Bool = true)
        throws(CryptographyError)
    {
        guard let raw = unsafe SSL_CTX_new(TLS_client_method()) else { throw .library("TLS") }
        unsafe self.raw = raw
        self.verifiesPeer = verifiesPeer
        guard unsafe co_require_tls12(raw) == 1 else { throw .library("TLS") }
        unsafe SSL_CTX_set_verify(raw, verifiesPeer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        if let rootsPEM {
            try trust(rootsPEM)
        } else if unsafe SSL_CTX_set_default_verify_paths(raw) != 1 {
            throw .library("reading the system's certificates")
        }
        if let credentials { try present(credentials) }
    }

    deinit { unsafe SSL_CTX_free(raw) }

    /// A channel to `host`, whose certificate must bear that name or address.
    package func channel(to host: String) throws(CryptographyError) -> TLSChannel {
        guard let connection = unsafe SSL_new(raw) else { throw .library("TLS") }
        let channel: TLSChannel
        do {
            channel = unsafe try TLSChannel(owning: connection)
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
        return channel
    }

    private func trust(_ rootsPEM: String) throws(CryptographyError) {
        let source = try MemoryBIO()
        try source.fill(rootsPEM)
        var count = 0
        while let certificate = unsafe source.use({ unsafe co_read_certificate($0) }) {
            defer { unsafe X509_free(certificate) }
            guard unsafe X509_STORE_add_cert(SSL_CTX_get_cert_store(raw), certificate) == 1 else {
                throw .library("trusting a certificate")
            }
            count += 1
        }
        // The end of the text is reported as an error, too.
        let reasons = CryptographyError.takeReasons()
        guard count > 0 else { throw CryptographyError(.malformed, "no certificate in PEM to trust: \(reasons)") }
    }

    private func present(_ credentials: TLSCredentials) throws(CryptographyError) {
        let certificate = try Certificate(pem: credentials.certificatePEM)
        let key = try PrivateKey(pem: credentials.privateKeyPEM)
        guard unsafe certificate.use({ unsafe SSL_CTX_use_certificate(raw, $0) }) == 1,
            unsafe key.use({ unsafe SSL_CTX_use_PrivateKey(raw, $0) }) == 1
        else { throw .library("using a client certificate") }
    }
}
