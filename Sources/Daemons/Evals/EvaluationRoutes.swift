package import ChatModel
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
package import HTTPServing
internal import Logging
internal import Observability
internal import Scoring
internal import WireAPI

/// The interface of evald: scores, and what models write for judges.
package struct EvaluationRoutes: Sendable {
    /// What a call may take and use.
    package struct Limits: Sendable {
        /// How long a call may take whose caller sets no deadline.
        package var timeout: Duration = .seconds(120)
        /// How much of a caller's deadline is kept back, so that our answer still reaches it; at most a quarter of it.
        package var reserve: Duration = .milliseconds(200)
        /// How many evaluators of one call run at the same time.
        package var concurrency = 8
        /// How many evaluators one call may have.
        package var evaluators = 200
        /// How long a call may be.
        package var bodyBytes = 48 << 20

        package init() {}
    }

    private let proxy: ProxyClient
    private let tokens: ServiceTokens
    private let limits: Limits
    private let metrics: EvaluationMetrics
    let makeMarker: @Sendable () -> BlockMarker
    private let abilities = ModelAbilities()
    private let templates = TemplateCache()
    private let code = CodeRun()

    /// Evaluations through `proxy`. The blocks of a prompt are marked with what `makeMarker` gives: unpredictable, but
    /// for tests.
    package init(
        proxy: ProxyClient, tokens: ServiceTokens, limits: Limits, metrics: EvaluationMetrics,
        makeMarker: @escaping @Sendable () -> BlockMarker = BlockMarker.random
    ) {
        self.proxy = proxy
        self.tokens = tokens
        self.limits = limits
        self.metrics = metrics
        self.makeMarker = makeMarker
    }

    /// The routes, behind the service token.
    package var router: Router {
        var open = Router()
        // Pictures come along, in base64.
        let options = RouteOptions(bodyLimit: limits.bodyBytes, timeout: limits.timeout)
        open.on(.post, EvaluationCall.path, options) { .json(try await evaluate($0)) }
        addDrafting(to: &open, options)
        var router = Router()
        router.include(open, through: [tokens.middleware])
        return router
    }

    private func evaluate(_ context: RequestContext) async throws -> EvaluationReply {
        let arrival = ContinuousClock.now
        let call = try await context.decode(EvaluationCall.self)
        guard (1...limits.evaluators).contains(call.evaluators.count) else {
            throw APIProblem.invalid("evaluators", "Give 1 to \(limits.evaluators) evaluators.")
        }
        let inquirer = inquirer(for: call.organizationID, project: call.projectID, lane: call.lane, context)
        let evaluation = Evaluation(
            inquirer: inquirer, templates: templates, arrival: arrival, files: call.input.materials)
        metrics.begin(call.evaluators.count)
        let results = await results(of: call, evaluation, context)
        for (evaluator, result) in zip(call.evaluators, results) {
            metrics.count(result)
            if let failure = result.failure {
                context.logger.warning(
                    "evaluation failed",
                    metadata: [
                        // Not the message: it may have a provider's words, which may have the prompt's.
                        "evaluator": "\(evaluator.name)", "code": "\(failure.code)", "attempts": "\(result.attempts)",
                    ])
            }
        }
        return EvaluationReply(results: results)
    }

    /// Whoever asks models for `context`'s caller, and ends a little before that stops waiting.
    func inquirer(for organization: UUID, project: UUID?, lane: String?, _ context: RequestContext) -> Inquirer {
        var headers = context.propagation
        headers[ProxyHeader.deadline] = nil
        headers[ProxyHeader.lane] = lane
        let remaining = context.deadline.remaining ?? limits.timeout
        return Inquirer(
            proxy: proxy, abilities: abilities,
            caller: ProxyClient.Caller(organization: organization, project: project, headers: headers),
            deadline: .after(remaining - min(limits.reserve, remaining / 4)), metrics: metrics)
    }

    private func results(
        of call: EvaluationCall, _ evaluation: Evaluation, _ context: RequestContext
    ) async -> [EvaluationReply.Result] {
        let input: EvaluationInput
        do {
            input = try EvaluationInput(call.input)
        } catch {
            return call.evaluators.map { _ in Self.failed(error) }
        }
        guard call.evaluators.count > 1 else {
            return [await traced(call.evaluators[0], on: input, evaluation, context)]
        }
        metrics.queued.add(Int64(call.evaluators.count))
        return await withTaskGroup(of: (Int, EvaluationReply.Result).self) { group in
            var results = [EvaluationReply.Result?](repeating: nil, count: call.evaluators.count)
            var waiting = call.evaluators.enumerated().makeIterator()
            func startNext() {
                guard let (index, evaluator) = waiting.next() else { return }
                metrics.queued.add(-1)
                group.addTask { (index, await traced(evaluator, on: input, evaluation, context)) }
            }
            for _ in 0..<limits.concurrency { startNext() }
            while let (index, result) = await group.next() {
                results[index] = result
                startNext()
            }
            return results.compactMap(\.self)
        }
    }

    /// The result, with the evaluation as a part of the trace of its call.
    private func traced(
        _ evaluator: EvaluationCall.Evaluator, on input: EvaluationInput, _ evaluation: Evaluation,
        _ context: RequestContext
    ) async -> EvaluationReply.Result {
        let (trace, began) = (context.childTrace(), ContinuousClock.now)
        let result = await result(of: evaluator, on: input, evaluation.at(trace))
        context.spans.record(
            trace, "evaluate", .inside, took: began.duration(to: .now), failure: result.failure?.code,
            [
                .init("scorable.evaluator.behavior", evaluator.behavior),
                .init("gen_ai.response.model", result.model ?? ""), .init("scorable.model_calls", result.attempts),
            ])
        return result
    }

    private func result(
        of evaluator: EvaluationCall.Evaluator, on input: EvaluationInput, _ evaluation: Evaluation
    ) async -> EvaluationReply.Result {
        metrics.running.add(1)
        defer { metrics.running.add(-1) }
        if let definition = evaluator.code {
            return await code.result(of: definition, on: input, arrival: evaluation.arrival)
        }
        do {
            let task = try EvaluatorTask(evaluator)
            return await evaluation.result(of: task, on: input, marker: makeMarker())
        } catch {
            return Self.failed(error)
        }
    }

    private static func failed(_ failure: EvaluationFailure) -> EvaluationReply.Result {
        var result = EvaluationReply.Result()
        result.failure = EvaluationReply.Failure(failure)
        return result
    }
}

extension EvaluatorTask {
    /// The task that a call describes.
    init(_ evaluator: EvaluationCall.Evaluator) throws(EvaluationFailure) {
        guard let behavior = EvaluatorBehavior(rawValue: evaluator.behavior) else {
            throw EvaluationFailure(
                code: .invalidInput, message: "the evaluator has the unknown behavior \"\(evaluator.behavior)\"")
        }
        var demonstrations: [Demonstration] = []
        for demonstration in evaluator.demonstrations ?? [] {
            demonstrations.append(try Demonstration(demonstration))
        }
        self.init(
            name: evaluator.name, objective: evaluator.objective, criteria: CriteriaTemplate(evaluator.criteria),
            variables: evaluator.variables, demonstrations: demonstrations, behavior: behavior, models: evaluator.models
        )
    }
}
