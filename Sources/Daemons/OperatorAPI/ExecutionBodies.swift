internal import Tenancy
internal import FoundationEssentials
internal import Operations
internal import Records
internal import Scoring
internal import WireAPI

extension OperatorExecutionRow {
    init(_ log: ExecutionLogSummary, projectName: String?) {
        self.init(
            id: log.id.uuid, createdAt: log.createdAt, type: log.type.rawValue, name: log.item.name,
            itemID: log.item.id, parentID: log.parentID?.uuid, score: log.score?.value,
            failure: log.failureCode.map { OperatorFailure(code: $0.rawValue, message: nil) }, model: log.model,
            provider: log.provider, latencyMilliseconds: log.callDuration.map { $0.seconds * 1000 },
            costNanodollars: log.cost?.nanoDollars, projectID: log.projectID.uuid, projectName: projectName,
            sessionID: log.labels.sessionID, userID: log.labels.userID, tags: log.labels.tags)
    }
}

extension OperatorExecutionDetail {
    /// `hidesContent` leaves out what was asked and answered, for roles that run the installation without
    /// seeing it.
    init(_ details: ExecutionLogDetails, projectName: String?, hidesContent: Bool) {
        let log = details.log
        let outcome = log.outcome
        func shown<Value>(_ value: Value?) -> Value? { hidesContent ? nil : value }
        self.init(
            execution: OperatorExecutionRow(log, projectName: projectName, hidesContent: hidesContent),
            isContentHidden: hidesContent,
            request: shown(log.input.request), response: shown(log.input.response),
            turns: hidesContent ? [] : log.input.turns.map(Turn.init),
            contexts: hidesContent ? [] : log.input.contexts, expectedOutput: shown(log.input.expectedOutput),
            systemPrompt: shown(log.input.systemPrompt), variables: hidesContent ? [:] : log.input.variables,
            justification: shown(outcome.justification), confidence: outcome.confidence,
            criteria: outcome.scoringCriteria, renderedPrompt: shown(outcome.renderedPrompt),
            rawReply: shown(outcome.llmOutput),
            evaluators: details.evaluatorResults.map { result in
                Evaluator(
                    result, hidesContent: hidesContent,
                    latency: outcome.evaluatorLatencies.first { $0.evaluatorName == result.evaluatorName }?.duration)
            },
            promptTokens: outcome.usage?.promptTokens, completionTokens: outcome.usage?.completionTokens,
            hops: outcome.callDuration.map { [Hop(name: "model", milliseconds: $0.seconds * 1000)] } ?? [],
            ownerEmail: details.owner.email, versionID: log.item.versionID, requestID: log.requestID)
    }
}

extension OperatorExecutionDetail.Turn {
    fileprivate init(_ turn: Turn) {
        self.init(
            role: turn.role.rawValue, content: turn.content, contexts: turn.contexts, toolCalls: turn.toolCalls?.text)
    }
}

extension OperatorExecutionDetail.Evaluator {
    fileprivate init(_ result: EvaluatorResultSummary, hidesContent: Bool, latency: Duration?) {
        self.init(
            executionID: result.executionLogID.uuid, name: result.evaluatorName, score: result.score?.value,
            justification: hidesContent ? nil : result.justification,
            failure: result.failure.map { OperatorFailure($0, hidesContent: hidesContent) },
            model: nil, latencyMilliseconds: latency.map { $0.seconds * 1000 }, costNanodollars: nil)
    }
}
