internal import Tenancy
internal import FoundationEssentials
package import Records
package import Scoring
package import WireAPI

extension OperatorExecutionRow {
    /// A log as operators see it. Without a project's name and a failure's words as it arrives live: everybody who
    /// watches gets it, and a provider's words may repeat what was asked.
    package init(_ log: ExecutionLog, projectName: String? = nil, hidesContent: Bool = true) {
        let outcome = log.outcome
        self.init(
            id: log.id.uuid, createdAt: log.createdAt, type: log.type.rawValue, name: log.item.name,
            itemID: log.item.id, parentID: log.parentID?.uuid, judgeID: log.judgeID?.uuid, batchID: log.batchID?.uuid,
            score: outcome.score?.value,
            failure: outcome.failure.map { OperatorFailure($0, hidesContent: hidesContent) },
            model: outcome.model, provider: outcome.provider,
            latencyMilliseconds: outcome.callDuration.map { $0.seconds * 1000 },
            costNanodollars: outcome.cost?.nanoDollars, projectID: log.projectID.uuid, projectName: projectName,
            sessionID: log.labels.sessionID, userID: log.labels.userID, tags: log.labels.tags)
    }
}

extension OperatorFailure {
    /// Why there is no score; its code alone where content is hidden.
    package init(_ failure: EvaluationFailure, hidesContent: Bool) {
        self.init(code: failure.code.rawValue, message: hidesContent ? nil : failure.message)
    }
}
