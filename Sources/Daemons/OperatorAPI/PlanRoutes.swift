package import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Tenancy
internal import WireAPI

/// What the internal API serves of plans. What a plan does asks for permissions of its own, beside that of seeing lists.
package struct PlanRoutes: Sendable {
    private let plans: Plans
    private let authenticator: Authenticator

    package init(plans: Plans, authenticator: Authenticator) {
        self.plans = plans
        self.authenticator = authenticator
    }

    func add(to routes: inout ProtectedRoutes) {
        let path = OperatorPlanDraft.path
        routes.on(.post, path, needs: .eventRead, in: .any, leaving: .nothing) { context, principal in
            let draft = try await context.decode(OperatorPlanDraft.self)
            return .json(
                try await plans.make(draft, for: PlanCaller(principal, from: context.remoteAddress)), status: 201)
        }
        routes.on(.get, path + "/{id}", needs: .eventRead, in: .any) { context, principal in
            .json(try await plans.find(context.uuid("id"), for: principal))
        }
        routes.on(.post, path + "/{id}/execute", needs: .eventRead, in: .any, leaving: .change("plan.execute")) {
            context, principal in
            let body = try await context.decode(OperatorPlanConfirmation.self)
            let credentials = Credentials(authorization: context.header("authorization"))
            let plan = try await plans.execute(
                context.uuid("id"), confirm: body.confirm, for: PlanCaller(principal, from: context.remoteAddress)
            ) {
                do {
                    return try await authenticator.watcher(credentials)
                } catch let problem as APIProblem {
                    throw PlanProblem(.state, problem.detail)
                }
            }
            return .json(plan, status: plan.state == .running ? 202 : 200)
        }
        routes.on(.post, path + "/{id}/cancel", needs: .eventRead, in: .any, leaving: .change("plan.cancel")) {
            context, principal in
            .json(try await plans.cancel(context.uuid("id"), for: principal), status: 202)
        }
        routes.on(.post, path + "/{id}/undo", needs: .eventRead, in: .any, leaving: .change("plan.undo")) {
            context, principal in
            let body = try await context.decode(OperatorPlanUndo.self)
            return .json(
                try await plans.undo(
                    context.uuid("id"), token: body.undo, for: PlanCaller(principal, from: context.remoteAddress)))
        }
    }
}
