internal import EventLoop
internal import HTTPMessages
package import HTTPServer
package import Logging
package import Observability
package import Tenancy

/// What a listener does with every request, in this order: name it, place it in its trace, find its route, make room
/// for it, hold it to its deadline, let the handler answer, turn what was thrown into an answer, count it, log it.
package final class RequestPipeline: Sendable {
    /// How one listener serves.
    package struct Options: Sendable {
        /// The listener's name, the value of metrics' `listener` label.
        package var listener: String
        /// The path that the routes are mounted under, such as `/scorable`; empty for none.
        package var prefix = ""
        /// Which requests are logged.
        package var accessLog = AccessLog.errors
        /// How many bytes a request's body may have where its route says nothing.
        package var bodyLimit = 1 << 20
        /// How long a request may take where its route says nothing.
        package var timeout: Duration?
        /// How many requests are served at the same time.
        package var maximumConcurrency = 1024
        /// Whose word is taken for where requests came from.
        package var trustedProxies = TrustedProxies.none

        package init(listener: String) { self.listener = listener }
    }

    /// What the pipeline is given by the daemon it runs in.
    package struct Surroundings: Sendable {
        package let logger: Logger
        package let metrics: Metrics
        package let identifiers: IdentifierSource
        package let traceIdentifiers: TraceIdentifiers
        package let spans: SpanRecorder

        package init(
            logger: Logger, metrics: Metrics, identifiers: IdentifierSource, traceIdentifiers: TraceIdentifiers,
            spans: SpanRecorder = .off
        ) {
            self.spans = spans
            self.logger = logger
            self.metrics = metrics
            self.identifiers = identifiers
            self.traceIdentifiers = traceIdentifiers
        }
    }

    private let router: Router
    private let options: Options
    private let identifiers: IdentifierSource
    private let mapping: ProblemMapping
    private let metrics: ListenerMetrics
    private let facts: ListenerFacts
    private let limit: ConcurrencyLimit

    /// Serves `router`; `mapping` says what clients are told about errors of the layers below.
    package init(
        _ router: Router, _ options: Options, in surroundings: Surroundings,
        mapping: @escaping ProblemMapping = { _ in nil }
    ) {
        self.router = router
        self.options = options
        identifiers = surroundings.identifiers
        self.mapping = mapping
        metrics = ListenerMetrics(surroundings.metrics, listener: options.listener, routes: router.routes)
        facts = ListenerFacts(
            prefix: options.prefix, logger: surroundings.logger, traceIdentifiers: surroundings.traceIdentifiers,
            spans: surroundings.spans)
        let limit = ConcurrencyLimit(maximum: options.maximumConcurrency)
        self.limit = limit
        surroundings.metrics.gauge(
            "scorable_http_requests_in_progress", "Requests whose answer has not begun.",
            labels: ["listener": options.listener]
        ) { Double(limit.current) }
    }

    /// Answers one request. Never throws: every failure has its answer.
    package func handle(_ request: HTTPRequest) async -> HTTPResponse {
        // When it was reported, so that what it waited for others of its turn is a part of how long it took.
        let started = Moment.turn
        let request = options.trustedProxies.resolving(request)
        let arrival = name(request)
        guard let path = pathBelowPrefix(of: request) else {
            return finish(request, arrival, started, nil, .answered(APIProblem.notFound().response()))
        }
        switch router.match(request.method, path) {
        case .found(let index, let parameters):
            let outcome = await serve(request, arrival, started, path, index, parameters)
            return finish(request, arrival, started, index, outcome)
        case .methodNotAllowed(let methods):
            let problem = APIProblem.methodNotAllowed(request.method, allowed: methods)
            return finish(request, arrival, started, nil, .answered(problem.response(router.unmatchedShape)))
        case .notFound:
            let problem = APIProblem.notFound("There is nothing at \(request.path).")
            return finish(request, arrival, started, nil, .answered(problem.response(router.unmatchedShape)))
        }
    }

    /// What a client is told whose request the server refuses before it gets here.
    package func refuse(_ refusal: HTTPRefusal) -> HTTPResponse {
        var response = refusal.response
        response.headers.add("x-request-id", identifiers.requestID())
        metrics.unmatched.record(status: response.status, took: nil)
        return response
    }

    /// Refuses new requests with 503 from now on, but for those that are exempt from shedding, and returns when those
    /// that were begun have their answers, at the latest after `time`. On a loop.
    package func drain(within time: Duration) async {
        limit.close()
        let deadline = Deadline.after(time)
        while limit.current > 0, !deadline.hasPassed {
            do {
                try await Loop.current?.sleep(for: .milliseconds(10))
            } catch {
                return  // Whoever waited does not any more.
            }
        }
    }

    /// What identifies a request, and what logs say about it.
    private struct Arrival {
        let requestID: String
        let trace: TraceContext

        /// `logger` with the request's names on every line.
        func naming(_ logger: Logger) -> Logger {
            var logger = logger
            logger[metadataKey: "request_id"] = .string(requestID)
            logger[metadataKey: "trace_id"] = .string(trace.traceID)
            return logger
        }
    }

    private func name(_ request: HTTPRequest) -> Arrival {
        let inherited = request.headers["traceparent"].flatMap {
            TraceContext(traceparent: $0, tracestate: request.headers["tracestate"])
        }
        return Arrival(
            requestID: RequestID.accepted(request.headers["x-request-id"]) ?? identifiers.requestID(),
            trace: inherited?.child(facts.traceIdentifiers) ?? facts.spans.root(facts.traceIdentifiers))
    }

    private enum Outcome {
        case answered(HTTPResponse)
        /// The client is gone; what is returned reaches nobody.
        case cancelled

        consuming func takeAnswer() -> HTTPResponse? {
            switch consume self {
            case .answered(let response): response
            case .cancelled: nil
            }
        }
    }

    private func serve(
        _ request: HTTPRequest, _ arrival: Arrival, _ started: Moment, _ path: String, _ index: Int,
        _ parameters: PathParameters
    ) async -> Outcome {
        let route = router.routes[index]
        if route.options.isExemptFromShedding {
            limit.enterRegardless()
        } else if !limit.enter() {
            metrics.shed.increment()
            let problem = APIProblem.unavailable(
                "No further request can be served at the moment.", retryAfter: RetryAfter(.seconds(1)))
            return .answered(problem.response(route.options.errorShape))
        }
        defer { limit.leave() }
        let allowed = (route.options.timeout ?? options.timeout).map { Deadline(moment: started + $0) } ?? .never
        let deadline = DeadlineField.deadline(request.headers[DeadlineField.name], from: started).earlier(allowed)
        let context = RequestContext(
            request: request, requestID: arrival.requestID, trace: arrival.trace, path: path,
            routePattern: route.pattern, pathParameters: parameters, deadline: deadline,
            bodyLimit: route.options.bodyLimit ?? options.bodyLimit, isResumable: route.options.isResumable, of: facts)
        do {
            if route.options.keepsDeadline { return .answered(try await route.handler(context)) }
            return .answered(
                try await HandlerDeadline.run(until: deadline) { try await route.handler(context) })
        } catch {
            return answer(to: error, context, route.options.errorShape)
        }
    }

    private func answer(to error: any Error, _ context: RequestContext, _ shape: ErrorShape) -> Outcome {
        switch Failure(error, mapping) {
        case .problem(let problem): return .answered(problem.response(shape))
        case .unexpected:
            context.logUnexpected(error)
            return .answered(APIProblem.internalError.response(shape))
        case .cancelled: return .cancelled
        }
    }

    private func finish(
        _ request: HTTPRequest, _ arrival: Arrival, _ started: Moment, _ index: Int?,
        _ outcome: consuming Outcome
    ) -> HTTPResponse {
        let duration = started.duration(to: .now)
        let metrics = index.map { self.metrics.routes[$0] } ?? self.metrics.unmatched
        // Taken over, so that its fields are not copied when one more is added.
        guard var response = outcome.takeAnswer() else {
            metrics.recordCancelled()
            record(request, arrival, index, took: duration, status: nil)
            return APIProblem.unavailable("The request was given up.", retryAfter: RetryAfter(.seconds(1))).response()
        }
        response.headers.add("x-request-id", arrival.requestID)
        // So that the next call goes to another replica, and not over this connection to one that goes.
        if limit.isClosing { response.headers.add("connection", "close") }
        metrics.record(status: response.status, took: duration)
        record(request, arrival, index, took: duration, status: response.status)
        guard options.accessLog.wants(status: response.status) else { return response }
        let route = index.map { router.routes[$0] }
        if route?.options.isExemptFromShedding != true {
            options.accessLog.record(
                request, route: route?.pattern, status: response.status, took: duration,
                arrival.naming(facts.logger))
        }
        return response
    }

    /// A request in its trace, until the head of its answer; questions for health and metrics are left out.
    private func record(
        _ request: HTTPRequest, _ arrival: Arrival, _ index: Int?, took duration: Duration, status: Int?
    ) {
        guard arrival.trace.isSampled else { return }
        let route = index.map { router.routes[$0] }
        guard route?.options.isExemptFromShedding != true else { return }
        let pattern = route?.pattern ?? RouteMetrics.unmatched
        let failure: String? =
            switch status {
            case nil: "cancelled"
            case let status? where status >= 500: "\(status)"
            case _?: nil
            }
        facts.spans.record(
            arrival.trace, "\(request.method.rawValue) \(pattern)", .server, took: duration, failure: failure,
            [
                .init("http.request.method", request.method.rawValue), .init("http.route", pattern),
                .init("http.response.status_code", status ?? 499), .init("scorable.request_id", arrival.requestID),
                .init("scorable.listener", options.listener),
            ])
    }

    private func pathBelowPrefix(of request: HTTPRequest) -> String? {
        guard !options.prefix.isEmpty else { return request.path }
        guard request.path.hasPrefix(options.prefix) else { return nil }
        let rest = request.path.dropFirst(options.prefix.count)
        return rest.isEmpty || rest.first == "/" ? String(rest) : nil
    }
}
