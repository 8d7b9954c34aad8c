internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Tenancy
internal import WireAPI

// Second factors. One's own is open also to who has to set one up first.
extension AccountRoutes {
    func addSecondFactor(to routes: inout ProtectedRoutes) {
        let (path, factors) = (OperatorSecondFactor.path, product.secondFactors)
        routes.on(.get, path, needs: .signInOwn) { context, principal in
            .json(try await factors.find(of: principal))
        }
        routes.on(
            .post, path, needs: .signInOwn, confirmed: true, leaving: .change("second_factor.begin")
        ) { context, principal in
            .json(try await factors.begin(for: principal), status: 201).secret
        }
        routes.on(.put, path, needs: .signInOwn, leaving: .change("second_factor.enrol")) { context, principal in
            let body = try await context.decode(OperatorSecondFactorCode.self)
            return .json(try await factors.confirm(body.code, for: principal, by: context.actor(principal))).secret
        }
        routes.on(
            .post, path + "/recovery-codes", needs: .organizationRead,
            leaving: .change("second_factor.renew_recovery_codes")
        ) { context, principal in
            let proof = SignIn.Proof(try await context.decode(OperatorConfirmation.self))
            let made = try await factors.renewRecoveryCodes(for: principal, by: proof, from: context.signInPlace)
            return .json(made).secret
        }
        routes.on(
            .post, path + "/removal", needs: .organizationRead, leaving: .change("second_factor.remove")
        ) { context, principal in
            let proof = SignIn.Proof(try await context.decode(OperatorConfirmation.self))
            try await factors.remove(of: principal, by: proof, from: context.signInPlace)
            return .noContent
        }
        routes.on(
            .delete, OperatorSecondFactor.path(of: "{id}"), needs: .userUpdate, confirmed: true,
            leaving: .change("second_factor.remove")
        ) { context, principal in
            try await factors.remove(
                of: context.parameter("id"), in: principal.organizationID, by: context.actor(principal))
            return .noContent
        }
    }
}
