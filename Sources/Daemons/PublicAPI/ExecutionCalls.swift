internal import EventLoop
internal import HTTPServing
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension ExecutionOrder {
    init(_ body: ExecutionRequest) throws {
        self.init(
            input: try EvaluationInput(body), labels: try ExecutionLabels(body),
            projectID: body.projectId.map(ProjectID.init(uuid:)))
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
