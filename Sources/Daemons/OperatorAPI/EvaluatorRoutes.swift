internal import Access
internal import CodeScoring
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension CatalogueRoutes {
    func addEvaluators(to routes: inout ProtectedRoutes) {
        let path = OperatorItemKind.evaluator.path
        routes.on(.get, path + "/{id}", needs: .evaluatorRead, in: .any) { context, principal in
            .json(try await evaluator(context.parameter("id"), nil, for: principal))
        }
        routes.on(.get, path + "/{id}/versions/{version}", needs: .evaluatorRead, in: .any) {
            context, principal in
            .json(try await evaluator(context.parameter("id"), context.parameter("version"), for: principal))
        }
    }

    private func evaluator(
        _ id: EvaluatorID, _ version: EvaluatorVersionID?, for principal: Principal
    ) async throws -> OperatorEvaluator {
        let item = try await items.find(.evaluator, id.uuid, for: principal)
        let evaluator = try await evaluators.find(id, version: version, for: principal)
        let judges = try await items.judges(having: [id], for: principal)[id] ?? []
        return OperatorEvaluator(
            evaluator, item: try await body(of: item, for: principal),
            version: OperatorVersion(
                try await items.version(evaluator.version.id.uuid, of: item),
                isCurrent: evaluator.version.id.uuid == item.version.id),
            judges: judges.map(OperatorItemReference.init))
    }
}

extension OperatorEvaluator {
    fileprivate init(
        _ evaluator: Evaluator, item: OperatorItem, version: OperatorVersion, judges: [OperatorItemReference]
    ) {
        let definition = evaluator.version.definition
        self.init(
            item: item, version: version, name: definition.name, visibility: evaluator.visibility.rawValue,
            criteria: definition.criteria.text, code: definition.code?.json,
            inputs: OperatorInput.all(of: definition.inputs),
            models: definition.models, behavior: definition.behavior.rawValue,
            objective: Objective(
                id: evaluator.objective.id.uuid, versionID: evaluator.objective.version.id.uuid,
                intent: evaluator.objective.version.intent, isPinned: definition.objectiveVersionID != nil),
            demonstrationCount: definition.demonstrations.count,
            demonstrationDatasetID: definition.demonstrationDatasetID?.uuid, judges: judges)
    }
}
