internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Tenancy
internal import WireAPI

// What an organisation wants of sign-ins and keys.
extension AccountRoutes {
    func addSignInPolicy(to routes: inout ProtectedRoutes) {
        let (path, policies) = (OperatorSignInPolicy.path, product.policies)
        routes.on(.get, path, needs: .signInPolicyRead) { context, principal in
            .json(try await policies.find(of: principal.organizationID))
        }
        routes.on(
            .put, path, needs: .signInPolicyUpdate, confirmed: true, leaving: .change("sign_in_policy.update")
        ) { context, principal in
            let change = try await context.decode(OperatorSignInPolicyChange.self)
            return .json(
                try await policies.replace(
                    by: change, of: principal.organizationID, by: context.actor(principal)))
        }
    }
}
