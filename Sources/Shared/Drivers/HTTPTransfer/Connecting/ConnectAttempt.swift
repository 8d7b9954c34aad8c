internal import CCurl
internal import Glibc

/// One connection being made: an easy handle of libcurl that is told to do nothing more than that.
///
/// Owns the handle and all memory that it points to. Confined to the connector's loop.
@safe final class ConnectAttempt {
    /// A socket that leads to the destination, or why there is none.
    typealias Outcome = Result<Int32, Failure>

    struct Failure: Error {
        let kind: TransferError.Kind
        let message: String
    }

    let raw: UnsafeMutableRawPointer
    /// Whether the addresses of the host are still waited for.
    private(set) var isLookingUp = true
    /// Whether the host may have an address that is not public.
    var isForTrustedHost = false
    let onEnd: (Outcome) -> Void
    private unowned let connector: Connector
    private let errorText: UnsafeMutablePointer<CChar>
    private var refusal: Failure?

    init(_ connector: Connector, onEnd: @escaping (Outcome) -> Void) {
        guard let raw = unsafe curl_easy_init() else { preconditionFailure("libcurl gives no easy handle") }
        unsafe self.raw = raw
        self.connector = connector
        self.onEnd = onEnd
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe curl_easy_cleanup(raw)
        unsafe errorText.deallocate()
    }

    /// The object behind a handle that libcurl names.
    static func of(_ raw: UnsafeMutableRawPointer) -> ConnectAttempt? {
        unsafe cc_context(raw).map { unsafe from($0) }
    }

    private static func from(_ context: UnsafeMutableRawPointer) -> ConnectAttempt {
        unsafe Unmanaged<ConnectAttempt>.fromOpaque(context).takeUnretainedValue()
    }

    /// Says where to connect to. Returns why that cannot be.
    func configure(_ route: Route, patience milliseconds: Int) -> Failure? {
        unsafe note(
            cc_set_callbacks(
                raw,
                { context, _, address in
                    guard let context = unsafe context, let address = unsafe address else {
                        return CC_SOCKET_BAD
                    }
                    return unsafe ConnectAttempt.from(context).openSocket(address)
                }, Unmanaged.passUnretained(self).toOpaque(),
                { context, fd in
                    guard let context = unsafe context else { return 1 }
                    unsafe Unmanaged<Connector>.fromOpaque(context).takeUnretainedValue().close(fd)
                    return 0
                }, Unmanaged.passUnretained(connector).toOpaque()))
        unsafe note(cc_set_pointer(raw, CURLOPT_ERRORBUFFER, errorText))
        set(CURLOPT_CONNECT_ONLY, 1)
        // Daemons have threads: no signals.
        set(CURLOPT_NOSIGNAL, 1)
        // Else removing a handle waits for its name resolution, which can take many seconds.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_TCP_NODELAY, 1)
        // Finds a peer that vanished without a word, and keeps address translators from forgetting a silent one.
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 30)
        set(CURLOPT_TCP_KEEPINTVL, 15)
        // From this libcurl gives each address of a host its share of the time.
        set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds)
        if connector.settings.spreadsOverAddresses {
            // What is remembered of a name is remembered in one order.
            set(CURLOPT_DNS_CACHE_TIMEOUT, 0)
            set(CURLOPT_DNS_SHUFFLE_ADDRESSES, 1)
        }
        set(CURLOPT_PROTOCOLS_STR, "http")
        set(CURLOPT_URL, route.destination)
        switch route.proxy {
        case .none:
            // Empty is none; unset would be what the environment says.
            set(CURLOPT_PROXY, "")
        case .tunnel(let url):
            set(CURLOPT_PROXY, url)
            set(CURLOPT_HTTPPROXYTUNNEL, 1)
            set(CURLOPT_USERAGENT, connector.settings.userAgent)
        }
        if let path = route.unixSocketPath { set(CURLOPT_UNIX_SOCKET_PATH, path) }
        return refusal
    }

    /// What a failure of libcurl means, in its words.
    func failure(_ code: CURLcode) -> Failure {
        if let refusal { return refusal }
        let text = unsafe String(cString: errorText)
        return Failure(
            kind: TransferError.Kind(connecting: code),
            message: unsafe text.isEmpty ? String(cString: curl_easy_strerror(code)) : text)
    }

    /// Opens a socket for one of the addresses of the host, when the policy permits that address.
    private func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Int32 {
        isLookingUp = false
        var length: Int32 = 0
        let start = unsafe cc_address(address, &length)
        let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: Int(length)))
        guard bytes.isEmpty || connector.settings.egress.permits(address: bytes, ofTrustedHost: isForTrustedHost) else {
            refusal = Failure(
                kind: .refusedByPolicy, message: "the host resolves to an address that may not be connected to")
            return CC_SOCKET_BAD
        }
        let fd = unsafe cc_open_socket(address)
        guard fd >= 0 else { return CC_SOCKET_BAD }
        connector.sockets.opened(fd)
        // A peer that vanished while something is on its way to it; one that is awaited is found by the keep-alive above.
        var silence = Self.longestSilence
        unsafe setsockopt(
            fd, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &silence, socklen_t(MemoryLayout.size(ofValue: silence)))
        return fd
    }

    /// For how long nothing that was sent may be acknowledged, in milliseconds.
    private static let longestSilence: UInt32 = 15_000

    private func set(_ option: CURLoption, _ value: Int) {
        unsafe note(cc_set_long(raw, option, value))
    }

    private func set(_ option: CURLoption, _ value: String?) {
        unsafe note(cc_set_string(raw, option, value))
    }

    /// An option that libcurl refuses: it would not do what is asked of it.
    private func note(_ code: CURLcode) {
        guard code != CURLE_OK, refusal == nil else { return }
        refusal = Failure(kind: .invalidRequest, message: unsafe String(cString: curl_easy_strerror(code)))
    }
}

extension TransferError.Kind {
    /// What a result of libcurl means for the caller.
    fileprivate init(connecting code: CURLcode) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            self = .resolve
        case CURLE_OPERATION_TIMEDOUT:
            // Our own deadlines come first, but for the share of the connect time that libcurl gives each address.
            self = .timedOut(.connect)
        case CURLE_URL_MALFORMAT:
            self = .invalidRequest
        default:
            // Nobody there, no way there, or a proxy that does not let us through.
            self = .connect
        }
    }
}
