internal import CMicrohttpd
internal import EventLoop

/// One libmicrohttpd daemon, driven by a loop and fed with accepted sockets.
///
/// The library is used without threads and without its own listening socket. It calls back only from within `run`,
/// `add` and `stop`, so everything it touches is confined to the loop.
@safe final class MicroDaemon {
    unowned let server: LoopServer
    let isSecure: Bool
    private let loop: Loop
    private var raw: OpaquePointer?
    private var watch: Watch?
    private var arriving: Connection?
    private var isRunning = false
    private var isRunScheduled = false
    /// Counts callbacks, to tell a daemon that works from one that spins.
    private var activity = 0
    private var quietRuns = 0
    private var pause: LoopTimer?

    init(server: LoopServer, identity: TLSIdentity?) throws(HTTPListenerError) {
        self.server = server
        loop = server.loop
        isSecure = identity != nil
        unsafe raw = Self.start(context: Unmanaged.passUnretained(self).toOpaque(), server.plan, identity)
        guard let raw = unsafe raw else {
            throw isSecure ? .badIdentity : .cannotStart("libmicrohttpd did not start; out of memory or descriptors?")
        }
        do {
            watch = try unsafe loop.watch(cm_epoll_fd(raw), .readable) { [unowned self] _ in run() }
        } catch {
            stop()
            throw .system(error)
        }
    }

    /// Hands an accepted socket over. `connection` is attached within the call, unless the library refuses it.
    func add(_ connection: Connection) {
        guard let raw = unsafe raw else { return }
        arriving = connection
        _ = unsafe cm_add(raw, connection.fd)
        arriving = nil
    }

    /// Runs the daemon when what is runnable on the loop has run; many wishes make one run.
    func scheduleRun() {
        guard !isRunScheduled else { return }
        isRunScheduled = true
        loop.atEndOfTurn { [self] in
            isRunScheduled = false
            run()
        }
    }

    /// Lets the daemon read, call back and write.
    func run() {
        guard let raw = unsafe raw, !isRunning else { return }
        isRunning = true
        let before = activity
        _ = unsafe MHD_run(raw)
        isRunning = false
        guard unsafe cm_has_pending(raw) != 0 else { return quietRuns = 0 }
        quietRuns = activity == before ? quietRuns + 1 : 0
        guard quietRuns > 64 else { return scheduleRun() }
        // The daemon claims to have work and does none: it has a chunk header longer than its buffer, and polls until
        // the body's minimum rate ends that connection. Do not burn the core meanwhile.
        guard pause == nil else { return }
        pause = loop.after(.milliseconds(10)) { [weak self] in
            self?.pause = nil
            self?.run()
        }
    }

    /// Closes what is left and frees the daemon. No connection may be suspended.
    func stop() {
        guard let raw = unsafe raw else { return }
        unsafe self.raw = nil
        watch?.cancel()
        watch = nil
        pause?.cancel()
        unsafe MHD_stop_daemon(raw)
    }

    /// The daemon has called back: what it is busy with is work.
    func noteActivity() { activity += 1 }

    // MARK: Callbacks

    private static func start(context: UnsafeMutableRawPointer, _ plan: ServingPlan, _ identity: TLSIdentity?)
        -> OpaquePointer?
    {
        var options = unsafe cm_options()
        unsafe options.context = context
        unsafe options.memory_per_connection = plan.settings.limits.headerBytes * 2
        unsafe options.notify = { context, connection, slot, event in
            guard let daemon = unsafe MicroDaemon.from(context), let connection = unsafe connection else { return }
            if event == .CONNECTION_NOTIFY_STARTED {
                unsafe slot?.pointee = daemon.started(connection)
            } else {
                unsafe daemon.closed(connection)
            }
        }
        unsafe options.target = { context, target, connection in
            guard let daemon = unsafe MicroDaemon.from(context), let target = unsafe target else { return nil }
            daemon.noteActivity()
            guard let connection = unsafe connection.flatMap({ unsafe Connection.from($0) }) else { return nil }
            let exchange = unsafe connection.beginExchange(target: UnsafeMutablePointer(mutating: target))
            return unsafe Unmanaged.passUnretained(exchange).toOpaque()
        }
        unsafe options.access = { context, _, target, method, version, upload, uploadSize, slot in
            guard let daemon = unsafe MicroDaemon.from(context),
                let exchange = unsafe slot?.pointee.map({ unsafe Unmanaged<Exchange>.fromOpaque($0) }),
                let target = unsafe target, let method = unsafe method, let version = unsafe version,
                let uploadSize = unsafe uploadSize
            else { return .NO }
            daemon.noteActivity()
            let call = unsafe AccessCall(
                target: target, method: method, version: version, upload: upload, uploadSize: uploadSize)
            return unsafe exchange.takeUnretainedValue().access(call) ? .YES : .NO
        }
        unsafe options.completed = { _, _, slot, reason in
            guard let exchange = unsafe slot?.pointee else { return }
            unsafe slot?.pointee = nil
            unsafe Unmanaged<Exchange>.fromOpaque(exchange).takeUnretainedValue()
                .end(cleanly: reason == .REQUEST_TERMINATED_COMPLETED_OK)
        }
        guard let identity else { return unsafe cm_start(options) }
        // The library reads both texts within the call and keeps the parsed forms.
        return unsafe identity.certificatePEM.withCString { certificate in
            unsafe identity.keyPEM.withCString { key in
                unsafe options.certificate = certificate
                unsafe options.key = key
                return unsafe cm_start(options)
            }
        }
    }

    /// The daemon of a callback: its owner keeps it until `stop` has returned.
    private static func from(_ context: UnsafeMutableRawPointer?) -> MicroDaemon? {
        unsafe context.map { unsafe Unmanaged<MicroDaemon>.fromOpaque($0).takeUnretainedValue() }
    }

    private func started(_ raw: OpaquePointer) -> UnsafeMutableRawPointer? {
        guard let connection = arriving else { return nil }
        if isSecure { unsafe server.plan.tickets?.enable(on: raw) }
        unsafe connection.attach(raw)
        return unsafe Unmanaged.passUnretained(connection).toOpaque()
    }

    private func closed(_ raw: OpaquePointer) {
        guard let connection = unsafe Connection.from(raw) else { return }
        connection.detach()
    }
}

/// One call of the daemon's access callback, valid during the call.
@safe struct AccessCall {
    let target: UnsafePointer<CChar>
    let method: UnsafePointer<CChar>
    let version: UnsafePointer<CChar>
    private let upload: UnsafePointer<CChar>?
    private let uploadSize: UnsafeMutablePointer<Int>

    init(
        target: UnsafePointer<CChar>, method: UnsafePointer<CChar>, version: UnsafePointer<CChar>,
        upload: UnsafePointer<CChar>?, uploadSize: UnsafeMutablePointer<Int>
    ) {
        unsafe self.target = target
        unsafe self.method = method
        unsafe self.version = version
        unsafe self.upload = upload
        unsafe self.uploadSize = uploadSize
    }

    /// How many bytes of the body the call brings.
    var uploadCount: Int { unsafe uploadSize.pointee }

    /// Takes the bytes of the body.
    func takeUpload() -> [UInt8] {
        defer { dropUpload() }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: upload, count: uploadSize.pointee))
    }

    /// Lets the bytes of the body go.
    func dropUpload() { unsafe uploadSize.pointee = 0 }

    /// Whether the request is HTTP/1.0.
    var isHTTP10: Bool { unsafe version[7] == CChar(bitPattern: UInt8(ascii: "0")) }
}
