internal import FoundationEssentials
package import Scoring
internal import Stores
package import Tenancy

/// All of an evaluator's content at once, as a document says it: what is left out is empty.
package struct WholeEvaluator: Sendable, Hashable {
    package var definition: EvaluatorDefinition
    /// The words of a new objective, which takes the place of the definition's; `nil` keeps that.
    package var newIntent: String?
    /// `nil` is where it is, for a new one the caller's default.
    package var projectID: ProjectID?

    package init(definition: EvaluatorDefinition, newIntent: String? = nil, projectID: ProjectID? = nil) {
        self.definition = definition
        self.newIntent = newIntent
        self.projectID = projectID
    }
}

extension Evaluators {
    /// Makes an evaluator of exactly this content. The caller has found that the models and the objective exist.
    /// - Throws: `InvalidDefinition`, `PermissionDenied`.
    package func create(_ whole: WholeEvaluator, for principal: Principal) async throws -> Evaluator {
        try whole.definition.validate()
        let project = try await projects.target(whole.projectID, needing: .evaluatorCreate, for: principal)
        try await requireExamples(of: whole.definition, principal)
        let definition = try await withObjective(whole, in: project, principal)
        return try await store(definition, in: project, for: principal)
    }

    /// Gives the evaluator a version of exactly this content, provided that it is still at the version that the content
    /// was derived from. The caller has found that the models and the objective exist.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`, `PermissionDenied`; `Conflict` of the kind `changedMeanwhile`.
    package func replace(
        _ id: EvaluatorID, at expected: EvaluatorVersionID, by whole: WholeEvaluator, for principal: Principal
    ) async throws -> Evaluator {
        let current = try await changeable(id, principal)
        guard current.version.id == expected else { throw Conflict(.changedMeanwhile) }
        try whole.definition.validate()
        if whole.definition.demonstrationDatasetID == current.version.definition.demonstrationDatasetID {
            guard try await mayShow(examplesOf: whole.definition, principal) else { throw Self.foreignExamples }
        } else {
            try await requireExamples(of: whole.definition, principal)
        }
        var target: ProjectID?
        if let project = whole.projectID {
            target = try await projects.target(project, needing: .evaluatorUpdate, for: principal)
        }
        let definition = try await withObjective(
            whole, in: target ?? current.projectID ?? principal.defaultProjectID, principal)
        let change = EvaluatorChange(
            id: id, organizationID: principal.organizationID, replacing: expected, versionID: identifiers.next(),
            definition: definition, projectID: target, by: principal.user.id, at: Date())
        guard let changed = try await add(change, to: current, isLastAttempt: true, principal) else {
            throw Conflict(.changedMeanwhile)
        }
        return changed
    }

    private func withObjective(
        _ whole: WholeEvaluator, in project: ProjectID, _ principal: Principal
    ) async throws -> EvaluatorDefinition {
        var definition = whole.definition
        if let intent = whole.newIntent {
            definition.objectiveID = try await objectives.create(
                ObjectiveDefinition(intent: intent), in: project, for: principal)
            definition.objectiveVersionID = nil
        }
        return definition
    }
}
