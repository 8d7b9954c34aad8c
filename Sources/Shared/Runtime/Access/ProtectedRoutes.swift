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
    private let authenticator: Authenticator
    private let middleware: [PrincipalMiddleware]

    /// No routes yet. Calls go through `middleware`, the first one first, when their caller is known and may make them.
    package init(
        authenticator: Authenticator, aliases: PathAliases? = nil, through middleware: [PrincipalMiddleware] = []
    ) {
        self.authenticator = authenticator
        self.middleware = middleware
        router = Router(aliases: aliases)
    }

    /// Registers a route that callers with `permission` may use.
    package mutating func on(
        _ method: HTTPMethod, _ path: String, needs permission: Permission, _ options: RouteOptions = RouteOptions(),
        _ handler: @escaping PrincipalHandler
    ) {
        let authenticator = authenticator
        let handler = middleware.reversed().reduce(handler) { $1($0) }
        router.on(method, path, options) { context in
            let principal = try await authenticator.principal(
                Credentials(authorization: context.header("authorization")))
            try principal.require(permission)
            return try await handler(context, principal)
        }
    }

    /// Registers a route for everybody: signing in, and what a load balancer asks. Each has a reason beside it.
    package mutating func onForEverybody(
        _ method: HTTPMethod, _ path: String, _ options: RouteOptions = RouteOptions(), _ handler: @escaping Handler
    ) {
        router.on(method, path, options, handler)
    }
}
