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

    /// A worked example, as earlier clients send it.
    package struct Demonstration: Decodable, Sendable {
        package let request: String?
        package let response: String?
        package let score: Double
        package let justification: String?
    }

    package let changeNote: String?
    package let demonstrationDatasetId: UUID?
    /// An empty list takes those away that there were.
    package let evaluatorDemonstrations: [Demonstration]?
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
package struct EvaluatorBody: Codable, Sendable {
    /// A placeholder that the caller fills at execution.
    package struct Variable: Codable, Sendable {
        package let id: UUID
        package let skill: UUID?
        package let createdAt: Date?
        package let updatedAt: Date?
        package let name: String
    }

    /// A worked example; what is not there is empty.
    package struct Demonstration: Codable, Sendable {
        package let request: String
        package let response: String
        package let score: Double
        package let justification: String
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
    /// How much is done for a verdict: `fast` asks once for a short justification and for no thinking; `balanced` asks once
    /// and reasons before the score; `thorough` goes through the criteria one by one, thinks at length, and asks three to
    /// five times, until the answers agree: the score is their median.
    package let behavior: String
    package let scoringCriteria: String
    /// What is done without a model; `nil` where a model judges by the criteria.
    package let code: JSONValue?
    package let inputVariables: [Variable]
    package let inputs: [String: InputShapeBody]
    /// A dataset whose items with published annotations are shown to models as worked examples, as they are at the
    /// execution.
    package let demonstrationDatasetId: UUID?
    /// Worked examples of this version. Of these and those of the dataset models are shown at most 12, with scores as
    /// different as there are; none of more than 8 KiB, and not the input's own.
    package let evaluatorDemonstrations: [Demonstration]
    package let changeNote: String
    package let createdAt: Date
    package let updatedAt: Date?
    package let updatedBy: UserDetails?
    package private(set) var meta = JSONValue.object([:])

    private enum CodingKeys: String, CodingKey {
        case id, name, versionId, objective, owner, projectId, visibility, isRootEvaluator, models, behavior
        case scoringCriteria, code, inputVariables, inputs, demonstrationDatasetId, evaluatorDemonstrations, changeNote
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
        evaluatorDemonstrations = definition.demonstrations.map {
            Demonstration(
                request: $0.request, response: $0.response, score: $0.score.value, justification: $0.justification)
        }
        changeNote = definition.changeNote
        createdAt = evaluator.createdAt
        updatedAt = evaluator.updatedAt
        updatedBy = evaluator.updatedBy.map(UserDetails.init)
    }
}

/// One evaluator as a row of a list.
package struct EvaluatorRow: Codable, Sendable {
    /// What the evaluator measures.
    package struct NestedObjective: Codable, Sendable {
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
    package private(set) var meta = JSONValue.object([:])

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
