package import HTTPMessages
package import HTTPServing
package import Tenancy

/// Answers one request of a known caller.
package typealias PrincipalHandler = @Sendable (RequestContext, Principal) async throws -> Reply

/// Wraps the handler of a known caller with something that is done before or after it.
package typealias PrincipalMiddleware = @Sendable (@escaping PrincipalHandler) -> PrincipalHandler

/// Routes that nobody passes without credentials and the permission that the route names: the one place where the
/// permission table is enforced.
package struct ProtectedRoutes: Sendable {
    /// What was registered, ready to be served.
    package private(set) var router: Router
    /// Who may call what was registered, in that order.
    package private(set) var operations: [ProtectedOperation] = []
    private let authenticator: Authenticator
    /// Follows the calls of these routes, and what one of them does among several.
    package let trail: AccessTrail
    /// Whether something new is taken at the moment, for handlers whose route does not tell whether they would store much.
    package let takesNew: @Sendable () -> Bool
    private let middleware: [PrincipalMiddleware]

    /// The field by which a client says, with `1`, that it asks by itself, while nobody may sit there: such a call does not
    /// keep a session from idling out.
    static let unattendedField = "x-scorable-unattended"

    /// No routes yet. Calls go through `middleware`, the first one first, when their caller is known and may make them;
    /// `trail` follows them; ``takesNew`` is for what only a handler knows.
    package init(
        authenticator: Authenticator, trail: AccessTrail, aliases: PathAliases? = nil,
        through middleware: [PrincipalMiddleware] = [],
        whileItTakesNew takesNew: @escaping @Sendable () -> Bool = { true }
    ) {
        self.authenticator = authenticator
        self.trail = trail
        self.takesNew = takesNew
        self.middleware = middleware
        router = Router(aliases: aliases)
    }

    /// Registers a route that callers with `permission` may use: by their role in the organisation, or with a `place` also
    /// by one in the project that the call is about. `confirmed` is for what is dangerous: who is signed in has to have
    /// shown a moment ago who they are. Every method but GET changes something and leaves a trace in the audit, where
    /// `trace` does not say otherwise.
    package mutating func on(
        _ method: HTTPMethod, _ path: String, needs permission: Permission, confirmed: Bool = false,
        in place: ProjectPlace? = nil, leaving trace: RouteTrace? = nil, _ options: RouteOptions = RouteOptions(),
        _ handler: @escaping PrincipalHandler
    ) {
        let rule = AccessRule(permission: permission, wantsConfirmation: confirmed, place: place)
        let trace = trace ?? .usual(of: method)
        operations.append(ProtectedOperation(method: method, path: path, rule: rule, trace: trace))
        let (authenticator, trail) = (authenticator, trail)
        let handler = middleware.reversed().reduce(handler) { $1($0) }
        router.on(method, path, options) { context in
            let principal: Principal
            do {
                principal = try await authenticator.caller(
                    Credentials(authorization: context.header("authorization")), from: context.remoteAddress,
                    isUnattended: context.header(Self.unattendedField) == "1")
            } catch let ended as EndedCredential {
                await trail.tell(of: ended, context, needing: permission, leaving: trace)
                throw APIProblem.authenticationFailed()
            }
            return try await trail.follow(context, principal, needing: permission, leaving: trace) {
                try await handler(try await rule.admit(principal, context, authenticator), principal)
            }
        }
    }

    /// Registers a route for everybody: signing in, and what a load balancer asks. Each has a reason beside it.
    package mutating func onForEverybody(
        _ method: HTTPMethod, _ path: String, _ options: RouteOptions = RouteOptions(), _ handler: @escaping Handler
    ) {
        operations.append(ProtectedOperation(method: method, path: path, rule: nil, trace: .nothing))
        router.on(method, path, options, handler)
    }
}
