import COpenSSL

/// One TLS connection, of a client or of a server, without a socket: ciphertext that arrived goes in, ciphertext to send comes out.
/// Confined to whoever owns the connection.
@safe package final class TLSChannel {
    private let raw: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    /// Whether the peer has said goodbye; without it the end of the stream is a truncation.
    package private(set) var isClosedByPeer = false
    /// Whether the handshake is complete.
    package private(set) var isEstablished = false

    /// Which side of a connection a channel is.
    enum Role {
        case client, server
    }

    init(owning raw: OpaquePointer, as role: Role) throws(CryptographyError) {
        guard let incoming = unsafe BIO_new(BIO_s_mem()) else { throw .library("TLS") }
        guard let outgoing = unsafe BIO_new(BIO_s_mem()) else {
            unsafe BIO_free(incoming)
            throw .library("TLS")
        }
        unsafe self.raw = raw
        unsafe self.incoming = incoming
        unsafe self.outgoing = outgoing
        // The connection owns both from here on.
        unsafe SSL_set_bio(raw, incoming, outgoing)
        switch role {
        case .client: unsafe SSL_set_connect_state(raw)
        case .server: unsafe SSL_set_accept_state(raw)
        }
    }

    deinit { unsafe SSL_free(raw) }

    /// Hands over ciphertext from the network.
    package func feed(_ ciphertext: ArraySlice<UInt8>) throws(CryptographyError) {
        guard !ciphertext.isEmpty else { return }
        let written = unsafe ciphertext.withUnsafeBufferPointer {
            unsafe BIO_write(incoming, $0.baseAddress, Int32($0.count))
        }
        guard Int(written) == ciphertext.count else { throw .library("TLS") }
    }

    /// Ciphertext to be sent now; empty when there is none.
    package func takeOutput() -> [UInt8] {
        let count = Int(unsafe BIO_ctrl_pending(outgoing))
        guard count > 0 else { return [] }
        var output = [UInt8](repeating: 0, count: count)
        let read = unsafe BIO_read(outgoing, &output, Int32(count))
        return Array(output[..<max(0, Int(read))])
    }

    /// Goes on with the handshake; true when it is complete. Send `takeOutput()` after each call, also after a failure,
    /// so that the peer gets the alert.
    package func handshake() throws(CryptographyError) -> Bool {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(raw)
        if result == 1 {
            isEstablished = true
            return true
        }
        let error = unsafe SSL_get_error(raw, result)
        if error == SSL_ERROR_WANT_READ { return false }
        let verdict = unsafe SSL_get_verify_result(raw)
        guard verdict == X509_V_OK else {
            ERR_clear_error()
            let reason = unsafe String(cString: X509_verify_cert_error_string(verdict))
            throw CryptographyError(.authenticationFailed, "the server's certificate is not accepted: \(reason)")
        }
        throw .library("TLS handshake")
    }

    /// Encrypts; the result is in `takeOutput()`. Only after the handshake.
    package func write(_ plaintext: [UInt8]) throws(CryptographyError) {
        guard !plaintext.isEmpty else { return }
        ERR_clear_error()
        var written = 0
        guard unsafe SSL_write_ex(raw, plaintext, plaintext.count, &written) == 1, written == plaintext.count else {
            throw .library("sending over TLS")
        }
    }

    /// Decrypts what has arrived, at most `limit` bytes; empty when more is needed first, or the peer has closed.
    package func read(limit: Int) throws(CryptographyError) -> [UInt8] {
        ERR_clear_error()
        var output = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            var read = 0
            let done = unsafe output.withUnsafeMutableBytes {
                unsafe SSL_read_ex(raw, $0.baseAddress.map { unsafe $0 + count }, limit - count, &read)
            }
            if done == 1 {
                count += read
                continue
            }
            let error = unsafe SSL_get_error(raw, done)
            if error == SSL_ERROR_WANT_READ { break }
            if error == SSL_ERROR_ZERO_RETURN {
                isClosedByPeer = true
                break
            }
            throw .library("receiving over TLS")
        }
        output.removeLast(limit - count)
        return output
    }

    /// What the server remembers of this channel, if it says that it does; complete once something was read.
    package var session: TLSSession? {
        unsafe SSL_get1_session(raw).flatMap { unsafe TLSSession(owning: $0) }
    }

    /// Says goodbye; the result is in `takeOutput()`.
    package func close() {
        unsafe SSL_shutdown(raw)
        ERR_clear_error()
    }
}
