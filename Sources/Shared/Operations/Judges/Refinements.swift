internal import EventLoop
internal import Logging
internal import Records
package import Scoring
package import Tenancy
internal import WireAPI

/// What came of improving a response by a judge's findings.
package struct RefinedResponse: Sendable {
    package let originalResponse: String
    /// The best response that was found: the original one when none was better.
    package let improvedResponse: String
    /// What the judge said of the original.
    package let original: JudgeReceipt
    /// What the judge said of the improved one.
    package let improved: JudgeReceipt
}

/// Improves responses: a judge says what is wrong, a model writes anew, the judge looks again.
package struct Refinements: Sendable {
    private let executions: Executions
    private let service: EvaldClient
    private let drafts: DraftRecords

    package init(executions: Executions, service: EvaldClient, drafts: DraftRecords) {
        self.executions = executions
        self.service = service
        self.drafts = drafts
    }

    /// Improves the response of `order` until the rule says that it is good enough or that it goes no further. Each look
    /// of the judge is an execution of its own and is recorded as such. `judged` gets what it said of the original, as
    /// soon as that is known.
    /// - Throws: `NotFound`; `InvalidDefinition` for an input without a response, a rule that cannot be meant or a judge
    ///   without evaluators; `ExecutionFailed` when the original could not be judged. A try that fails ends the
    ///   refinement with what was best until then.
    package func refine(
        by choice: JudgeChoice, _ order: ExecutionOrder, rule: RefinementRule, as principal: Principal,
        _ context: CallContext, judged: (JudgeReceipt) async throws -> Void = { _ in }
    ) async throws -> RefinedResponse {
        let response = try await check(choice, order, rule: rule, as: principal)
        let original = try await executions.execute(choice, order, as: principal, context)
        try await judged(original)
        var progress = RefinementProgress(rule, original: original.score)
        var best = (text: response, order: order, receipt: original)
        while progress.goesOn, !context.deadline.hasPassed {
            do {
                let text = try await improve(best.order, by: best.receipt, principal, context)
                let next = best.order.answering(text)
                let receipt = try await executions.execute(
                    .id(original.judge.id, original.judge.version.id), next, as: principal, context)
                if progress.take(receipt.score) { best = (text, next, receipt) }
            } catch let failed as ExecutionFailed {
                // It is recorded why; what was found until then is of use all the same.
                context.logger.warning(
                    "refinement ended early", metadata: ["execution_log": "\(failed.executionLogID)"])
                break
            }
        }
        return RefinedResponse(
            originalResponse: response, improvedResponse: best.text, original: original, improved: best.receipt)
    }

    /// What is to be improved, when it can be.
    /// - Throws: what is wrong with the request itself.
    @discardableResult
    package func check(
        _ choice: JudgeChoice, _ order: ExecutionOrder, rule: RefinementRule, as principal: Principal
    ) async throws -> String {
        try rule.validate()
        guard let response = order.input.effectiveResponse else {
            throw InvalidDefinition(problems: [.init(field: "response", message: "There is no response to improve.")])
        }
        _ = try await executions.look(at: choice, order, as: principal)
        return response
    }

    private func improve(
        _ order: ExecutionOrder, by receipt: JudgeReceipt, _ principal: Principal, _ context: CallContext
    ) async throws -> String {
        let project = try await executions.project(of: order, receipt.judge, for: principal)
        let findings = zip(receipt.judge.evaluators, receipt.outcomes).compactMap { evaluator, outcome in
            outcome.score.map {
                ImprovementCall.Finding(
                    evaluator: evaluator.name, objective: evaluator.objective.version.intent, score: $0.value,
                    justification: outcome.justification ?? "")
            }
        }
        let opened = try await executions.look(into: order, receipt.judge, for: principal)
        let call = ImprovementCall(
            terms: DraftingTerms(organization: principal.organizationID, project: project),
            input: EvaluationCall.Input(order.input, files: opened.materials), findings: findings)
        let improved: ImprovedResponse = try await drafts.draft(
            for: "Improvement by \(receipt.judge.name)", about: order.input.effectiveRequest ?? "", in: project,
            principal, context
        ) {
            try await service.draft(ImprovementCall.path, call, context)
        }
        return improved.response
    }
}

extension JudgeReceipt {
    /// The judge's score: the mean of its evaluators'.
    package var score: Score? { Score.combined(outcomes.map(\.score)) }
}

extension ExecutionOrder {
    /// The same with another response: in a conversation, in the place of the assistant's last words.
    fileprivate func answering(_ text: String) -> ExecutionOrder {
        var input = input
        if input.response == nil,
            let last = input.turns.lastIndex(where: { $0.role == .assistant && $0.content != nil })
        {
            let turn = input.turns[last]
            input.turns[last] = Turn(
                role: turn.role, content: text, contexts: turn.contexts, toolCalls: turn.toolCalls,
                toolCallID: turn.toolCallID)
        } else {
            input.response = text
        }
        return ExecutionOrder(input: input, labels: labels, projectID: projectID, batchID: batchID)
    }
}
