internal import CCurl
internal import EventLoop

/// Opens connections by libcurl, which resolves names, tries the addresses of a host side by side, and gets through
/// proxies. What it has connected is taken out of its hands: from then on it is a socket of ours.
///
/// Confined to its loop.
@safe final class Connector {
    let settings: HTTPClientSettings
    let sockets: ConnectingSockets
    private let loop: Loop
    private let multi: UnsafeMutableRawPointer
    /// The attempts that libcurl has.
    private var attempts: [ObjectIdentifier: ConnectAttempt] = [:]
    /// The socket that libcurl closes at the moment and which is to stay open.
    private var kept: Int32 = CC_SOCKET_BAD
    private var mustDrive = false
    private var isDriving = false
    /// When libcurl wants to be called, and when the timer does that.
    private var due = Moment.never
    private var timerDue = Moment.never
    private var timer: LoopTimer?

    init(loop: Loop, settings: HTTPClientSettings) {
        precondition(CurlLibrary.isReady, "libcurl cannot be used: it needs 7.87 or later with a threaded resolver")
        guard let multi = unsafe curl_multi_init() else { preconditionFailure("libcurl gives no multi handle") }
        self.loop = loop
        self.settings = settings
        unsafe self.multi = multi
        sockets = ConnectingSockets(loop: loop)
        sockets.onReady = { [unowned self] fd, bits in drive(fd, bits) }
        unsafe cc_multi_set_callbacks(
            multi,
            { _, fd, action, context, _ in
                guard let context = unsafe context else { return -1 }
                unsafe Connector.from(context).sockets.want(fd, action)
                return 0
            },
            { _, milliseconds, context in
                guard let context = unsafe context else { return -1 }
                unsafe Connector.from(context).due =
                    milliseconds < 0 ? Moment.never : .now.advanced(by: Int64(milliseconds) * 1_000_000)
                return 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        timer?.cancel()
        unsafe curl_multi_cleanup(multi)
    }

    private static func from(_ context: UnsafeMutableRawPointer) -> Connector {
        unsafe Unmanaged<Connector>.fromOpaque(context).takeUnretainedValue()
    }

    /// Begins to connect. The attempt's `onEnd` may be called before this returns.
    func start(_ attempt: ConnectAttempt, _ route: Route, patience: Duration) {
        let milliseconds = Int(min(max(1, patience.nanoseconds / 1_000_000), Int64(Int32.max)))
        if let failure = attempt.configure(route, patience: milliseconds) {
            return attempt.onEnd(.failure(failure))
        }
        attempts[ObjectIdentifier(attempt)] = attempt
        let code = unsafe curl_multi_add_handle(multi, attempt.raw)
        precondition(code == CURLM_OK, "libcurl takes no handle: \(unsafe String(cString: curl_multi_strerror(code)))")
        drive()
    }

    /// Gives an attempt up; its `onEnd` is not called.
    func abandon(_ attempt: ConnectAttempt) {
        guard attempts.removeValue(forKey: ObjectIdentifier(attempt)) != nil else { return }
        unsafe curl_multi_remove_handle(multi, attempt.raw)
        drive()
    }

    /// libcurl is done with a socket.
    func close(_ fd: Int32) {
        sockets.forget(fd)
        if fd != kept { cc_close_socket(fd) }
    }

    // MARK: Driving libcurl

    /// Lets libcurl act on a descriptor that is ready.
    private func drive(_ fd: Int32, _ bits: Int32) {
        var running: Int32 = 0
        // Its code only tells of misuse; what becomes of the attempts is told by `collect`.
        unsafe curl_multi_socket_action(multi, fd, bits, &running)
        drive()
    }

    /// Lets libcurl act on what was added or is due, until there is no more of it.
    private func drive() {
        mustDrive = true
        // What an ending leads to is done by the loop that has brought it about.
        guard !isDriving else { return }
        isDriving = true
        while mustDrive {
            mustDrive = false
            var running: Int32 = 0
            unsafe curl_multi_socket_action(multi, CC_SOCKET_TIMEOUT, 0, &running)
            collect()
        }
        isDriving = false
        schedule()
    }

    private func collect() {
        var code = CURLE_OK
        while let raw = unsafe cc_next_finished(multi, &code) {
            guard let known = unsafe ConnectAttempt.of(raw),
                let attempt = attempts.removeValue(forKey: ObjectIdentifier(known))
            else { continue }
            kept = code == CURLE_OK ? unsafe cc_connected_socket(raw) : CC_SOCKET_BAD
            let fd = kept
            // Closes what it has connected, but for what is kept.
            unsafe curl_multi_remove_handle(multi, raw)
            kept = CC_SOCKET_BAD
            attempt.onEnd(fd == CC_SOCKET_BAD ? .failure(attempt.failure(code)) : .success(fd))
        }
    }

    private func schedule() {
        guard due != timerDue else { return }
        timer?.cancel()
        timer = nil
        timerDue = due
        guard due != Moment.never else { return }
        timer = loop.at(due) { [unowned self] in
            // libcurl says again when it wants to be called next, but only if that is another moment.
            due = Moment.never
            timerDue = Moment.never
            drive()
        }
    }
}

/// libcurl's global state, set up once a process.
private enum CurlLibrary {
    /// Whether it is set up and has what is needed.
    static let isReady = cc_global_init() == CURLE_OK && cc_is_suitable() != 0
}
