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
        let onceForACall = RouteOptions(isResumable: true)
        routes.on(
            .post, "/v1/evaluators/execute/{id}/", needs: .evaluatorExecute, in: .evaluator("id"), leaving: .nothing,
            onceForACall
        ) {
            context, principal in
            let body = try await context.decode(ExecutionRequest.self)
            let version = body.evaluatorVersionId.map(EvaluatorVersionID.init(uuid:))
            return try await execute(.id(context.parameter("id"), version), body, context, principal)
        }
        routes.on(
            .post, "/v1/evaluators/execute/by-name/", needs: .evaluatorExecute, in: .any, leaving: .nothing,
            onceForACall
        ) {
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
        let order = try ExecutionOrder(body, callID: context.callID)
        return .json(
            try await once(context, principal, { EvaluatorExecutionResult($0.log) }) {
                EvaluatorExecutionResult(
                    try await executions.execute(
                        choice, order, as: principal, CallContext(context, timeout: executionTimeout)))
            })
    }
}

extension EvaluatorExecutionResult {
    init(_ receipt: EvaluatorReceipt) {
        self.init(
            evaluatorName: receipt.evaluator.name, score: receipt.outcome.score?.value,
            cost: receipt.outcome.cost?.dollars, executionLogId: receipt.executionLogID.uuid,
            justification: receipt.outcome.justification, confidence: receipt.outcome.confidence)
    }

    /// What was recorded of an execution.
    init(_ log: ExecutionLog) {
        self.init(
            evaluatorName: log.item.name, score: log.outcome.score?.value, cost: log.outcome.cost?.dollars,
            executionLogId: log.id.uuid, justification: log.outcome.justification, confidence: log.outcome.confidence)
    }
}
