package import EventLoop
package import FoundationEssentials
package import HTTPMessages
package import HTTPServer
package import Logging
package import Observability

/// One request with what is known about it; handed to its handler and passed on from there.
///
/// A class, because it is handed on and captured so often.
package final class RequestContext: Sendable {
    /// The request as it came.
    package let request: HTTPRequest
    /// What the logs of every daemon, and the client, call this request.
    package let requestID: String
    /// Where this request stands in its trace.
    package let trace: TraceContext
    /// The raw path below the prefix that the listener is mounted under.
    package let path: String
    /// The pattern of the route that answers.
    package let routePattern: String
    /// The values of the pattern's parameters.
    package let pathParameters: PathParameters
    /// The decoded query string.
    package let query: QueryParameters
    /// When the answer comes too late for the caller.
    package let deadline: Deadline
    /// How many bytes of body are accepted.
    package let bodyLimit: Int
    /// Whether the route can be asked again after its process ended in the middle.
    package let isResumable: Bool
    /// The same for a call and its repetitions, another for every other call; `nil` for one that its caller cannot repeat.
    package let callID: UUID?
    /// Whether this call was begun before by somebody who did not say how it ended: some of it may be done.
    package let isResumed: Bool

    private let listener: ListenerFacts

    /// A context made by hand; the pipeline makes those of real requests.
    package convenience init(
        request: HTTPRequest, requestID: String, trace: TraceContext, path: String? = nil, routePattern: String = "",
        pathParameters: PathParameters = .none, deadline: Deadline = .never, bodyLimit: Int = 1 << 20,
        isResumable: Bool = false, callID: UUID? = nil, isResumed: Bool = false, prefix: String = "", logger: Logger,
        traceIdentifiers: TraceIdentifiers, spans: SpanRecorder = .off
    ) {
        self.init(
            request: request, requestID: requestID, trace: trace, path: path ?? request.path,
            routePattern: routePattern, pathParameters: pathParameters, deadline: deadline, bodyLimit: bodyLimit,
            isResumable: isResumable, callID: callID, isResumed: isResumed,
            of: ListenerFacts(prefix: prefix, logger: logger, traceIdentifiers: traceIdentifiers, spans: spans))
    }

    init(
        request: HTTPRequest, requestID: String, trace: TraceContext, path: String, routePattern: String,
        pathParameters: PathParameters, deadline: Deadline, bodyLimit: Int, isResumable: Bool, callID: UUID? = nil,
        isResumed: Bool = false, of listener: ListenerFacts
    ) {
        self.request = request
        self.requestID = requestID
        self.trace = trace
        self.path = path
        self.routePattern = routePattern
        self.pathParameters = pathParameters
        query = QueryParameters(request.query)
        self.deadline = deadline
        self.bodyLimit = bodyLimit
        self.isResumable = isResumable
        self.callID = callID
        self.isResumed = isResumed
        self.listener = listener
    }

    /// The same request with a body that was read already.
    package func carrying(_ body: [UInt8]) -> RequestContext {
        let carrying = HTTPRequest(
            method: request.method, path: request.path, query: request.query, headers: request.headers,
            remoteAddress: request.remoteAddress, isSecure: request.isSecure, body: HTTPRequestBody(body))
        return copy(of: carrying, callID, isResumed: isResumed)
    }

    /// The same request as a call that its caller can repeat.
    package func known(as callID: UUID, isResumed: Bool) -> RequestContext {
        copy(of: request, callID, isResumed: isResumed)
    }

    private func copy(of request: HTTPRequest, _ callID: UUID?, isResumed: Bool) -> RequestContext {
        RequestContext(
            request: request, requestID: requestID, trace: trace, path: path, routePattern: routePattern,
            pathParameters: pathParameters, deadline: deadline, bodyLimit: bodyLimit, isResumable: isResumable,
            callID: callID, isResumed: isResumed, of: listener)
    }

    /// What is told to collectors of traces.
    package var spans: SpanRecorder { listener.spans }

    /// How it is asked.
    package var method: HTTPMethod { request.method }

    /// The query string as it came.
    package var rawQuery: String? { request.query }

    /// Where the request came from; behind proxies that are trusted, as they say.
    package var remoteAddress: String { request.remoteAddress }

    /// The first value of a header field of the request.
    package func header(_ name: String) -> String? { request.headers[name] }

    /// How clients outside reach this listener.
    package var address: ExternalAddress { ExternalAddress(of: request, prefix: listener.prefix) }

    /// A logger whose lines name the request and its trace. Made when asked for: most requests log nothing.
    package var logger: Logger {
        var logger = listener.logger
        logger[metadataKey: "request_id"] = .string(requestID)
        logger[metadataKey: "trace_id"] = .string(trace.traceID)
        return logger
    }

    /// The value of a path parameter as `Value`; text that cannot be one names nothing, which is a 404.
    package func parameter<Value: LosslessStringConvertible>(
        _ name: String, as _: Value.Type = Value.self
    ) throws -> Value {
        guard let value = Value(pathParameters[name]) else { throw APIProblem.notFound() }
        return value
    }

    /// Where a piece of work within this request stands in its trace.
    package func childTrace() -> TraceContext { trace.child(listener.traceIdentifiers) }

    /// Header fields for a call that this request causes: its identifier, its place in its trace, and the time that is left.
    package var propagation: HTTPHeaders {
        var headers: HTTPHeaders = ["x-request-id": requestID, "traceparent": trace.traceparent]
        if let state = trace.state { headers.add("tracestate", state) }
        if let remaining = deadline.remaining { headers.add(DeadlineField.name, DeadlineField.text(remaining)) }
        return headers
    }
}

/// What the contexts of a listener's requests share: one reference in each of them.
final class ListenerFacts: Sendable {
    let prefix: String
    let logger: Logger
    let traceIdentifiers: TraceIdentifiers
    let spans: SpanRecorder

    init(prefix: String, logger: Logger, traceIdentifiers: TraceIdentifiers, spans: SpanRecorder) {
        self.prefix = prefix
        self.logger = logger
        self.traceIdentifiers = traceIdentifiers
        self.spans = spans
    }
}

/// The header field by which a caller says how long it will wait: whole milliseconds from the request's arrival.
enum DeadlineField {
    static let name = "x-scorable-deadline-ms"

    static func text(_ remaining: Duration) -> String {
        "\(max(1, Int64(remaining.inSeconds * 1000)))"
    }

    /// The deadline that `text` states in a request that arrived at a moment; `never` when it states none.
    static func deadline(_ text: String?, from arrival: Moment) -> Deadline {
        guard let text, let milliseconds = Int64(text), milliseconds > 0, milliseconds < 86_400_000 else {
            return .never
        }
        return Deadline(moment: arrival + .milliseconds(milliseconds))
    }
}
