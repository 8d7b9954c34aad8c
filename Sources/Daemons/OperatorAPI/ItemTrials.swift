internal import EventLoop
internal import FoundationEssentials
internal import HTTPServing
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension CatalogueRoutes {
    /// Executes an item on what somebody wants to see it judge, and returns the log, also of an execution that gave no
    /// score.
    func execute(
        _ kind: OperatorItemKind, _ id: UUID, _ trial: OperatorTrial, _ principal: Principal, _ context: RequestContext
    ) async throws -> ExecutionLogID {
        let request = try ExecutionRequest(trial)
        let order = ExecutionOrder(
            input: try EvaluationInput(request), labels: try ExecutionLabels(request),
            projectID: trial.projectID.map(ProjectID.init(uuid:)))
        let call = CallContext(context, timeout: executionTimeout)
        do {
            switch kind {
            case .evaluator:
                let choice = EvaluatorChoice.id(
                    EvaluatorID(uuid: id), trial.versionID.map(EvaluatorVersionID.init(uuid:)))
                return try await executions.execute(choice, order, as: principal, call).executionLogID
            case .judge:
                let choice = JudgeChoice.id(JudgeID(uuid: id), trial.versionID.map(JudgeVersionID.init(uuid:)))
                return try await executions.execute(choice, order, as: principal, call).executionLogID
            }
        } catch let failed as ExecutionFailed {
            return failed.executionLogID
        }
    }
}
