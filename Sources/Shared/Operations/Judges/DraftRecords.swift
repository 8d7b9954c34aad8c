internal import FoundationEssentials
internal import Records
internal import Scoring
package import Tenancy
internal import WireAPI

/// Records what models wrote for the product itself, as executions of the kind `internal`: somebody pays for them.
package struct DraftRecords: Sendable {
    private let recorder: ExecutionRecorder
    private let identifiers: IdentifierSource

    package init(recorder: ExecutionRecorder, identifiers: IdentifierSource) {
        self.recorder = recorder
        self.identifiers = identifiers
    }

    /// What the models wrote whom `ask` asks, after it was recorded.
    /// - Throws: `ExecutionFailed` when the models wrote nothing or could not be asked; that is recorded as well.
    func draft<Draft>(
        for purpose: String, about text: String, in project: ProjectID, _ principal: Principal, _ context: CallContext,
        _ ask: () async throws -> DraftingReply<Draft>
    ) async throws -> Draft {
        do {
            let reply = try await ask()
            var outcome = ExecutionOutcome(reply.account, prompt: reply.renderedPrompt)
            if case .failure(let failure) = reply.finding { outcome.failure = failure }
            let id = try await record(outcome, purpose, text, project, principal, context)
            switch reply.finding {
            case .success(let draft): return draft
            case .failure(let failure): throw ExecutionFailed(failure: failure, executionLogID: id)
            }
        } catch let failure as EvaluationFailure {
            let outcome = ExecutionOutcome(failure: failure)
            let id = try await record(outcome, purpose, text, project, principal, context)
            throw ExecutionFailed(failure: failure, executionLogID: id)
        }
    }

    private func record(
        _ outcome: ExecutionOutcome, _ purpose: String, _ text: String, _ project: ProjectID,
        _ principal: Principal, _ context: CallContext
    ) async throws -> ExecutionLogID {
        let (id, moment) = identifiers.nextDated(ExecutionLog.self)
        try await recorder.record(
            FinishedExecution(
                log: ExecutionLog(
                    id: id, organizationID: principal.organizationID, projectID: project, type: .internal,
                    item: ExecutedItem(id: nil, versionID: nil, name: purpose), ownerID: principal.user.id,
                    input: EvaluationInput(request: text), labels: ExecutionLabels(), outcome: outcome,
                    requestID: context.requestID, createdAt: moment)))
        return id
    }
}

extension ExecutionOutcome {
    fileprivate init(_ account: ModelExpense, prompt: String) {
        self.init(
            llmOutput: account.llmOutput, renderedPrompt: prompt, model: account.model, provider: account.provider,
            usage: account.usage.map {
                TokenUsage(promptTokens: $0.promptTokens, completionTokens: $0.completionTokens)
            },
            cost: account.costNanodollars.map(Money.init(nanoDollars:)),
            callDuration: .microseconds(account.callMicroseconds), attempts: account.attempts)
    }
}
