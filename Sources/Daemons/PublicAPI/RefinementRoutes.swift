internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import JSON
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    /// Improving a response by what a judge says of it.
    func addRefinements(to routes: inout ProtectedRoutes) {
        let patience = RouteOptions(timeout: Self.refinementTimeout)
        let path = "/v1/judges/{judge_id}/refine/"
        routes.on(.post, path, needs: .judgeExecute, in: .any, leaving: .nothing, patience) {
            context, principal in
            let body = try await context.decode(RefinementRequest.self)
            let choice = JudgeChoice.id(
                try context.parameter("judge_id"), body.execution.judgeVersionId.map(JudgeVersionID.init(uuid:)))
            let order = try ExecutionOrder(body.execution)
            let rule = RefinementRule(body.rule)
            let call = CallContext(context, timeout: Self.refinementTimeout)
            guard body.rule.stream ?? false else {
                return .json(
                    RefinementResult(
                        try await refinements.refine(by: choice, order, rule: rule, as: principal, call)))
            }
            // What is wrong with the request itself is said before the stream begins.
            try await refinements.check(choice, order, rule: rule, as: principal)
            return .events { stream in
                do {
                    let refined = try await refinements.refine(
                        by: choice, order, rule: rule, as: principal, call
                    ) { original in
                        try await stream.send(event: RefinementStart(original, of: order))
                    }
                    try await stream.send(event: RefinementResult(refined))
                } catch let failed as ExecutionFailed {
                    try await stream.send(event: StreamedFailure(failed))
                } catch {
                    // Such as a judge that was deleted a moment ago. What is our own fault breaks the stream off.
                    guard let problem = APIProblem.told(of: error, ClientProblems.mapping) else { throw error }
                    try await stream.send(event: StreamedFailure(problem))
                }
            }
        }
    }

    /// How long a refinement may take: some executions and improvements one after the other.
    private static let refinementTimeout = Duration.seconds(300)
}

/// The last event of a stream that could not go on.
private struct StreamedFailure: Encodable {
    let error: String
    /// `nil` when nothing was executed.
    let executionLogId: String?

    init(_ failed: ExecutionFailed) {
        error = failed.failure.explanation
        executionLogId = "\(failed.executionLogID)"
    }

    init(_ problem: APIProblem) {
        error = problem.detail
        executionLogId = nil
    }
}

extension ServerSentEventStream {
    fileprivate func send(event: some Encodable) async throws {
        try await send(
            OutgoingEvent(name: nil, data: String(decoding: JSONCodec.encode(event), as: UTF8.self)))
    }
}

extension RefinementRule {
    fileprivate init(_ body: RefinementRequest.Rule) {
        self.init()
        if let tries = body.maxIterations { mostTries = tries }
        if let patience = body.patience { self.patience = patience }
        if let least = body.minImprovement { leastImprovement = least }
        if let threshold = body.threshold { self.threshold = threshold }
    }
}

extension RefinementResult {
    fileprivate init(_ refined: RefinedResponse) {
        self.init(
            improvedResponse: refined.improvedResponse, originalResponse: refined.originalResponse,
            evaluatorResults: JudgeEvaluatorResult.all(of: refined.improved),
            originalEvaluatorResults: JudgeEvaluatorResult.all(of: refined.original),
            executionLogId: refined.improved.executionLogID.uuid)
    }
}

extension RefinementStart {
    fileprivate init(_ original: JudgeReceipt, of order: ExecutionOrder) {
        self.init(
            originalResponse: order.input.effectiveResponse ?? "",
            originalEvaluatorResults: JudgeEvaluatorResult.all(of: original))
    }
}
