internal import ChatModel
internal import Dialects
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPTransfer
internal import JSON
internal import Records
internal import Scoring
package import Tenancy

/// An answer of a model with what a judge says of it.
package struct JudgedCompletion: Sendable {
    /// The answer as the model's server gave it.
    package let body: [UInt8]
    /// What the judge said; `nil` when nobody was asked, or it says so later.
    package let receipt: JudgeReceipt?
    /// What it said of the answer before that was improved.
    package var original: JudgeReceipt?
}

/// Lets models answer and judges look at the answers.
package struct JudgedCompletions: Sendable {
    let gateway: ModelGateway
    let executions: Executions
    let refinements: Refinements
    private let batches: Batches
    private let projects: Projects

    /// The largest answer that is read.
    private static let answerLimit = 16 << 20

    package init(
        gateway: ModelGateway, executions: Executions, refinements: Refinements, batches: Batches, projects: Projects
    ) {
        self.gateway = gateway
        self.executions = executions
        self.refinements = refinements
        self.batches = batches
        self.projects = projects
    }

    /// The judge whose identifier, or whose name, this is.
    /// - Throws: `NotFound`.
    package func judge(called name: String, for principal: Principal) async throws -> JudgeChoice {
        let choice = JudgeID(name).map { JudgeChoice.id($0, nil) } ?? .name(name)
        let judge = try await executions.catalogue.judge(choice, for: principal)
        return .id(judge.id, nil)
    }

    /// The answer of the model, judged at once or, with `later`, in the background.
    /// - Throws: `NotFound` for the judge; `InvalidDefinition`; `CompletionRefused`; `LLMProxyUnavailable`.
    package func complete(
        _ order: CompletionOrder, judge: JudgeChoice?, later: Bool = false, as principal: Principal,
        _ context: CallContext
    ) async throws -> JudgedCompletion {
        let (answer, order, project) = try await answer(order, judge, as: principal, context)
        guard let judge else { return JudgedCompletion(body: answer.body, receipt: nil) }
        let input = order.input(answeredBy: answer.text)
        if later {
            try await judgeLater(input, by: judge, project: project, as: principal, context)
            return JudgedCompletion(body: answer.body, receipt: nil)
        }
        let (receipt, execution) = try await executions.evaluate(
            judge, ExecutionOrder(input: input, labels: ExecutionLabels(), projectID: project), as: principal, context)
        // Whether it has a score or not: the answer has been paid for and is handed over.
        try await executions.recorder.record(execution)
        return JudgedCompletion(body: answer.body, receipt: receipt)
    }

    /// The answer of the model, improved by what the judge says of it.
    /// - Throws: as ``complete(_:judge:later:as:_:)``; `ExecutionFailed` when it could not be judged.
    package func refine(
        _ order: CompletionOrder, by judge: JudgeChoice, as principal: Principal, _ context: CallContext
    ) async throws -> JudgedCompletion {
        let (answer, order, project) = try await answer(try order.asWhole(), judge, as: principal, context)
        let refined = try await refinements.refine(
            by: judge,
            ExecutionOrder(
                input: order.input(answeredBy: answer.text), labels: ExecutionLabels(), projectID: project),
            rule: RefinementRule(), as: principal, context)
        let body = try CompletionText.replacing(with: refined.improvedResponse, in: answer.body, of: order.dialect)
        return JudgedCompletion(body: body, receipt: refined.improved, original: refined.original)
    }

    /// Has a judge look at an answer in the background, in a batch of one: it is as durable as any.
    func judgeLater(
        _ input: EvaluationInput, by judge: JudgeChoice, project: ProjectID, as principal: Principal,
        _ context: CallContext
    ) async throws {
        let known = try await executions.catalogue.judge(judge, for: principal)
        _ = try await batches.start(
            BatchDraft(
                target: .judge(known.id, known.version.id), source: .inputs([BatchInput(input: input)]),
                projectID: project), for: principal, traceParent: context.propagation["traceparent"])
    }

    /// The order as the judge will see it, and where its cost is booked, after it was checked that the judge can look at the
    /// answer at all.
    func prepare(
        _ order: CompletionOrder, _ judge: JudgeChoice?, as principal: Principal
    ) async throws -> (order: CompletionOrder, project: ProjectID) {
        guard let judge else {
            return (order, try await projects.target(order.projectID, needing: .modelExecute, for: principal))
        }
        let known = try await executions.judge(judge, for: principal)
        let project = try await projects.target(
            order.projectID, of: known.organizationID, known.projectID, needing: .judgeExecute, for: principal)
        return (try await attach(order, for: known, as: principal), project)
    }

    // MARK: The answer

    /// What the model answers in one piece, recorded, the order as the judge will see it, and where its cost is booked.
    func answer(
        _ order: CompletionOrder, _ judge: JudgeChoice?, as principal: Principal, _ context: CallContext
    ) async throws -> (answer: Answer, order: CompletionOrder, project: ProjectID) {
        let (order, project) = try await prepare(order, judge, as: principal)
        let stream = try await gateway.open(
            order.dialect.path, order.body, project: project, for: principal, context)
        let body: [UInt8]
        do {
            body = try await stream.collect(upTo: Self.answerLimit)
        } catch {
            throw LLMProxyUnavailable("The LLM proxy broke off: \(error.message).")
        }
        let text = try CompletionText.of(body, in: order.dialect)
        try await record(order, text, nil, stream, project: project, as: principal, context)
        return (Answer(body: body, text: text), order, project)
    }

    /// A model's answer in one piece.
    struct Answer {
        let body: [UInt8]
        let text: String
    }

    /// Records that a model answered, wholly or until a failure; its answer is the log's output.
    func record(
        _ order: CompletionOrder, _ text: String, _ failure: EvaluationFailure?, _ stream: InboundStream,
        project: ProjectID, as principal: Principal,
        _ context: CallContext
    ) async throws {
        let headers = stream.headers
        let (id, moment) = executions.newLogID()
        let outcome = ExecutionOutcome(
            failure: failure, llmOutput: text, model: headers[ProxyHeader.model] ?? order.request.model,
            provider: headers[ProxyHeader.provider],
            cost: headers[ProxyHeader.cost].flatMap(Int64.init).map(Money.init(nanoDollars:)),
            callDuration: context.arrival.duration(to: .now), attempts: 1)
        try await executions.recorder.record(
            FinishedExecution(
                log: ExecutionLog(
                    id: id, organizationID: principal.organizationID, projectID: project, type: .proxy,
                    item: ExecutedItem(id: nil, versionID: nil, name: order.request.model),
                    ownerID: principal.user.id, input: order.input(answeredBy: text),
                    files: order.files.map(\.reference), labels: ExecutionLabels(),
                    outcome: outcome, requestID: context.requestID, createdAt: moment)))
    }
}

extension ChatDialect {
    /// Where the LLM proxy is asked in this dialect.
    var path: String {
        switch self {
        case .chatCompletions: "/v1/chat/completions"
        case .responses: "/v1/responses"
        case .messages: "/v1/messages"
        }
    }
}
