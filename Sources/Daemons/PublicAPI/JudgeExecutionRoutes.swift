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
        let onceForACall = RouteOptions(isResumable: true)
        routes.on(
            .post, "/v1/judges/{judge_id}/execute/", needs: .judgeExecute, in: .judge("judge_id"), leaving: .nothing,
            onceForACall
        ) {
            context, principal in
            let body = try await context.decode(ExecutionRequest.self)
            let version = body.judgeVersionId.map(JudgeVersionID.init(uuid:))
            return try await execute(.id(context.parameter("judge_id"), version), body, context, principal)
        }
        routes.on(
            .post, "/v1/judges/execute/by-name/", needs: .judgeExecute, in: .any, leaving: .nothing, onceForACall
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
        _ choice: JudgeChoice, _ body: ExecutionRequest, _ context: RequestContext, _ principal: Principal
    ) async throws -> Reply {
        let order = try ExecutionOrder(body, callID: context.callID)
        return .json(
            try await once(context, principal, JudgeExecutionResult.init) {
                let receipt = try await executions.execute(
                    choice, order, as: principal, CallContext(context, timeout: executionTimeout))
                return JudgeExecutionResult(
                    evaluatorResults: JudgeEvaluatorResult.all(of: receipt), executionLogId: receipt.executionLogID.uuid
                )
            })
    }
}

extension JudgeExecutionResult {
    /// What was recorded of an execution.
    init(_ execution: FinishedExecution) {
        self.init(
            evaluatorResults: execution.parts.compactMap(JudgeEvaluatorResult.init),
            executionLogId: execution.log.id.uuid)
    }
}

extension JudgeEvaluatorResult {
    /// What was recorded of an evaluator's part.
    init?(_ log: ExecutionLog) {
        guard let evaluator = log.item.id, let version = log.item.versionID else { return nil }
        self.init(
            evaluatorName: log.item.name, score: log.outcome.score?.value,
            justification: log.outcome.justification ?? log.outcome.failure?.explanation,
            evaluatorId: evaluator, evaluatorVersionId: version, confidence: log.outcome.confidence,
            executionLogId: log.id.uuid)
    }

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
