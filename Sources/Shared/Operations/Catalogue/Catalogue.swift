package import Scoring
package import Stores
package import Tenancy

/// The evaluators and judges as executions need them: complete, and mostly from memory.
package struct Catalogue: Sendable {
    private let evaluators: EvaluatorStore
    private let judges: JudgeStore
    private let recentEvaluators = RecentValues<EvaluatorKey, Evaluator>(lifetime: .seconds(2), limit: 5000)
    private let recentJudges = RecentValues<JudgeKey, Judge>(lifetime: .seconds(2), limit: 1000)

    private struct EvaluatorKey: Hashable {
        let organization: OrganizationID
        let choice: EvaluatorChoice
        let reach: ProjectReach
    }

    private struct JudgeKey: Hashable {
        let organization: OrganizationID
        let choice: JudgeChoice
        let reach: ProjectReach
    }

    package init(evaluators: EvaluatorStore, judges: JudgeStore) {
        self.evaluators = evaluators
        self.judges = judges
    }

    /// The evaluator that is meant, among those with which the caller may do this.
    /// - Throws: `NotFound`.
    package func evaluator(
        _ choice: EvaluatorChoice, to permission: Permission = .evaluatorExecute, for principal: Principal
    ) async throws -> Evaluator {
        let organization = principal.organizationID
        let reach = principal.reach(permission)
        let key = EvaluatorKey(organization: organization, choice: choice, reach: reach)
        let found = try await recentEvaluators.value(of: key) {
            switch choice {
            case .id(let id, let version): try await evaluators.find(id, version: version, readableBy: organization)
            case .name(let name): try await evaluators.find(named: name, readableBy: organization, within: reach)
            }
        }
        guard let found, principal.may(permission, with: found.organizationID, in: found.projectID) else {
            throw NotFound("Evaluator")
        }
        return found
    }

    /// The judge that is meant, among those with which the caller may do this.
    /// - Throws: `NotFound`.
    package func judge(
        _ choice: JudgeChoice, to permission: Permission = .judgeExecute, for principal: Principal
    ) async throws -> Judge {
        let organization = principal.organizationID
        let reach = principal.reach(permission)
        let key = JudgeKey(organization: organization, choice: choice, reach: reach)
        let found = try await recentJudges.value(of: key) {
            switch choice {
            case .id(let id, let version): try await judges.find(id, version: version, readableBy: organization)
            case .name(let name): try await judges.find(named: name, in: organization, within: reach)
            }
        }
        guard let found, principal.may(permission, with: found.organizationID, in: found.projectID) else {
            throw NotFound("Judge")
        }
        return found
    }

    /// Forgets what was looked up: something has changed.
    package func forgetAll() {
        recentEvaluators.forgetAll()
        recentJudges.forgetAll()
    }
}
