package import HTTPMessages
package import HTTPServer

/// Answers one request.
package typealias Handler = @Sendable (RequestContext) async throws -> HTTPResponse

/// Wraps a handler with something that is done before or after it.
package typealias Middleware = @Sendable (@escaping Handler) -> Handler

/// What a route wants to be treated differently from the others.
package struct RouteOptions: Sendable {
    /// The body that an error is answered with.
    package var errorShape: ErrorShape = .problem
    /// How many bytes the request's body may have; `nil` for the listener's own limit.
    package var bodyLimit: Int?
    /// How long the handler may take to produce the head of its answer; `nil` for no limit of the route's own.
    package var timeout: Duration?
    /// Whether the route answers also when the daemon sheds load: health and metrics do.
    package var isExemptFromShedding = false
    /// Whether the handler ends by the request's deadline by itself, so that nobody has to watch it.
    package var keepsDeadline = false
    /// Whether the handler makes one thing of a ``RequestContext/callID``, however often it is asked, also at the same time: a
    /// call in whose middle its process ended is then made again.
    package var isResumable = false

    package init(
        errorShape: ErrorShape = .problem, bodyLimit: Int? = nil, timeout: Duration? = nil,
        isExemptFromShedding: Bool = false, keepsDeadline: Bool = false, isResumable: Bool = false
    ) {
        self.errorShape = errorShape
        self.bodyLimit = bodyLimit
        self.timeout = timeout
        self.isExemptFromShedding = isExemptFromShedding
        self.keepsDeadline = keepsDeadline
        self.isResumable = isResumable
    }
}

/// A method and a path pattern with what answers them. A class, because every request takes its own in hand.
package final class Route: Sendable {
    package let method: HTTPMethod
    /// The path as it was registered, such as `/v1/evaluators/{id}/`: the value of metrics' `route` label.
    package let pattern: String
    package let options: RouteOptions
    package let handler: Handler
    /// The names of the pattern's parameters, in order.
    let parameterNames: [String]

    init(method: HTTPMethod, pattern: String, options: RouteOptions, handler: @escaping Handler) {
        self.method = method
        self.pattern = pattern
        self.options = options
        self.handler = handler
        parameterNames = Self.segments(of: pattern).compactMap { segment in
            guard case .parameter(let name) = segment else { return nil }
            return name
        }
    }

    /// Whether requests of this method are the route's. By the text, because methods themselves are compared by a call.
    func answers(_ method: HTTPMethod) -> Bool { self.method.rawValue == method.rawValue }

    /// What the pattern's segments ask for.
    enum Segment: Hashable {
        case literal(String)
        case parameter(String)
    }

    /// The segments of `pattern`; empty ones are dropped, as they are in requests.
    static func segments(of pattern: String) -> [Segment] {
        pattern.split(separator: "/").map { part in
            guard part.first == "{", part.last == "}" else {
                precondition(!part.contains { $0 == "{" || $0 == "}" }, "\(pattern): a parameter is a whole segment")
                return .literal(String(part))
            }
            return .parameter(String(part.dropFirst().dropLast()))
        }
    }
}
