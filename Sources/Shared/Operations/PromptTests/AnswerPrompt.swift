internal import ChatModel
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPTransfer
internal import JSON
package import Jobs
package import Logging
package import Postgres
package import Queueing
internal import Records
internal import Scoring
internal import Stores
internal import Tenancy

/// Has a model answer one filled prompt of a prompt test and evaluators look at the answer, as its job.
package struct AnswerPrompt: JobWork {
    /// Of the jobs that do a task.
    package static let kind = JobKind("prompt_test_task")
    /// The largest answer that is read.
    private static let answerLimit = 16 << 20

    private let executions: Executions
    private let gateway: ModelGateway
    private let tests: PromptTestStore
    private let users: UserStore
    private let events: EventPublisher
    private let logger: Logger
    /// Tests do not change.
    private let recent = RecentValues<BatchID, Commission>(lifetime: .seconds(30), limit: 200)

    /// What all tasks of a test have in common.
    private struct Commission: Sendable {
        let test: PromptTest
        let principal: Principal
        /// Those of the test, found before a model is paid for an answer that nobody could look at.
        let evaluators: [Evaluator]
    }

    package init(
        executions: Executions, gateway: ModelGateway, database: PostgresClient, events: EventPublisher, logger: Logger
    ) {
        self.executions = executions
        self.gateway = gateway
        tests = PromptTestStore(database: database)
        users = UserStore(database: database)
        self.events = events
        self.logger = logger
    }

    package var kind: JobKind { Self.kind }

    package func perform(_ job: LeasedJob) async throws -> JobEffect {
        guard let place = job.job.batch, let organization = job.job.organizationID else {
            throw JobFailure(.invalid, "the job is not a task of a prompt test")
        }
        let commission = try await recent.value(of: place.batchID) { try await look(up: place.batchID, organization) }
        guard let commission else { throw JobFailure(.missing, "the prompt test is not there any more") }
        guard let input = try await tests.input(at: place, in: organization) else {
            throw JobFailure(.missing, "the task is not there any more")
        }
        let values = try PromptText.values(of: input.variables)
        let prompt: String
        do throws(PromptText.Missing) {
            prompt = try PromptText.filled(commission.test.prompt, with: values)
        } catch {
            throw JobFailure(.invalid, "\(error)")
        }
        let asked = EvaluationInput(
            request: prompt, contexts: input.contexts, expectedOutput: input.expectedOutput, variables: values)
        let context = CallContext(job, logger: logger)
        let answer = try await answer(to: prompt, commission, context)
        let task = try await evaluate(answer, asked, commission, context)
        try Task.checkCancellation()
        let effect = effect(of: task, at: place)
        guard let failure = answer.failure else { return effect }
        throw JobFailed(JobFailure(failure, provider: answer.provider), effect: effect)
    }

    private func look(up id: BatchID, _ organization: OrganizationID) async throws -> Commission? {
        guard let test = try await tests.find(id, in: organization),
            let owner = try await users.find(test.ownerID, in: organization)
        else { return nil }
        let principal = try Principal(inBackgroundFor: owner, in: test.projectID)
        return Commission(test: test, principal: principal, evaluators: try await evaluators(of: test, principal))
    }

    private func evaluators(of test: PromptTest, _ principal: Principal) async throws -> [Evaluator] {
        var evaluators: [Evaluator] = []
        for item in test.evaluators {
            do {
                evaluators.append(
                    try await executions.catalogue.evaluator(
                        .id(EvaluatorID(uuid: item.id), EvaluatorVersionID(uuid: item.versionID)), for: principal))
            } catch let missing as NotFound {
                throw JobFailure(.missing, "\(missing)")
            }
        }
        return evaluators
    }

    // MARK: The answer

    private func answer(
        to prompt: String, _ commission: Commission, _ context: CallContext
    ) async throws -> ExecutionOutcome {
        let begin = ContinuousClock.now
        do {
            let stream = try await gateway.open(
                ChatDialect.chatCompletions.path, try Self.body(asking: prompt, of: commission.test),
                project: commission.test.projectID, for: commission.principal, context.inLane("batch"))
            let body = try await Self.collected(stream)
            let headers = stream.headers
            return ExecutionOutcome(
                llmOutput: try CompletionText.of(body, in: .chatCompletions), renderedPrompt: prompt,
                model: headers[ProxyHeader.model] ?? commission.test.model, provider: headers[ProxyHeader.provider],
                cost: headers[ProxyHeader.cost].flatMap(Int64.init).map(Money.init(nanoDollars:)),
                callDuration: begin.duration(to: .now), attempts: 1)
        } catch let refused as CompletionRefused {
            return ExecutionOutcome(failure: EvaluationFailure(refused), renderedPrompt: prompt)
        } catch let error as LLMProxyUnavailable {
            let failure = EvaluationFailure(code: .unavailable, message: error.description)
            return ExecutionOutcome(failure: failure, renderedPrompt: prompt)
        }
    }

    private static func collected(_ stream: InboundStream) async throws -> [UInt8] {
        do {
            return try await stream.collect(upTo: answerLimit)
        } catch {
            throw LLMProxyUnavailable("The LLM proxy broke off: \(error.message).")
        }
    }

    private static func body(asking prompt: String, of test: PromptTest) throws -> [UInt8] {
        var body: JSONObject = [
            "model": .string(test.model), "messages": [["role": "user", "content": .string(prompt)]],
        ]
        if let schema = test.responseSchema {
            body["response_format"] = [
                "type": "json_schema",
                "json_schema": ["name": "response", "schema": try JSONParser.parse(schema.text)],
            ]
        }
        return JSONWriter.bytes(of: .object(body))
    }

    // MARK: What evaluators say of it

    /// A task that was done: its logs, and what the test keeps of them.
    private struct DoneTask: Sendable {
        let execution: FinishedExecution
        let outcome: PromptTestOutcome
    }

    private func evaluate(
        _ answer: ExecutionOutcome, _ asked: EvaluationInput, _ commission: Commission, _ context: CallContext
    ) async throws -> DoneTask {
        let test = commission.test
        var answered = asked
        answered.response = answer.llmOutput
        var parts: [ExecutionLog] = []
        let (id, moment) = executions.newLogID()
        let evaluators = commission.evaluators
        if answer.failure == nil, !evaluators.isEmpty {
            let order = ExecutionOrder(
                input: answered, labels: ExecutionLabels(), projectID: test.projectID, batchID: test.id)
            let outcomes = try await executions.outcomes(
                of: evaluators, order, lookingInto: .none, project: test.projectID, commission.principal, context)
            parts = zip(evaluators, outcomes).map { evaluator, result in
                let (partID, partMoment) = executions.newLogID()
                return Self.log(
                    partID, partMoment, .evaluator,
                    ExecutedItem(id: evaluator.id.uuid, versionID: evaluator.version.id.uuid, name: evaluator.name),
                    parent: id, answered, result.outcome, commission, context)
            }
        }
        let whole = Self.log(
            id, moment, .experiment, ExecutedItem(id: nil, versionID: nil, name: "Prompt on \(test.model)"),
            parent: nil, answered, answer.combined(with: parts), commission, context)
        return DoneTask(
            execution: FinishedExecution(log: whole, parts: parts),
            outcome: PromptTestOutcome(
                output: answer.llmOutput, cost: answer.cost, callDuration: answer.callDuration,
                results: zip(evaluators, parts).map { BatchItemResult($0, $1.outcome, $1.id) }, executionLogID: id,
                errorMessage: answer.failure?.summary ?? ""))
    }

    private static func log(
        _ id: ExecutionLogID, _ moment: Date, _ type: ExecutionType, _ item: ExecutedItem, parent: ExecutionLogID?,
        _ input: EvaluationInput, _ outcome: ExecutionOutcome, _ commission: Commission, _ context: CallContext
    ) -> ExecutionLog {
        let test = commission.test
        return ExecutionLog(
            id: id, organizationID: test.organizationID, projectID: test.projectID, type: type, item: item,
            ownerID: test.ownerID, parentID: parent, batchID: test.id, input: input, labels: ExecutionLabels(),
            outcome: outcome, requestID: context.requestID, createdAt: moment)
    }

    private func effect(of task: DoneTask, at place: BatchPlace) -> JobEffect {
        let (events, execution) = (events, task.execution)
        return JobEffect(
            cost: execution.log.outcome.cost?.nanoDollars ?? 0, afterCommit: { events.publish(execution) },
            apply: { connection in
                try await connection.execute(ExecutionLogStore.insertion(of: execution.logs))
                try await PromptTestStore.record(task.outcome, of: place, on: connection)
            })
    }
}

extension CallContext {
    /// The same for calls that take a lane of the LLM proxy.
    fileprivate func inLane(_ lane: String) -> CallContext {
        var headers = propagation
        headers[ProxyHeader.lane] = lane
        return CallContext(requestID: requestID, deadline: deadline, propagation: headers, logger: logger)
    }
}

extension ExecutionOutcome {
    /// The answer's own outcome with the mean score of what looked at it, and what all of it cost.
    fileprivate func combined(with parts: [ExecutionLog]) -> ExecutionOutcome {
        var whole = self
        whole.score = Score.combined(parts.map(\.outcome.score))
        let costs = ([cost] + parts.map(\.outcome.cost)).compactMap { $0 }
        whole.cost = costs.isEmpty ? nil : costs.reduce(.zero, +)
        return whole
    }
}

extension EvaluationFailure {
    /// Why a model gave no answer to a prompt that is tested.
    fileprivate init(_ refused: CompletionRefused) {
        let code: Code =
            switch ChatFailure.Code(rawValue: refused.code) {
            case .rateLimited, .overloaded: .rateLimited
            case .timeout: .timeout
            case .providerError, .invalidResponse, .streamInterrupted: .providerError
            case .authentication: .authentication
            case .contextLength: .contextLength
            case .noProvider: .noProvider
            // Trying again does not help, and what was said is for whoever asked.
            case .invalidRequest, .refused, .quotaExhausted, .overBudget: .invalidInput
            case nil: refused.status == 403 ? .noProvider : .providerError
            }
        self.init(code: code, message: refused.message)
    }
}
