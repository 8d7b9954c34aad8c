internal import EventLoop
internal import FoundationEssentials
internal import HTTPServing
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension ExecutionOrder {
    init(_ body: ExecutionRequest, callID: UUID? = nil) throws {
        self.init(
            input: try EvaluationInput(body), labels: try ExecutionLabels(body),
            projectID: body.projectId.map(ProjectID.init(uuid:)), callID: callID)
    }
}

extension PublicRoutes {
    /// Executes what a call asks for, unless it has been before: whoever began it may have ended, or be about to record it.
    func once<Answer>(
        _ context: RequestContext, _ principal: Principal, _ told: (FinishedExecution) -> Answer,
        execute: () async throws -> Answer
    ) async throws -> Answer {
        guard let call = context.callID, context.isResumed else { return try await execute() }
        if let recorded = try await recorded(by: call, principal) { return told(recorded) }
        let answer = try await execute()
        // The other one may have been first: what is recorded is what is said.
        return try await recorded(by: call, principal).map(told) ?? answer
    }

    private func recorded(by call: UUID, _ principal: Principal) async throws -> FinishedExecution? {
        guard let recorded = try await logs.recorded(by: call, for: principal) else { return nil }
        if let failure = recorded.log.outcome.failure {
            throw ExecutionFailed(failure: failure, executionLogID: recorded.log.id)
        }
        return recorded
    }
}

extension CallContext {
    /// The circumstances of an execution that `context` asks for.
    init(_ context: RequestContext, timeout: Duration) {
        self.init(
            requestID: context.requestID, callerWaits: context.deadline, atMost: timeout,
            propagation: context.propagation, logger: context.logger)
    }
}
