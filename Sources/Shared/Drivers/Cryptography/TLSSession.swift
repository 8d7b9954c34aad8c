import COpenSSL

/// What a client and a server have agreed on in one handshake, so that the next one between them is shorter. Only for
/// channels of the same context to the same host: the server's certificate is not checked again.
///
/// `@unchecked Sendable`: OpenSSL counts references to an `SSL_SESSION` atomically, and nothing in it is changed here.
@safe package final class TLSSession: @unchecked Sendable {
    private let raw: OpaquePointer

    /// Takes over a reference; `nil` when the session cannot be resumed.
    init?(owning raw: OpaquePointer) {
        guard unsafe SSL_SESSION_is_resumable(raw) == 1 else {
            unsafe SSL_SESSION_free(raw)
            return nil
        }
        unsafe self.raw = raw
    }

    deinit { unsafe SSL_SESSION_free(raw) }

    func use(_ body: (OpaquePointer) -> Void) { unsafe body(raw) }
}
