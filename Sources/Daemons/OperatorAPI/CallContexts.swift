internal import HTTPServing
internal import Operations

extension CallContext {
    /// The circumstances of an execution that a request asks for.
    init(_ context: RequestContext, timeout: Duration) {
        self.init(
            requestID: context.requestID, callerWaits: context.deadline, atMost: timeout,
            propagation: context.propagation, logger: context.logger)
    }
}
