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
    }

    private struct JudgeKey: Hashable {
        let organization: OrganizationID
        let choice: JudgeChoice
    }

    package init(evaluators: EvaluatorStore, judges: JudgeStore) {
        self.evaluators = evaluators
        self.judges = judges
    }

    /// The evaluator that is meant.
    /// - Throws: `NotFound`.
    package func evaluator(_ choice: EvaluatorChoice, for principal: Principal) async throws -> Evaluator {
        let organization = principal.organizationID
        let key = EvaluatorKey(organization: organization, choice: choice)
        let found = try await recentEvaluators.value(of: key) {
            switch choice {
            case .id(let id, let version): try await evaluators.find(id, version: version, readableBy: organization)
            case .name(let name): try await evaluators.find(named: name, readableBy: organization)
            }
        }
        guard let found else { throw NotFound("Evaluator") }
        return found
    }

    /// The judge that is meant.
    /// - Throws: `NotFound`.
    package func judge(_ choice: JudgeChoice, for principal: Principal) async throws -> Judge {
        let organization = principal.organizationID
        let key = JudgeKey(organization: organization, choice: choice)
        let found = try await recentJudges.value(of: key) {
            switch choice {
            case .id(let id, let version): try await judges.find(id, version: version, readableBy: organization)
            case .name(let name): try await judges.find(named: name, in: organization)
            }
        }
        guard let found else { throw NotFound("Judge") }
        return found
    }

    /// Forgets what was looked up: something has changed.
    package func forgetAll() {
        recentEvaluators.forgetAll()
        recentJudges.forgetAll()
    }
}
