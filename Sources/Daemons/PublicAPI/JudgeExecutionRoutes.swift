internal import Records
internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    func addJudgeExecutions(to routes: inout ProtectedRoutes) {
        routes.on(
            .post, "/v1/judges/{judge_id}/execute/", needs: .judgeExecute, in: .judge("judge_id"), leaving: .nothing
        ) {
            context, principal in
            let body = try await context.decode(ExecutionRequest.self)
            let version = body.judgeVersionId.map(JudgeVersionID.init(uuid:))
            return try await execute(.id(context.parameter("judge_id"), version), body, context, principal)
        }
        routes.on(.post, "/v1/judges/execute/by-name/", needs: .judgeExecute, in: .any, leaving: .nothing) {
            context, principal in
            guard let name = context.query["name"] else {
                throw APIProblem.invalid("name", "This query parameter is required.")
            }
            return try await execute(
                .name(name), try await context.decode(ExecutionRequest.self), context, principal)
        }
    }

    private func execute(
        _ choice: JudgeChoice, _ body: ExecutionRequest, _ context: RequestContext, _ principal: Principal
    ) async throws -> Reply {
        let receipt = try await executions.execute(
            choice, try ExecutionOrder(body), as: principal, CallContext(context, timeout: executionTimeout))
        return .json(
            JudgeExecutionResult(
                evaluatorResults: JudgeEvaluatorResult.all(of: receipt), executionLogId: receipt.executionLogID.uuid))
    }
}

extension JudgeEvaluatorResult {
    /// What each evaluator of a judge found, in the judge's order.
    static func all(of receipt: JudgeReceipt) -> [JudgeEvaluatorResult] {
        zip(zip(receipt.judge.evaluators, receipt.outcomes), receipt.partIDs).map { part, id in
            let (evaluator, outcome) = part
            return JudgeEvaluatorResult(
                evaluatorName: evaluator.name, score: outcome.score?.value,
                justification: outcome.justification ?? outcome.failure?.explanation,
                evaluatorId: evaluator.id.uuid, evaluatorVersionId: evaluator.version.id.uuid,
                confidence: outcome.confidence, executionLogId: id.uuid)
        }
    }
}
