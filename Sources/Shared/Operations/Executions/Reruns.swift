internal import FoundationEssentials
package import Records
package import Scoring
package import Stores
package import Tenancy

/// Why something cannot be executed again.
package struct NotRepeatable: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// What came of executing again, recorded.
package struct RunAgainReceipt: Sendable {
    package let executionLogID: ExecutionLogID
    package let score: Score?
    /// Set when there is no score, and says why.
    package let failure: EvaluationFailure?
}

/// Executes again what was executed before, on the same input.
package struct Reruns: Sendable {
    private let executions: Executions
    private let store: ExecutionLogStore

    package init(executions: Executions, store: ExecutionLogStore) {
        self.executions = executions
        self.store = store
    }

    /// Executes what a log recorded once more, with the same input and labels: the version that was executed, or the
    /// current one. Returns when the result is recorded; a failure is a result too.
    /// - Throws: `NotFound`; `NotRepeatable`, also when what was executed is gone; `PermissionDenied` for a caller who must
    ///   not see the input, or must not execute.
    package func runAgain(
        _ id: ExecutionLogID, sameVersion: Bool, as principal: Principal, _ context: CallContext
    ) async throws -> RunAgainReceipt {
        guard let log = try await store.find(id, in: principal.organizationID)?.log,
            principal.may(.executionLogList, in: log.projectID) || principal.may(.executionLogRead, in: log.projectID)
        else { throw NotFound("Execution log") }
        // The input is read in the caller's name, and goes into a log that names the caller as its owner.
        try principal.require(.executionLogRead, in: log.projectID)
        let receipt = try await execute(log, sameVersion: sameVersion, as: principal, context)
        try await store.noteRerun(
            receipt.executionLogID, of: id, in: principal.organizationID,
            at: receipt.executionLogID.uuid.versionSevenDate ?? Date())
        return receipt
    }

    private func execute(
        _ log: ExecutionLog, sameVersion: Bool, as principal: Principal, _ context: CallContext
    ) async throws -> RunAgainReceipt {
        let order = ExecutionOrder(input: log.input, labels: log.labels, projectID: log.projectID)
        let version = sameVersion ? log.item.versionID : nil
        guard let item = log.item.id, !sameVersion || version != nil else { throw Self.nothing }
        do {
            switch log.type {
            case .evaluator:
                try principal.require(.evaluatorExecute, in: log.projectID)
                let choice = EvaluatorChoice.id(EvaluatorID(uuid: item), version.map(EvaluatorVersionID.init(uuid:)))
                let receipt = try await executions.execute(choice, order, as: principal, context)
                return RunAgainReceipt(
                    executionLogID: receipt.executionLogID, score: receipt.outcome.score, failure: nil)
            case .judge:
                try principal.require(.judgeExecute, in: log.projectID)
                let choice = JudgeChoice.id(JudgeID(uuid: item), version.map(JudgeVersionID.init(uuid:)))
                let receipt = try await executions.execute(choice, order, as: principal, context)
                return RunAgainReceipt(
                    executionLogID: receipt.executionLogID, score: Score.combined(receipt.outcomes.map(\.score)),
                    failure: nil)
            case .skill, .experiment, .test, .proxy, .internal: throw Self.nothing
            }
        } catch let missing as NotFound {
            throw NotRepeatable(
                "This execution cannot be repeated: the \(missing.kind.lowercased()) “\(log.item.name)” is not there "
                    + "any more.")
        } catch let failed as ExecutionFailed {
            return RunAgainReceipt(executionLogID: failed.executionLogID, score: nil, failure: failed.failure)
        }
    }

    private static let nothing = NotRepeatable(
        "This execution cannot be repeated: only those of evaluators and judges can.")
}
