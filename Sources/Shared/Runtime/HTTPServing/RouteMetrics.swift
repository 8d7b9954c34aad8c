internal import HTTPMessages
internal import Observability

/// What is counted about the requests of one listener.
struct ListenerMetrics: Sendable {
    /// By the index of the route in its router.
    let routes: [RouteMetrics]
    /// Requests without a route.
    let unmatched: RouteMetrics
    let shed: Counter

    init(_ metrics: Metrics, listener: String, routes: [Route]) {
        let labels: Labels = ["listener": listener]
        shed = metrics.counter(
            "scorable_http_shed_requests_total", "Requests turned away because too many were being served.",
            labels: labels)
        self.routes = routes.map {
            RouteMetrics(metrics, labels, method: $0.method.rawValue, pattern: $0.pattern)
        }
        unmatched = RouteMetrics(metrics, labels, method: "any", pattern: RouteMetrics.unmatched)
    }
}

/// What is counted about one route. The instruments are looked up at start, so that counting takes no lock. A class,
/// because every request takes those of its route in hand.
final class RouteMetrics: Sendable {
    /// What stands for the route of requests that have none.
    static let unmatched = "(none)"

    /// By class of status, from 1xx to 5xx.
    private let answers: [Counter]
    private let cancelled: Counter
    private let duration: Histogram

    init(_ metrics: Metrics, _ labels: Labels, method: String, pattern: String) {
        let labels = labels.adding("method", method).adding("route", pattern)
        func answers(_ status: String) -> Counter {
            metrics.counter(
                "scorable_http_requests_total", "Requests answered, by class of status.",
                labels: labels.adding("status", status), hiddenWhileZero: true)
        }
        self.answers = (1...5).map { answers("\($0)xx") }
        cancelled = answers("cancelled")
        duration = metrics.histogram(
            "scorable_http_request_duration_seconds",
            "Time from a request's head to the head of its answer, in seconds.", labels: labels, hiddenWhileZero: true)
    }

    /// Counts an answer; the duration is `nil` where nothing was done that took time.
    func record(status: Int, took duration: Duration?) {
        answers[min(max(status / 100, 1), 5) - 1].increment()
        if let duration { self.duration.observe(duration) }
    }

    /// Counts a request whose client went away.
    func recordCancelled() { cancelled.increment() }
}
