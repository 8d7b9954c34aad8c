internal import HTTPMessages
internal import HTTPServer
internal import HTTPServing
internal import Observability

/// What the internal listener answers to those who look after the daemon.
struct HealthRoutes {
    /// A loop that gave no sign for this long makes the daemon count as hung.
    static let patience: Duration = .seconds(10)

    let progress: LoopProgress
    /// What parts of the daemon say that do not get on.
    let complaints: [@Sendable () -> String?]
    let readiness: Readiness
    let metrics: Metrics

    /// The body of `/livez`.
    private struct Liveness: Encodable {
        let status: String
        let stalledLoops: [String]
        let complaints: [String]
    }

    private var options: RouteOptions { RouteOptions(isExemptFromShedding: true) }

    /// For those who look after the daemon from inside.
    var router: Router {
        var router = probes
        router.on(.get, "/metrics", options) { [metrics] _ in
            .bytes(metrics.exposition(), type: Metrics.expositionContentType)
        }
        return router
    }

    /// What a load balancer asks.
    var probes: Router {
        var router = Router()
        router.on(.get, "/livez", options) { [progress, complaints] _ in
            let stalled = progress.stalled(for: Self.patience)
            let complaints = complaints.compactMap { $0() }
            let isAlive = stalled.isEmpty && complaints.isEmpty
            return .json(
                Liveness(status: isAlive ? "alive" : "hung", stalledLoops: stalled, complaints: complaints),
                status: isAlive ? 200 : 503)
        }
        router.on(.get, "/readyz", options) { [readiness] _ in
            let report = await readiness.report()
            return .json(report, status: report.isReady ? 200 : 503)
        }
        return router
    }
}
