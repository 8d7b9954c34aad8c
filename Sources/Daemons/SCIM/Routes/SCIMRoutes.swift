package import Access
import HTTPMessages
package import HTTPServing
package import Operations
import Tenancy

/// SCIM 2.0 (RFC 7644): by what identity providers keep people and groups here. They show an API key whose scope is
/// `user:provision`.
package struct SCIMRoutes: Sendable {
    let provisioning: Provisioning
    private let errors: ErrorReplies

    /// `mapping` says what clients are told about errors of the layers below.
    package init(provisioning: Provisioning, mapping: @escaping ProblemMapping) {
        self.provisioning = provisioning
        errors = ErrorReplies(mapping: mapping)
    }

    /// Adds every route below `/scim/v2`.
    package func add(to routes: inout ProtectedRoutes) {
        addUsers(to: &routes)
        addGroups(to: &routes)
        addSearches(to: &routes)
        addDiscovery(to: &routes)
        addNothing(to: &routes)
    }

    /// The same, beside what `routes` has, with problems told in SCIM's own shape.
    package func router(adding routes: consuming ProtectedRoutes) -> Router {
        var routes = routes
        add(to: &routes)
        var router = Router()
        router.include(routes.router, through: [errors.middleware])
        return router
    }

    /// A body of this size says all that there is to say about ten thousand members.
    static let options = RouteOptions(bodyLimit: 1 << 20)

    /// What there is nothing at is said in SCIM's own shape, too. Bulk operations and `/Me` are not offered: the
    /// configuration says so.
    private func addNothing(to routes: inout ProtectedRoutes) {
        for method in [HTTPMethod.get, .post, .put, .patch, .delete] {
            for path in ["/{resource}", "/{resource}/{id}"] {
                routes.on(method, ResourcePlace.root + path, needs: .userProvision, leaving: .nothing) {
                    context, _ in
                    throw SCIMProblem(404, nil, "There is nothing at \(context.path).")
                }
            }
        }
    }
}
