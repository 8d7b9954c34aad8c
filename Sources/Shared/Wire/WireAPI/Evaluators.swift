internal import CodeScoring
package import FoundationEssentials
package import JSON
package import Scoring
internal import Tenancy

/// The body of `POST`, `PUT` and `PATCH` on evaluators; `null` and absent mean "not given".
///
/// Clients of several generations call it: the criteria also arrive as `prompt` or `predicate`, the objective also
/// inline.
package struct EvaluatorRequest: Decodable, Sendable {
    /// An objective that is made together with its evaluator.
    package struct InlineObjective: Decodable, Sendable {
        package let intent: String?
    }

    /// A placeholder that the caller fills at execution.
    package struct Variable: Decodable, Sendable {
        package let name: String
    }

    package let changeNote: String?
    package let demonstrationDatasetId: UUID?
    package let inputVariables: [Variable]?
    package let models: [String]?
    package let name: String?
    package let objective: InlineObjective?
    package let objectiveId: UUID?
    package let objectiveVersionId: UUID?
    package let overwrite: Bool?
    package let projectId: UUID?
    package let behavior: String?
    /// What is done without a model, `{"kind": …}` with the options of the kind: our addition.
    package let code: JSONValue?
    private let scoringCriteria: String?
    private let prompt: String?
    private let predicate: String?

    /// The criteria under whichever name they came.
    package var criteria: String? { scoringCriteria ?? prompt ?? predicate }
}

/// The body of a duplication, which may be absent.
package struct DuplicateRequest: Decodable, Sendable {
    package let projectId: UUID?
}

/// One evaluator.
package struct EvaluatorBody: Encodable, Sendable {
    /// A placeholder that the caller fills at execution.
    package struct Variable: Encodable, Sendable {
        package let id: UUID
        package let skill: UUID?
        package let createdAt: Date?
        package let updatedAt: Date?
        package let name: String
    }

    package let id: UUID
    package let name: String
    package let versionId: UUID
    package let objective: ObjectiveBody
    package let owner: UserDetails
    package let projectId: UUID?
    package let visibility: String
    package let isRootEvaluator: Bool
    package let models: [String]
    package let behavior: String
    package let scoringCriteria: String
    /// What is done without a model; `nil` where a model judges by the criteria.
    package let code: JSONValue?
    package let inputVariables: [Variable]
    package let inputs: [String: InputShapeBody]
    package let demonstrationDatasetId: UUID?
    package let changeNote: String
    package let createdAt: Date
    package let updatedAt: Date?
    package let updatedBy: UserDetails?
    package let meta = JSONValue.object([:])

    private enum CodingKeys: String, CodingKey {
        case id, name, versionId, objective, owner, projectId, visibility, isRootEvaluator, models, behavior
        case scoringCriteria, code, inputVariables, inputs, demonstrationDatasetId, changeNote
        case createdAt, updatedAt, updatedBy
        case meta = "_meta"
    }

    /// `defaultModel` is shown where the evaluator leaves the model to the server.
    /// `hidesProject` is whether the evaluator belongs to another organisation, whose projects are not the caller's
    /// business.
    package init(_ evaluator: Evaluator, defaultModel: String, hidesProject: Bool) {
        let version = evaluator.version
        let definition = version.definition
        id = evaluator.id.uuid
        name = definition.name
        versionId = version.id.uuid
        objective = ObjectiveBody(evaluator.objective)
        owner = UserDetails(evaluator.owner)
        projectId = hidesProject ? nil : evaluator.projectID?.uuid
        visibility = evaluator.visibility.rawValue
        isRootEvaluator = evaluator.isRoot
        models = definition.shownModels(default: defaultModel)
        behavior = definition.behavior.rawValue
        scoringCriteria = definition.criteria.text
        code = definition.code?.json
        inputVariables = definition.effectiveVariables.map {
            Variable(
                id: version.id(of: $0), skill: evaluator.id.uuid, createdAt: version.createdAt,
                updatedAt: version.createdAt, name: $0.name)
        }
        inputs = InputShapeBody.map(of: definition.inputs)
        demonstrationDatasetId = definition.demonstrationDatasetID?.uuid
        changeNote = definition.changeNote
        createdAt = evaluator.createdAt
        updatedAt = evaluator.updatedAt
        updatedBy = evaluator.updatedBy.map(UserDetails.init)
    }
}

/// One evaluator as a row of a list.
package struct EvaluatorRow: Encodable, Sendable {
    /// What the evaluator measures.
    package struct NestedObjective: Encodable, Sendable {
        package let id: UUID
        package let intent: String
    }

    package let id: UUID
    package let name: String
    package let versionId: UUID
    package let objective: NestedObjective
    package let owner: UserDetails
    package let projectId: UUID?
    package let visibility: String
    package let isRootEvaluator: Bool
    package let models: [String]
    package let scoringCriteria: String
    /// See ``EvaluatorBody/code``.
    package let code: JSONValue?
    package let inputs: [String: InputShapeBody]
    package let createdAt: Date
    package let updatedAt: Date?
    package let updatedBy: UserDetails?
    package let meta = JSONValue.object([:])

    private enum CodingKeys: String, CodingKey {
        case id, name, versionId, objective, owner, projectId, visibility, isRootEvaluator, models
        case scoringCriteria, code, inputs, createdAt, updatedAt, updatedBy
        case meta = "_meta"
    }

    /// See ``EvaluatorBody/init(_:defaultModel:hidesProject:)``.
    package init(_ evaluator: Evaluator, defaultModel: String, hidesProject: Bool) {
        let definition = evaluator.version.definition
        id = evaluator.id.uuid
        name = definition.name
        versionId = evaluator.version.id.uuid
        objective = NestedObjective(id: evaluator.objective.id.uuid, intent: evaluator.objective.version.intent)
        owner = UserDetails(evaluator.owner)
        projectId = hidesProject ? nil : evaluator.projectID?.uuid
        visibility = evaluator.visibility.rawValue
        isRootEvaluator = evaluator.isRoot
        models = definition.shownModels(default: defaultModel)
        scoringCriteria = definition.criteria.text
        code = definition.code?.json
        inputs = InputShapeBody.map(of: definition.inputs)
        createdAt = evaluator.createdAt
        updatedAt = evaluator.updatedAt
        updatedBy = evaluator.updatedBy.map(UserDetails.init)
    }
}

extension EvaluatorDefinition {
    /// The models that are asked; code asks none.
    fileprivate func shownModels(default defaultModel: String) -> [String] {
        models.isEmpty && code == nil ? [defaultModel] : models
    }

    /// The declared variables and those that the criteria use without declaring them.
    fileprivate var effectiveVariables: [InputVariable] {
        let declared = Set(inputVariables.map(\.name))
        return inputVariables + inputs.variableNames.filter { !declared.contains($0) }.map(InputVariable.init)
    }
}
