internal import FoundationEssentials
internal import JSON
package import Jobs
package import Logging
package import Queueing
internal import Postgres
internal import Records
internal import Scoring
package import Stores
internal import Tenancy

/// Executes one item of a batch, as its job.
package struct EvaluateBatchItem: JobWork {
    /// Of the jobs that execute an item.
    package static let kind = JobKind("evaluation")

    private let executions: Executions
    private let items: BatchItemStore
    private let users: UserStore
    private let batches: BatchLedger
    private let events: EventPublisher
    private let logger: Logger
    /// Batches do not change in what matters here.
    private let recent = RecentValues<BatchID, Commission>(lifetime: .seconds(30), limit: 200)

    /// What all items of a batch have in common.
    private struct Commission: Sendable {
        let batch: Batch
        let definition: BatchDefinition
        let principal: Principal
    }

    package init(
        executions: Executions, items: BatchItemStore, users: UserStore, batches: BatchLedger, events: EventPublisher,
        logger: Logger
    ) {
        self.executions = executions
        self.items = items
        self.users = users
        self.batches = batches
        self.events = events
        self.logger = logger
    }

    package var kind: JobKind { Self.kind }

    package func perform(_ job: LeasedJob) async throws -> JobEffect {
        guard let place = job.job.batch, let organization = job.job.organizationID else {
            throw JobFailure(.invalid, "the job is not an item of a batch")
        }
        guard let commission = try await recent.value(of: place.batchID, lookUp: { try await look(up: place.batchID) })
        else { throw JobFailure(.missing, "the batch is not there any more") }
        guard let item = try await items.input(at: place, in: organization) else {
            throw JobFailure(.missing, "the item is not there any more")
        }
        let order = ExecutionOrder(
            input: item.input,
            labels: ExecutionLabels(
                tags: commission.batch.tags, sessionID: item.sessionID, userID: item.userID),
            projectID: commission.batch.projectID, batchID: place.batchID)
        let evaluated: EvaluatedItem
        do {
            evaluated = try await evaluate(commission, order, job)
        } catch let missing as NotFound {
            throw JobFailure(.missing, "\(missing)")
        } catch let invalid as InvalidDefinition {
            throw JobFailure(.invalid, "\(invalid)")
        }
        try Task.checkCancellation()
        let effect = effect(of: evaluated, at: place)
        guard let failure = evaluated.failure else { return effect }
        throw JobFailed(JobFailure(failure, provider: evaluated.provider), effect: effect)
    }

    private func look(up id: BatchID) async throws -> Commission? {
        guard let batch = try await batches.find(id), let ownerID = batch.ownerID,
            let owner = try await users.find(ownerID, in: batch.organizationID)
        else { return nil }
        return Commission(
            batch: batch, definition: try JSONCodec.decode(BatchDefinition.self, from: batch.definition),
            principal: try Principal(inBackgroundFor: owner, in: batch.projectID))
    }

    // MARK: Execution

    private func evaluate(
        _ commission: Commission, _ order: ExecutionOrder, _ job: LeasedJob
    ) async throws -> EvaluatedItem {
        let context = CallContext(job, logger: logger)
        let definition = commission.definition
        if let judge = definition.judge {
            let (receipt, execution) = try await executions.evaluate(
                .id(JudgeID(uuid: judge.id), JudgeVersionID(uuid: judge.versionID)), order, as: commission.principal,
                context)
            return EvaluatedItem(receipt, execution)
        }
        let choices = definition.evaluators.map {
            EvaluatorChoice.id(EvaluatorID(uuid: $0.id), EvaluatorVersionID(uuid: $0.versionID))
        }
        return EvaluatedItem(
            try await executions.evaluate(choices, order, as: commission.principal, context))
    }

    /// Stores the logs and what the item's row says of them, and then tells whoever watches.
    private func effect(of evaluated: EvaluatedItem, at place: BatchPlace) -> JobEffect {
        let (items, events) = (items, events)
        return JobEffect(
            cost: evaluated.cost.nanoDollars,
            afterCommit: { for execution in evaluated.executions { events.publish(execution) } },
            apply: { connection in
                try await connection.execute(
                    ExecutionLogStore.insertion(of: evaluated.executions.flatMap(\.logs)))
                try await items.record(evaluated.outcome, of: place, on: connection)
            })
    }
}

/// An item of a batch with what its execution came to.
private struct EvaluatedItem: Sendable {
    let executions: [FinishedExecution]
    let outcome: BatchItemOutcome
    /// Why no evaluator gave a score.
    let failure: EvaluationFailure?
    let provider: String?

    var cost: Money {
        let costs = executions.compactMap(\.log.outcome.cost)
        return costs.reduce(.zero, +)
    }

    init(_ receipt: JudgeReceipt, _ execution: FinishedExecution) {
        executions = [execution]
        failure = receipt.failure
        provider = execution.log.outcome.provider
        outcome = BatchItemOutcome(
            results: zip(receipt.judge.evaluators, receipt.outcomes).enumerated().map { index, pair in
                BatchItemResult(pair.0, pair.1, execution.parts[index].id)
            },
            executionLogID: execution.log.id, errorMessage: failure?.summary ?? "")
    }

    init(_ evaluated: [(receipt: EvaluatorReceipt, execution: FinishedExecution)]) {
        executions = evaluated.map(\.execution)
        let failures = evaluated.compactMap(\.receipt.outcome.failure)
        failure = failures.count == evaluated.count ? failures.first : nil
        provider = evaluated.first?.receipt.outcome.provider
        outcome = BatchItemOutcome(
            results: evaluated.map { BatchItemResult($0.receipt.evaluator, $0.receipt.outcome, $0.execution.log.id) },
            executionLogID: evaluated.count == 1 ? evaluated[0].execution.log.id : nil,
            errorMessage: failure?.summary ?? "")
    }
}

extension BatchItemResult {
    /// What an evaluator found, and in which log that stands.
    init(_ evaluator: Evaluator, _ outcome: ExecutionOutcome, _ log: ExecutionLogID) {
        self.init(
            evaluatorID: evaluator.id.uuid, evaluatorVersionID: evaluator.version.id.uuid,
            evaluatorName: evaluator.name, score: outcome.score?.value,
            justification: outcome.justification ?? outcome.failure?.summary, confidence: outcome.confidence,
            executionLogID: log.uuid)
    }
}
