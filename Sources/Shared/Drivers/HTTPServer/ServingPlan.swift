internal import CLinux
internal import CMicrohttpd
internal import Synchronization

/// What all loops of one listener share.
final class ServingPlan: Sendable {
    let settings: HTTPListenerSettings
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse
    let refusal: @Sendable (HTTPRefusal) -> HTTPResponse
    /// The secret that lets clients resume TLS sessions on any of the loops.
    let tickets: TicketKey?

    // The durations of the settings in milliseconds, as the sweeps need them.
    let headerTimeout: Int64
    let idleTimeout: Int64
    let bodyRateWindow: Int64
    /// How often connections are looked at: a quarter of the shortest timeout.
    let sweepInterval: Duration

    private let connections = Atomic<Int>(0)
    private let draining = Atomic<Bool>(false)

    init(
        settings: HTTPListenerSettings, refusal: @escaping @Sendable (HTTPRefusal) -> HTTPResponse,
        handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) {
        self.settings = settings
        self.handler = handler
        self.refusal = refusal
        tickets = settings.tls == nil ? nil : TicketKey()
        headerTimeout = settings.limits.headerTimeout.milliseconds
        idleTimeout = settings.limits.idleTimeout.milliseconds
        bodyRateWindow = settings.limits.bodyRateWindow.milliseconds
        let shortest = min(headerTimeout, idleTimeout, bodyRateWindow)
        sweepInterval = .milliseconds(max(20, min(1000, shortest / 4)))
    }

    /// Counts a connection in, unless there are as many as allowed.
    func admit() -> Bool {
        guard connections.add(1, ordering: .relaxed).newValue > settings.maximumConnections else { return true }
        dismiss()
        return false
    }

    /// Counts a connection out.
    func dismiss() { connections.subtract(1, ordering: .relaxed) }

    var openConnections: Int { connections.load(ordering: .relaxed) }

    var isDraining: Bool {
        get { draining.load(ordering: .relaxed) }
        set { draining.store(newValue, ordering: .relaxed) }
    }
}

/// The secret of TLS session tickets, wiped when the listener goes.
///
/// `@unchecked Sendable`: made once and only read; each TLS session copies it.
@safe final class TicketKey: @unchecked Sendable {
    private let raw: UnsafeMutablePointer<gnutls_datum_t>

    /// Fails when GnuTLS has no randomness; sessions are then not resumed.
    init?() {
        guard let raw = unsafe cm_ticket_key() else { return nil }
        unsafe self.raw = raw
    }

    deinit { unsafe cm_ticket_key_free(raw) }

    /// Lets the client of `connection` resume its session later; before the handshake.
    func enable(on connection: OpaquePointer) { unsafe cm_enable_tickets(connection, raw) }
}

extension Duration {
    /// Whole milliseconds, rounded up.
    var milliseconds: Int64 {
        components.seconds * 1000 + (components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}

/// Milliseconds of a monotonic clock, good to some 4 ms.
func coarseNow() -> Int64 { cl_coarse_milliseconds() }
