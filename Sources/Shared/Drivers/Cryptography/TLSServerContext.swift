import COpenSSL

/// What a TLS server shows itself with; made once, used for any number of connections from any thread. Clients can resume
/// their sessions on any of them.
///
/// `@unchecked Sendable`: OpenSSL counts references to an `SSL_CTX` atomically, and nothing is set after `init`.
@safe package final class TLSServerContext: @unchecked Sendable {
    private let raw: OpaquePointer

    /// Shows a chain of certificates, the server's own first, with the private key of that one. TLS 1.2 is the least that
    /// is spoken.
    package init(certificatesPEM: String, privateKeyPEM: String) throws(CryptographyError) {
        guard let raw = unsafe SSL_CTX_new(TLS_server_method()) else { throw .library("TLS") }
        unsafe self.raw = raw
        guard unsafe co_require_tls12(raw) == 1, unsafe co_prefer_own_ciphers(raw) == 1 else { throw .library("TLS") }
        unsafe co_release_buffers_when_idle(raw)
        try present(certificatesPEM, PrivateKey(pem: privateKeyPEM))
    }

    deinit { unsafe SSL_CTX_free(raw) }

    /// A channel to a client that has connected.
    package func channel() throws(CryptographyError) -> TLSChannel {
        guard let connection = unsafe SSL_new(raw) else { throw .library("TLS") }
        do {
            return unsafe try TLSChannel(owning: connection, as: .server)
        } catch {
            unsafe SSL_free(connection)
            throw error
        }
    }

    private func present(_ certificatesPEM: String, _ key: PrivateKey) throws(CryptographyError) {
        let source = try MemoryBIO()
        try source.fill(certificatesPEM)
        var count = 0
        while let certificate = unsafe source.use({ unsafe co_read_certificate($0) }) {
            defer { unsafe X509_free(certificate) }
            let isTaken =
                count == 0
                ? unsafe SSL_CTX_use_certificate(raw, certificate) == 1
                : unsafe co_add_chain_certificate(raw, certificate) == 1
            guard isTaken else { throw .library("using a certificate") }
            count += 1
        }
        // The end of the text is reported as an error, too.
        let reasons = CryptographyError.takeReasons()
        guard count > 0 else { throw CryptographyError(.malformed, "no certificate in PEM to show: \(reasons)") }
        guard unsafe key.use({ unsafe SSL_CTX_use_PrivateKey(raw, $0) }) == 1,
            unsafe SSL_CTX_check_private_key(raw) == 1
        else { throw .library("using a certificate's key") }
    }
}
