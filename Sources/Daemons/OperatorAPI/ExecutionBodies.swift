internal import FoundationEssentials
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension OperatorExecutionRow {
    init(_ log: ExecutionLogSummary, projectName: String?) {
        self.init(
            id: log.id.uuid, createdAt: log.createdAt, type: log.type.rawValue, name: log.item.name,
            itemID: log.item.id, parentID: log.parentID?.uuid, judgeID: log.judgeID?.uuid, score: log.score?.value,
            failure: log.failureCode.map { OperatorFailure(code: $0.rawValue, message: nil) }, model: log.model,
            provider: log.provider, latencyMilliseconds: log.callDuration.map { $0.seconds * 1000 },
            costNanodollars: log.cost?.nanoDollars, projectID: log.projectID.uuid, projectName: projectName,
            sessionID: log.labels.sessionID, userID: log.labels.userID, tags: log.labels.tags)
    }
}

extension OperatorExecutionDetail {
    /// What was asked and answered is left out for roles, there, that run the installation without seeing it.
    init(_ details: ExecutionLogDetails, projectName: String?, origin: ExecutionLogID?, for principal: Principal) {
        let log = details.log
        let outcome = log.outcome
        let hidesContent = !principal.may(.executionLogRead, in: log.projectID)
        func shown<Value>(_ value: Value?) -> Value? { hidesContent ? nil : value }
        self.init(
            execution: OperatorExecutionRow(log, projectName: projectName, hidesContent: hidesContent),
            isContentHidden: hidesContent,
            request: shown(log.input.request), response: shown(log.input.response),
            turns: hidesContent ? [] : log.input.turns.map(Turn.init),
            contexts: hidesContent ? [] : log.input.contexts,
            files: hidesContent ? [] : log.files.map(AttachedFileBody.init),
            expectedOutput: shown(log.input.expectedOutput),
            systemPrompt: shown(log.input.systemPrompt), variables: hidesContent ? [:] : log.input.variables,
            justification: shown(outcome.justification), confidence: outcome.confidence,
            criteria: outcome.scoringCriteria, renderedPrompt: shown(outcome.renderedPrompt),
            rawReply: shown(outcome.llmOutput),
            evaluators: details.evaluatorResults.map { Evaluator($0, hidesContent: hidesContent) },
            promptTokens: outcome.usage?.promptTokens, completionTokens: outcome.usage?.completionTokens,
            attempts: outcome.attempts, hops: outcome.timings.map(Hop.all) ?? [], ownerEmail: details.owner.email,
            versionID: log.item.versionID, requestID: log.requestID, originID: origin?.uuid,
            tools: shown(log.input.tools?.text), mayTag: principal.may(.executionLogTag, in: log.projectID),
            mayRunAgain: !hidesContent && log.item.id != nil && principal.mayExecute(log.type, in: log.projectID))
    }
}

extension Principal {
    fileprivate func mayExecute(_ type: ExecutionType, in project: ProjectID) -> Bool {
        switch type {
        case .evaluator: may(.evaluatorExecute, in: project)
        case .judge: may(.judgeExecute, in: project)
        case .skill, .experiment, .test, .proxy, .internal: false
        }
    }
}

extension OperatorExecutionDetail.Hop {
    /// The whole and its parts, in the order of the path.
    fileprivate static func all(_ timings: ExecutionTimings) -> [Self] {
        func hop(_ hop: OperatorHop, _ duration: Duration) -> Self {
            Self(hop, milliseconds: duration.seconds * 1000)
        }
        let ours = [
            hop(.total, timings.total), hop(.apiServer, timings.apiServer),
            hop(.evaluationQueue, timings.evaluationQueue), hop(.evaluation, timings.evaluation),
        ]
        switch timings.model {
        case .whole(let duration): return ours + [hop(.model, duration)]
        case .parts(let queue, let proxy, let provider):
            return ours + [hop(.proxyQueue, queue), hop(.proxy, proxy), hop(.provider, provider)]
        }
    }
}

extension OperatorExecutionDetail.Turn {
    fileprivate init(_ turn: Turn) {
        self.init(
            role: turn.role.rawValue, content: turn.content, contexts: turn.contexts, toolCalls: turn.toolCalls?.text)
    }
}

extension OperatorExecutionDetail.Evaluator {
    fileprivate init(_ result: EvaluatorResultSummary, hidesContent: Bool) {
        self.init(
            executionID: result.executionLogID.uuid, name: result.evaluatorName, score: result.score?.value,
            justification: hidesContent ? nil : result.justification,
            failure: result.failure.map { OperatorFailure($0, hidesContent: hidesContent) },
            model: result.model, latencyMilliseconds: result.callDuration.map { $0.seconds * 1000 },
            costNanodollars: result.cost?.nanoDollars)
    }
}

extension OperatorExecutionRelated.Group {
    init(_ related: RelatedLogs, executions: [OperatorExecutionRow]) {
        let relation: OperatorExecutionRelated.Relation =
            switch related.relation {
            case .judge: .judge
            case .parts: .parts
            case .siblings: .siblings
            case .origin: .origin
            case .reruns: .reruns
            case .previous: .previous
            case .request: .request
            case .session: .session
            }
        self.init(relation: relation, executions: executions, hasMore: related.hasMore)
    }
}
