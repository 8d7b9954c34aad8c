internal import FoundationEssentials
internal import Queueing
package import Records
internal import Scoring
internal import Tenancy
package import WireAPI

extension ExecutionSearch {
    /// What an operator's filter looks for.
    /// - Throws: an error that names the parameter when a type or a reason is none.
    package init(_ filter: OperatorExecutionFilter) throws(OperatorInvalidParameter) {
        self.init()
        for name in filter.types {
            guard let type = ExecutionType(rawValue: name) else {
                throw OperatorInvalidParameter(
                    name: "type",
                    expected: "one of " + ExecutionType.allCases.map(\.rawValue).joined(separator: ", "))
            }
            types.append(type)
        }
        for name in filter.failureCodes {
            guard let code = EvaluationFailure.Code(rawValue: name) else {
                throw OperatorInvalidParameter(
                    name: "failure_code",
                    expected: "one of " + EvaluationFailure.Code.allCases.map(\.rawValue).joined(separator: ", "))
            }
            failureCodes.append(code)
        }
        leavesOutParts = filter.leavesOutParts
        itemID = filter.evaluatorID
        judgeID = filter.judgeID.map(JudgeID.init(uuid:))
        nameParts = filter.names
        excludedNameParts = filter.excludedNames
        tags = filter.tags
        excludedTags = filter.excludedTags
        batchID = filter.batchID.map(BatchID.init(uuid:))
        sessionID = filter.sessionID
        userID = filter.userID
        modelPart = filter.model
        projectNamePart = filter.project
        projectID = filter.projectID.map(ProjectID.init(uuid:))
        failed = filter.outcome.map { $0 == .failed }
        minimumScore = filter.minimumScore
        maximumScore = filter.maximumScore
        minimumLatency = filter.minimumLatencyMilliseconds.map { .milliseconds($0) }
        maximumLatency = filter.maximumLatencyMilliseconds.map { .milliseconds($0) }
        minimumCost = filter.minimumCostNanodollars.map(Money.init(nanoDollars:))
        maximumCost = filter.maximumCostNanodollars.map(Money.init(nanoDollars:))
        from = filter.since
        to = filter.until
    }
}
