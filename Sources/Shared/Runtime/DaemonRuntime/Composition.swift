package import EventLoop
package import HTTPServing
package import Logging
package import Observability
package import Tenancy
package import WireAPI

/// A daemon being put together: what the executable adds its parts to, in order of dependency.
package struct Composition<Values: Sendable>: Sendable {
    /// The loops that everything runs on.
    package let loops: LoopGroup
    package let logger: Logger
    package let metrics: Metrics
    package let identifiers: IdentifierSource
    package let traceIdentifiers: TraceIdentifiers
    /// What collectors of traces are told.
    package let spans: SpanRecorder
    /// Who this process is, and with which settings it was started; `nil` where nobody is to know.
    package let instance: OperatorInstance?
    /// How this process does.
    package let condition = OwnCondition()
    /// Whose word every listener takes for where requests came from.
    package var trustedProxies = TrustedProxies.none
    private let reportFailure: @Sendable (String, any Error) -> Void

    private(set) var services: [Service] = []
    private(set) var checks: [ReadinessCheck] = []
    private(set) var complaints: [@Sendable () -> String?] = []
    private(set) var listeners: [PlannedListener] = []
    private(set) var internalRoutes: [Router] = []
    private(set) var internalMapping: [ProblemMapping] = []
    private(set) var reloads: [@Sendable (Values) async throws -> Void] = []

    /// What every request pipeline is given.
    var surroundings: RequestPipeline.Surroundings {
        RequestPipeline.Surroundings(
            logger: logger, metrics: metrics, identifiers: identifiers, traceIdentifiers: traceIdentifiers,
            spans: spans)
    }

    init(
        loops: LoopGroup, logger: Logger, metrics: Metrics, identifiers: IdentifierSource,
        traceIdentifiers: TraceIdentifiers, spans: SpanRecorder = .off, instance: OperatorInstance? = nil,
        reportFailure: @escaping @Sendable (String, any Error) -> Void
    ) {
        self.loops = loops
        self.logger = logger
        self.metrics = metrics
        self.identifiers = identifiers
        self.traceIdentifiers = traceIdentifiers
        self.spans = spans
        self.instance = instance
        self.reportFailure = reportFailure
    }

    /// Adds a part; those it depends on were added before. Parts start in this order and stop in the opposite one.
    package mutating func add(_ service: Service) { services.append(service) }

    /// Adds work that runs for as long as the daemon, on a loop.
    ///
    /// `body` returns soon after `drain` has begun; when the grace period is over it is cancelled. When it returns or
    /// throws before that, the daemon stops, because a part of it is missing.
    package mutating func work(
        _ name: String, _ body: @escaping @Sendable (_ drain: DrainSignal) async throws -> Void
    ) {
        add(Work(name, on: loops.next(), reportFailure: reportFailure, body).service)
    }

    /// Adds something that must be well for the daemon to be ready, or that is only `useful` to it; `body` throws when it is
    /// not well.
    package mutating func check(
        _ name: String, _ dependence: Dependence = .necessary, _ body: @escaping @Sendable () async throws -> Void
    ) {
        checks.append(ReadinessCheck(name: name, dependence: dependence, body: body))
    }

    /// Adds a part that must get on for the daemon to count as alive; `complaint` says what is wrong, and must be quick
    /// and ask nobody outside the process. A daemon that does not count as alive is to be restarted by its supervisor.
    package mutating func watch(_ complaint: @escaping @Sendable () -> String?) { complaints.append(complaint) }

    /// Adds a listener, which is started when all parts run; one that `answersProbes` says to whoever asks whether the
    /// daemon lives and is ready, and no more.
    package mutating func listen(
        _ name: String, _ settings: ListenerSettings, _ router: Router, answersProbes: Bool = false,
        mapping: @escaping ProblemMapping = { _ in nil }
    ) {
        listeners.append(
            PlannedListener(
                name: name, settings: settings, router: router, answersProbes: answersProbes, mapping: mapping))
    }

    /// Adds routes to the internal listener, beside health and metrics.
    package mutating func serveInternally(
        _ router: Router, through middleware: [Middleware] = [], mapping: @escaping ProblemMapping = { _ in nil }
    ) {
        var wrapped = Router()
        wrapped.include(router, through: middleware)
        internalRoutes.append(wrapped)
        internalMapping.append(mapping)
    }

    /// Adds what is done with new settings when SIGHUP asks for a reload.
    package mutating func onReload(_ body: @escaping @Sendable (Values) async throws -> Void) {
        reloads.append(body)
    }
}

/// A listener that is to be started when the parts of a daemon run.
struct PlannedListener: Sendable {
    /// The section of the daemon's settings that is about it.
    let name: String
    let settings: ListenerSettings
    var router: Router
    var answersProbes = false
    let mapping: ProblemMapping
}
