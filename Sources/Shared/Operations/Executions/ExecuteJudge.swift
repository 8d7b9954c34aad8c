internal import FoundationEssentials
internal import Records
internal import Scoring
package import Tenancy

extension Executions {
    /// Executes every evaluator of a judge at once, and returns when all results are recorded: one log for the judge
    /// and one for each evaluator.
    ///
    /// An evaluator that fails has no score and leaves the others theirs.
    /// - Throws: `NotFound`; `InvalidDefinition` for an unknown project or a judge without evaluators;
    ///   `ExecutionFailed` when no evaluator gave a score.
    package func execute(
        _ choice: JudgeChoice, _ order: ExecutionOrder, as principal: Principal, _ context: CallContext
    ) async throws -> JudgeReceipt {
        let (receipt, execution) = try await evaluate(choice, order, as: principal, context)
        try await recorder.record(execution)
        if let failure = receipt.failure {
            throw ExecutionFailed(failure: failure, executionLogID: receipt.executionLogID)
        }
        return receipt
    }

    /// Executes every evaluator of a judge at once, and leaves recording to the caller.
    /// - Throws: `NotFound`; `InvalidDefinition` for an unknown project or a judge without evaluators.
    package func evaluate(
        _ choice: JudgeChoice, _ order: ExecutionOrder, as principal: Principal, _ context: CallContext
    ) async throws -> (receipt: JudgeReceipt, execution: FinishedExecution) {
        let (judge, project, opened) = try await look(at: choice, order, as: principal)
        let results = try await outcomes(
            of: judge.evaluators, order, lookingInto: opened, project: project, principal, context)
        let execution = record(
            of: judge, results, order, files: opened.references, project: project, principal, context)
        let receipt = JudgeReceipt(
            judge: judge, outcomes: results.map(\.outcome), executionLogID: execution.log.id,
            partIDs: execution.parts.map(\.id))
        return (receipt, execution)
    }

    /// What an execution needs before anything is asked: the judge, where its log belongs, and the files it looks into.
    /// - Throws: what is wrong with the request itself: `NotFound`; `InvalidDefinition` for an unknown project, a file that
    ///   cannot be shown or a judge without evaluators.
    func look(
        at choice: JudgeChoice, _ order: ExecutionOrder, as principal: Principal
    ) async throws -> (judge: Judge, project: ProjectID, opened: OpenedFiles) {
        let judge = try await judge(choice, for: principal)
        let project = try await project(of: order, judge, for: principal)
        return (judge, project, try await look(into: order, judge, for: principal))
    }

    /// A judge that can say something.
    /// - Throws: `NotFound`; `InvalidDefinition` when it has no evaluators.
    func judge(_ choice: JudgeChoice, for principal: Principal) async throws -> Judge {
        let judge = try await catalogue.judge(choice, for: principal)
        guard !judge.evaluators.isEmpty else {
            throw InvalidDefinition(problems: [
                .init(field: "non_field_errors", message: "This judge has no evaluators. Give it at least one.")
            ])
        }
        return judge
    }

    /// Where the log of a judge's execution belongs.
    func project(of order: ExecutionOrder, _ judge: Judge, for principal: Principal) async throws -> ProjectID {
        try await projects.target(
            order.projectID, of: judge.organizationID, judge.projectID, needing: .judgeExecute, for: principal)
    }

    /// The files of an order, and the judge's own where the order brings no contexts that stand in for it. Who may execute a
    /// judge that somebody else has published sees what it is made of, so its file is the publisher's.
    func look(into order: ExecutionOrder, _ judge: Judge, for principal: Principal) async throws -> OpenedFiles {
        let ids = order.input.fileIDs
        let given = try await files.look(
            into: ids.filter { $0 != judge.file?.id }, of: principal.organizationID, readableBy: principal)
        guard let own = judge.file, order.input.contexts.isEmpty || ids.contains(own.id) else { return given }
        return try given.joined(by: try await files.look(into: [own.id], of: judge.organizationID))
    }

    private func record(
        of judge: Judge, _ results: [Outcome], _ order: ExecutionOrder, files: [AttachedFile], project: ProjectID,
        _ principal: Principal, _ context: CallContext
    ) -> FinishedExecution {
        func log(
            _ id: ExecutionLogID, _ moment: Date, _ type: ExecutionType, _ item: ExecutedItem,
            parent: ExecutionLogID?, _ outcome: ExecutionOutcome
        ) -> ExecutionLog {
            ExecutionLog(
                id: id, organizationID: principal.organizationID, projectID: project, type: type, item: item,
                ownerID: principal.user.id, parentID: parent, judgeID: judge.id, batchID: order.batchID,
                input: order.input, files: files, labels: order.labels, outcome: outcome, requestID: context.requestID,
                createdAt: moment)
        }
        let (id, moment) = logID(0, of: order)
        let parts = zip(judge.evaluators, results).enumerated().map { number, part in
            let (evaluator, result) = part
            let (partID, partMoment) = logID(number + 1, of: order)
            return log(
                partID, partMoment, .evaluator,
                ExecutedItem(id: evaluator.id.uuid, versionID: evaluator.version.id.uuid, name: evaluator.name),
                parent: id, result.outcome)
        }
        let whole = log(
            id, moment, .judge,
            ExecutedItem(id: judge.id.uuid, versionID: judge.version.id.uuid, name: judge.name), parent: nil,
            ExecutionOutcome(combining: zip(judge.evaluators, results).map { ($0.name, $1.outcome, $1.duration) }))
        return FinishedExecution(log: whole, parts: parts)
    }
}

extension ExecutionOutcome {
    /// What a judge's own log says: the mean score, the sums, and how long each evaluator took.
    fileprivate init(combining parts: [(name: String, outcome: ExecutionOutcome, duration: Duration)]) {
        let score = Score.combined(parts.map(\.outcome.score))
        let failures = parts.filter { $0.outcome.failure != nil }
        var justification: String?
        if !failures.isEmpty, score != nil {
            justification =
                "\(failures.count) of \(parts.count) evaluators gave no score: "
                + failures.map(\.name).joined(separator: ", ")
        }
        let usages = parts.compactMap(\.outcome.usage)
        let costs = parts.compactMap(\.outcome.cost)
        let models = Set(parts.compactMap(\.outcome.model))
        let providers = Set(parts.compactMap(\.outcome.provider))
        let attempts = parts.compactMap(\.outcome.attempts)
        self.init(
            score: score, justification: justification, failure: score == nil ? failures.first?.outcome.failure : nil,
            model: models.count == 1 ? models.first : nil, provider: providers.count == 1 ? providers.first : nil,
            usage: usages.isEmpty ? nil : usages.dropFirst().reduce(usages[0], +),
            cost: costs.isEmpty ? nil : costs.dropFirst().reduce(costs[0], +),
            callDuration: parts.compactMap(\.outcome.callDuration).max(),
            evaluatorLatencies: parts.map { EvaluatorLatency(evaluatorName: $0.name, duration: $0.duration) },
            timings: parts.max { $0.duration < $1.duration }?.outcome.timings,
            attempts: attempts.isEmpty ? nil : attempts.reduce(0, +))
    }
}
