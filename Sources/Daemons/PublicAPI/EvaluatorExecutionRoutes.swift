internal import Records
internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Tenancy
internal import Scoring
internal import WireAPI

extension PublicRoutes {
    func addEvaluatorExecutions(to routes: inout ProtectedRoutes) {
        routes.on(
            .post, "/v1/evaluators/execute/{id}/", needs: .evaluatorExecute, in: .evaluator("id"), leaving: .nothing
        ) {
            context, principal in
            let body = try await context.decode(ExecutionRequest.self)
            let version = body.evaluatorVersionId.map(EvaluatorVersionID.init(uuid:))
            return try await execute(.id(context.parameter("id"), version), body, context, principal)
        }
        routes.on(.post, "/v1/evaluators/execute/by-name/", needs: .evaluatorExecute, in: .any, leaving: .nothing) {
            context, principal in
            guard let name = context.query["name"] else {
                throw APIProblem.invalid("name", "This query parameter is required.")
            }
            return try await execute(
                .name(name), try await context.decode(ExecutionRequest.self), context, principal)
        }
    }

    private func execute(
        _ choice: EvaluatorChoice, _ body: ExecutionRequest, _ context: RequestContext, _ principal: Principal
    ) async throws -> Reply {
        let receipt = try await executions.execute(
            choice, try ExecutionOrder(body), as: principal, CallContext(context, timeout: executionTimeout))
        return .json(EvaluatorExecutionResult(receipt))
    }
}

extension EvaluatorExecutionResult {
    init(_ receipt: EvaluatorReceipt) {
        self.init(
            evaluatorName: receipt.evaluator.name, score: receipt.outcome.score?.value,
            cost: receipt.outcome.cost?.dollars, executionLogId: receipt.executionLogID.uuid,
            justification: receipt.outcome.justification, confidence: receipt.outcome.confidence)
    }
}
