package import FoundationEssentials
package import JSON
package import Scoring
internal import Tenancy

/// The body of `POST`, `PUT` and `PATCH` on judges; `null` and absent mean "not given".
package struct JudgeRequest: Decodable, Sendable {
    /// An evaluator of the judge: one version of it, or whichever is the latest.
    package struct Reference: Decodable, Sendable {
        package let id: UUID
        package let versionId: UUID?
    }

    package let evaluatorReferences: [Reference]?
    package let fileId: UUID?
    package let intent: String?
    package let name: String?
    package let projectId: UUID?
    package let stage: String?
    package let visibility: String?
}

/// An evaluator inside a judge.
package struct NestedEvaluator: Encodable, Sendable {
    /// What an evaluator measures.
    package struct NestedObjective: Encodable, Sendable {
        package let intent: String
    }

    package let id: UUID
    package let name: String
    package let objective: NestedObjective
    package let isRootEvaluator: Bool
    package let model: String
    package let versionId: UUID

    init(_ evaluator: Evaluator, defaultModel: String) {
        id = evaluator.id.uuid
        name = evaluator.name
        objective = NestedObjective(intent: evaluator.objective.version.intent)
        isRootEvaluator = evaluator.isRoot
        model = evaluator.version.definition.models.first ?? defaultModel
        versionId = evaluator.version.id.uuid
    }
}

/// One judge.
package struct JudgeBody: Encodable, Sendable {
    package let id: UUID
    package let name: String
    package let intent: String
    package let stage: String
    package let visibility: String
    package let versionId: UUID
    package let projectId: UUID?
    package let evaluators: [NestedEvaluator]
    package let inputs: [String: InputShapeBody]
    /// Files cannot be attached yet: always empty.
    package let files: [JSONValue] = []
    package let createdAt: Date
    package let meta = JSONValue.object([:])

    private enum CodingKeys: String, CodingKey {
        case id, name, intent, stage, visibility, versionId, projectId, evaluators, inputs, files, createdAt
        case meta = "_meta"
    }

    /// See ``EvaluatorBody/init(_:defaultModel:hidesProject:)``.
    package init(_ judge: Judge, defaultModel: String, hidesProject: Bool) {
        let definition = judge.version.definition
        id = judge.id.uuid
        name = definition.name
        intent = definition.intent
        stage = definition.stage
        visibility = judge.visibility.rawValue
        versionId = judge.version.id.uuid
        projectId = hidesProject ? nil : judge.projectID?.uuid
        evaluators = judge.evaluators.map { NestedEvaluator($0, defaultModel: defaultModel) }
        inputs = InputShapeBody.map(of: judge.inputs)
        createdAt = judge.createdAt
    }
}
