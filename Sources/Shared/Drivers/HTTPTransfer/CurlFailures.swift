internal import CCurl

extension TransferError.Kind {
    /// What a result of libcurl means for the caller. `hasHead`: the response head was complete.
    init(_ code: CURLcode, hasHead: Bool) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            self = .resolve
        case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED:
            self = .connect
        case CURLE_OPERATION_TIMEDOUT:
            // Our own deadlines come first, but for the share of the connect time that libcurl gives each address.
            self = .timedOut(.connect)
        case CURLE_URL_MALFORMAT:
            self = .invalidRequest
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_SEND_FAIL_REWIND:
            self = hasHead ? .truncated : .reset
        case CURLE_PARTIAL_FILE:
            self = .truncated
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_SHUTDOWN_FAILED, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
            self = .tls
        default:
            // What is left is about the bytes the peer sent: bad framing, HTTP/0.9, HTTP/2 stream errors.
            self = .protocol
        }
    }
}
