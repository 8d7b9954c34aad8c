internal import HTTPMessages
internal import HTTPServer
internal import Logging
internal import Observability

/// Which requests get a line in the log.
package enum AccessLog: String, Sendable, CaseIterable {
    /// None; failures of ours are logged all the same.
    case off
    /// Those answered with 400 or more.
    case errors
    /// All but health checks and metrics.
    case all

    /// Whether a request that was answered with `status` gets a line.
    func wants(status: Int) -> Bool {
        switch self {
        case .off: false
        case .errors: status >= 400
        case .all: true
        }
    }

    /// Writes the line of one request. The query is left out: it may hold what people search for.
    func record(_ request: HTTPRequest, route: String?, status: Int, took duration: Duration, _ logger: Logger) {
        logger.info(
            "request",
            metadata: [
                "method": .string(request.method.rawValue),
                "path": .string(String(request.path.prefix(512))),
                "route": .string(route ?? RouteMetrics.unmatched),
                "status": .stringConvertible(status),
                "duration_ms": .stringConvertible((duration.inSeconds * 1_000_000).rounded() / 1000),
                "remote": .string(request.remoteAddress),
                "user_agent": .string(String((request.headers["user-agent"] ?? "").prefix(200))),
            ])
    }
}
