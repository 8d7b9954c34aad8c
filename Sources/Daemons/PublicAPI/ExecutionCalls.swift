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
    ///
    /// It ends a little before the caller stops waiting, so that what failed is recorded and told, and not cut off.
    init(_ context: RequestContext, timeout: Duration) {
        let remaining = context.deadline.earlier(.after(timeout)).remaining ?? timeout
        let deadline = Deadline.after(remaining - min(.milliseconds(500), remaining / 5))
        self.init(
            requestID: context.requestID, deadline: deadline, propagation: context.propagation,
            logger: context.logger)
    }
}
