internal import Cryptography
internal import HTTPMessages
package import HTTPServer

/// The secrets by which the daemons of one deployment know each other.
package struct ServiceTokens: Sendable {
    private let digests: [[UInt8]]

    /// - Parameter tokens: any of these is accepted, so that a token can be replaced without a moment of refusal.
    package init(_ tokens: [String]) {
        digests = tokens.map { SHA256.hash(Array($0.utf8)) }
    }

    /// Whether a request carries one of the tokens as `Authorization: Bearer …`.
    ///
    /// Digests are compared, each in constant time and all of them, so that timing tells neither a prefix nor a length.
    package func accepts(_ request: HTTPRequest) -> Bool {
        guard let field = request.headers["authorization"], field.count > 7, field.prefix(7).lowercased() == "bearer "
        else { return false }
        let offered = SHA256.hash(Array(field.utf8.dropFirst(7)))
        return digests.reduce(false) { constantTimeEqual($1, offered) || $0 }
    }

    /// Lets only requests with a token through to a handler.
    package var middleware: Middleware {
        { next in
            { context in
                guard accepts(context.request) else {
                    throw context.request.headers["authorization"] == nil
                        ? APIProblem.notAuthenticated : APIProblem.authenticationFailed("Not a valid service token.")
                }
                return try await next(context)
            }
        }
    }
}
