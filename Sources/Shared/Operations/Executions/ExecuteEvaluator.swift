internal import Records
internal import Scoring
package import Tenancy

extension Executions {
    /// Executes one evaluator, and returns when the result is recorded.
    /// - Throws: `NotFound`; `InvalidDefinition` for an unknown project; `ExecutionFailed` when there is no score.
    package func execute(
        _ choice: EvaluatorChoice, _ order: ExecutionOrder, as principal: Principal, _ context: CallContext
    ) async throws -> EvaluatorReceipt {
        let evaluator = try await catalogue.evaluator(choice, for: principal)
        let project = try await projects.target(
            order.projectID, of: evaluator.organizationID, evaluator.projectID, for: principal)
        let result = try await outcomes(of: [evaluator], order, project: project, principal, context)[0].outcome
        let (id, moment) = newLogID()
        let log = ExecutionLog(
            id: id, organizationID: principal.organizationID, projectID: project, type: .evaluator,
            item: ExecutedItem(
                id: evaluator.id.uuid, versionID: evaluator.version.id.uuid, name: evaluator.name),
            ownerID: principal.user.id, input: order.input, labels: order.labels, outcome: result,
            requestID: context.requestID, createdAt: moment)
        try await recorder.record(FinishedExecution(log: log))
        if let failure = result.failure { throw ExecutionFailed(failure: failure, executionLogID: id) }
        return EvaluatorReceipt(evaluator: evaluator, outcome: result, executionLogID: id)
    }
}
