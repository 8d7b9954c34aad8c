internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Tenancy
internal import WireAPI

/// What the internal API serves of identity providers. Who changes one has shown a moment ago who they are: it decides who
/// everybody is.
package struct IdentityProviderRoutes: Sendable {
    private let product: IdentityProviderProduct

    package init(_ product: IdentityProviderProduct) { self.product = product }

    /// Reading metadata waits for somebody outside.
    private static let patience = RouteOptions(bodyLimit: 4 << 20, timeout: .seconds(30))

    func add(to routes: inout ProtectedRoutes) {
        let (path, providers, checks) = (OperatorIdentityProvider.path, product.providers, product.checks)
        routes.on(.get, path, needs: .identityProviderRead) { context, principal in
            .json(try await providers.list(for: context.actor(principal)))
        }
        routes.on(.post, path, needs: .identityProviderUpdate, confirmed: true, Self.patience) { context, principal in
            let draft = try await context.decode(OperatorIdentityProviderDraft.self)
            let added = try await providers.add(draft, to: principal.organizationID, by: context.actor(principal))
            return .json(added, status: 201)
        }
        routes.on(.get, path + "/{id}", needs: .identityProviderRead) { context, principal in
            .json(try await providers.find(context.parameter("id"), for: context.actor(principal)))
        }
        routes.on(.put, path + "/{id}", needs: .identityProviderUpdate, confirmed: true, Self.patience) {
            context, principal in
            let draft = try await context.decode(OperatorIdentityProviderDraft.self)
            return .json(
                try await providers.change(context.parameter("id"), to: draft, by: context.actor(principal)))
        }
        routes.on(.delete, path + "/{id}", needs: .identityProviderUpdate, confirmed: true) { context, principal in
            guard let revision = try context.query.value("revision", as: Int.self) else {
                throw APIProblem.invalid("revision", "Say which revision you looked at.")
            }
            try await providers.delete(context.parameter("id"), at: revision, by: context.actor(principal))
            return .noContent
        }
        routes.on(.post, path + "/{id}/key", needs: .identityProviderUpdate, confirmed: true) { context, principal in
            .json(try await providers.renewKey(of: context.parameter("id"), by: context.actor(principal)))
        }
        routes.on(.post, path + "/{id}/refresh", needs: .identityProviderUpdate, Self.patience) { context, principal in
            .json(try await checks.refresh(context.parameter("id"), by: context.actor(principal)))
        }
        routes.on(
            .post, path + "/{id}/test", needs: .identityProviderRead, leaving: .change("identity_provider.test"),
            Self.patience
        ) { context, principal in
            .json(try await checks.test(context.parameter("id"), by: context.actor(principal)))
        }
    }
}
