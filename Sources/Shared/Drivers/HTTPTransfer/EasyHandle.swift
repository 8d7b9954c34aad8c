internal import CCurl
internal import EventLoop
internal import HTTPMessages

/// One easy handle of libcurl: configured once, then used for one transfer after the other, so that a request sets only
/// what differs from the one before.
///
/// Owns the handle and all memory that it points to. Confined to the engine's loop.
@safe final class EasyHandle {
    let raw: UnsafeMutableRawPointer
    /// The transfer that runs on it, set while the handle is with the multi handle.
    private(set) var transfer: Transfer?
    /// The sockets opened for the running transfer and not yet known to be connected.
    var openedSockets: [Int32] = []

    unowned let engine: TransferEngine
    private var block = RequestBlock()
    private let errorText: UnsafeMutablePointer<CChar>
    private var connection: ConnectionOptions?
    private var target: TransferTarget?
    private var method: HTTPMethod?
    private var shape: Shape?
    private var connectTimeout: Duration?
    /// The first refusal of an option since a request was prepared: libcurl then would not do what is asked of it.
    private var refusal = CURLE_OK

    /// What decides which connections a request may use; it seldom changes between two requests.
    private struct ConnectionOptions: Equatable {
        let tls: ClientTLS
        let unixSocketPath: String?
    }

    /// The kinds of request that libcurl tells apart.
    private enum Shape {
        case get
        case head
        case post
    }

    /// Bodies up to this size leave in the same packet as the head; larger ones are read as the socket takes them.
    private static let inlineBodyLimit = 32 << 10

    init(engine: TransferEngine) {
        self.engine = engine
        guard let raw = unsafe curl_easy_init() else { preconditionFailure("libcurl gives no easy handle") }
        unsafe self.raw = raw
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe curl_easy_cleanup(raw)
        unsafe errorText.deallocate()
    }

    /// The object behind a handle that libcurl names.
    static func of(_ raw: UnsafeMutableRawPointer) -> EasyHandle? {
        unsafe cc_context(raw).map { unsafe from($0) }
    }

    /// The object behind the context of a callback.
    static func from(_ context: UnsafeMutableRawPointer) -> EasyHandle {
        unsafe Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
    }

    /// What libcurl says of the failure, in words.
    func message(for code: CURLcode) -> String {
        let text = unsafe String(cString: errorText)
        return unsafe text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
    }

    /// The bytes of the request head sent so far, all attempts together.
    var requestSize: Int { unsafe cc_request_size(raw) }

    /// Makes the handle ready to send the transfer's request.
    func prepare(for transfer: Transfer, settings: HTTPClientSettings) throws(RequestBlock.Invalid) {
        let request = transfer.request
        let options = ConnectionOptions(tls: request.tls ?? settings.tls, unixSocketPath: request.unixSocketPath)
        refusal = CURLE_OK
        if options != connection { configure(options, settings) }
        if transfer.target !== target {
            unsafe note(cc_set_target(raw, transfer.target.handle))
            // Not what is sent, but what libcurl compares with when it repeats a request.
            set(CURLOPT_URL, transfer.target.url)
            target = transfer.target
        }
        if request.deadlines.connect != connectTimeout {
            // Ours would do, but from this libcurl gives each address of a host its share of the time.
            let milliseconds = request.deadlines.connect.nanoseconds / 1_000_000
            set(CURLOPT_CONNECTTIMEOUT_MS, Int(min(max(1, milliseconds), Int64(Int32.max))))
            connectTimeout = request.deadlines.connect
        }
        try layOut(request, streamed: transfer.upload != nil)
        guard refusal == CURLE_OK else {
            connection = nil
            throw RequestBlock.Invalid(reason: unsafe String(cString: curl_easy_strerror(refusal)))
        }
        self.transfer = transfer
        unsafe errorText.pointee = 0
    }

    /// Lets go of the transfer and of what its request needed.
    func finish() {
        transfer = nil
        openedSockets.removeAll(keepingCapacity: true)
    }

    /// Forgets every option, so that the next transfer sets all of them.
    func forgetOptions() {
        connection = nil
    }

    private func layOut(_ request: OutboundRequest, streamed: Bool) throws(RequestBlock.Invalid) {
        var body: [UInt8] = []
        if case .bytes(let bytes) = request.body, !streamed { body = bytes }
        let wanted: Shape =
            switch (request.body, request.method) {
            case (.none, .head): .head
            case (.none, .post), (.none, .put), (.none, .patch): .post
            case (.none, _): .get
            case (.bytes, _), (.stream, _): .post
            }
        var extra: [StaticString] = []
        if streamed { extra.append("Expect:") }
        // libcurl would say of any body that it is a form.
        if wanted == .post, !request.headers.hasContentType { extra.append("Content-Type:") }
        try block.fill(request.headers, extra: extra, body: body)
        unsafe note(cc_set_headers(raw, block.list))
        if wanted != shape || request.method != method {
            try setMethod(request.method, wanted)
        }
        guard wanted == .post else { return }
        unsafe set(CURLOPT_POSTFIELDS, pointer: streamed ? nil : block.body)
        unsafe note(cc_set_size(raw, CURLOPT_POSTFIELDSIZE_LARGE, streamed ? request.announcedLength : body.count))
    }

    private func setMethod(_ method: HTTPMethod, _ wanted: Shape) throws(RequestBlock.Invalid) {
        guard !method.rawValue.isEmpty, method.rawValue.utf8.allSatisfy(RequestBlock.isTokenByte) else {
            throw RequestBlock.Invalid(reason: "the method is not a token")
        }
        let usual: HTTPMethod
        switch wanted {
        case .get:
            set(CURLOPT_HTTPGET, 1)
            usual = .get
        case .head:
            set(CURLOPT_NOBODY, 1)
            usual = .head
        case .post:
            set(CURLOPT_POST, 1)
            usual = .post
        }
        set(CURLOPT_CUSTOMREQUEST, method == usual ? nil : method.rawValue)
        shape = wanted
        self.method = method
    }

    /// Sets every option anew: those that are not about one request here, the others as on a fresh handle.
    private func configure(_ options: ConnectionOptions, _ settings: HTTPClientSettings) {
        unsafe curl_easy_reset(raw)
        target = nil
        shape = nil
        method = nil
        connectTimeout = nil
        unsafe note(
            cc_set_callbacks(
                raw, Self.callbacks, Unmanaged.passUnretained(self).toOpaque(),
                Unmanaged.passUnretained(engine).toOpaque()))
        unsafe set(CURLOPT_ERRORBUFFER, pointer: errorText)
        unsafe set(CURLOPT_SHARE, pointer: engine.tlsSessions)
        setConstants(settings)
        setIdentity(options.tls, unixSocketPath: options.unixSocketPath)
        connection = options
    }

    func set(_ option: CURLoption, _ value: Int) {
        unsafe note(cc_set_long(raw, option, value))
    }

    func set(_ option: CURLoption, _ value: String?) {
        unsafe note(cc_set_string(raw, option, value))
    }

    private func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) {
        unsafe note(cc_set_pointer(raw, option, pointer))
    }

    private func note(_ code: CURLcode) {
        if code != CURLE_OK, refusal == CURLE_OK { refusal = code }
    }

    /// Whether a body is read through the callback rather than handed over with the head.
    static func isStreamed(_ body: OutboundRequest.Body) -> Bool {
        switch body {
        case .none: false
        case .bytes(let bytes): bytes.count > inlineBodyLimit
        case .stream: true
        }
    }
}

extension HTTPHeaders {
    fileprivate var hasContentType: Bool {
        fields.contains { $0.name.utf8.count == 12 && Self.same($0.name, "content-type") }
    }
}

extension OutboundRequest {
    /// The length that is told to the server, -1 when it is not known.
    fileprivate var announcedLength: Int {
        switch body {
        case .none: 0
        case .bytes(let bytes): bytes.count
        case .stream(let length, _): length ?? -1
        }
    }
}
