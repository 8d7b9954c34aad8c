internal import Records
internal import Scoring
package import Tenancy

extension Executions {
    /// Executes one evaluator, and returns when the result is recorded.
    /// - Throws: `NotFound`; `InvalidDefinition` for an unknown project; `ExecutionFailed` when there is no score.
    package func execute(
        _ choice: EvaluatorChoice, _ order: ExecutionOrder, as principal: Principal, _ context: CallContext
    ) async throws -> EvaluatorReceipt {
        let evaluated = try await evaluate([choice], order, as: principal, context)[0]
        try await recorder.record(evaluated.execution)
        if let failure = evaluated.receipt.outcome.failure {
            throw ExecutionFailed(failure: failure, executionLogID: evaluated.receipt.executionLogID)
        }
        return evaluated.receipt
    }

    /// Executes evaluators on the same input, each for itself, and leaves recording to the caller. An evaluator that
    /// fails has a failure as its outcome.
    /// - Throws: `NotFound`; `InvalidDefinition` for an unknown project or file.
    package func evaluate(
        _ choices: [EvaluatorChoice], _ order: ExecutionOrder, as principal: Principal, _ context: CallContext
    ) async throws -> [(receipt: EvaluatorReceipt, execution: FinishedExecution)] {
        var evaluators: [Evaluator] = []
        for choice in choices { evaluators.append(try await catalogue.evaluator(choice, for: principal)) }
        guard let first = evaluators.first else { return [] }
        let project = try await projects.target(
            order.projectID, of: first.organizationID, first.projectID, needing: .evaluatorExecute, for: principal)
        let opened = try await files.look(
            into: order.input.fileIDs, of: principal.organizationID, readableBy: principal)
        let results = try await outcomes(
            of: evaluators, order, lookingInto: opened, project: project, principal, context)
        return zip(evaluators, results).enumerated().map { number, part in
            let (evaluator, result) = part
            let (id, moment) = logID(number, of: order)
            let log = ExecutionLog(
                id: id, organizationID: principal.organizationID, projectID: project, type: .evaluator,
                item: ExecutedItem(
                    id: evaluator.id.uuid, versionID: evaluator.version.id.uuid, name: evaluator.name),
                ownerID: principal.user.id, batchID: order.batchID, input: order.input, files: opened.references,
                labels: order.labels, outcome: result.outcome, requestID: context.requestID, createdAt: moment)
            let receipt = EvaluatorReceipt(evaluator: evaluator, outcome: result.outcome, executionLogID: id)
            return (receipt, FinishedExecution(log: log))
        }
    }
}
