internal import CLinux
internal import Synchronization

/// What all loops of one listener share.
final class ServingPlan: Sendable {
    let settings: HTTPListenerSettings
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse
    let refusal: @Sendable (HTTPRefusal) -> HTTPResponse

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

extension Duration {
    /// Whole milliseconds, rounded up.
    var milliseconds: Int64 {
        components.seconds * 1000 + (components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}

/// Milliseconds of a monotonic clock, good to some 4 ms.
func coarseNow() -> Int64 { cl_coarse_milliseconds() }
