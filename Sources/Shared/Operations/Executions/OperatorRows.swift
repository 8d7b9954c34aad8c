internal import Tenancy
internal import FoundationEssentials
package import Records
internal import Scoring
package import WireAPI

extension OperatorExecutionRow {
    /// A log as operators see it. Without a project's name as it arrives live.
    package init(_ log: ExecutionLog, projectName: String? = nil) {
        let outcome = log.outcome
        self.init(
            id: log.id.uuid, createdAt: log.createdAt, type: log.type.rawValue, name: log.item.name,
            itemID: log.item.id, parentID: log.parentID?.uuid, score: outcome.score?.value,
            failure: outcome.failure.map { OperatorFailure(code: $0.code.rawValue, message: $0.message) },
            model: outcome.model, provider: outcome.provider,
            latencyMilliseconds: outcome.callDuration.map { $0.seconds * 1000 },
            costNanodollars: outcome.cost?.nanoDollars, projectID: log.projectID.uuid, projectName: projectName,
            sessionID: log.labels.sessionID, userID: log.labels.userID, tags: log.labels.tags)
    }
}
