package import FoundationEssentials
package import JSON
package import Scoring
internal import Tenancy

/// The body of `POST`, `PUT` and `PATCH` on judges; `null` and absent mean "not given", but for the file.
package struct JudgeRequest: Decodable, Sendable {
    /// What is to become of a judge's file.
    package enum FileChange: Sendable, Hashable {
        case keep
        case remove
        case attach(UUID)
    }

    /// An evaluator of the judge: one version of it, or whichever is the latest.
    package struct Reference: Decodable, Sendable {
        package let id: UUID
        package let versionId: UUID?
    }

    package let evaluatorReferences: [Reference]?
    /// `null` removes the file.
    package let file: FileChange
    package let intent: String?
    package let name: String?
    package let projectId: UUID?
    package let stage: String?
    package let visibility: String?

    private enum CodingKeys: String, CodingKey {
        case evaluatorReferences, fileId, intent, name, projectId, stage, visibility
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        evaluatorReferences = try members.decodeIfPresent([Reference].self, forKey: .evaluatorReferences)
        if members.contains(.fileId) {
            file = try members.decodeIfPresent(UUID.self, forKey: .fileId).map { .attach($0) } ?? .remove
        } else {
            file = .keep
        }
        intent = try members.decodeIfPresent(String.self, forKey: .intent)
        name = try members.decodeIfPresent(String.self, forKey: .name)
        projectId = try members.decodeIfPresent(UUID.self, forKey: .projectId)
        stage = try members.decodeIfPresent(String.self, forKey: .stage)
        visibility = try members.decodeIfPresent(String.self, forKey: .visibility)
    }
}

/// An evaluator inside a judge.
package struct NestedEvaluator: Codable, Sendable {
    /// What an evaluator measures.
    package struct NestedObjective: Codable, Sendable {
        package let intent: String
    }

    package let id: UUID
    package let name: String
    package let objective: NestedObjective
    package let isRootEvaluator: Bool
    package let model: String
    package let versionId: UUID

    init(_ evaluator: Evaluator, defaultModel: String, isShown: Bool) {
        id = evaluator.id.uuid
        name = isShown ? evaluator.name : ""
        objective = NestedObjective(intent: isShown ? evaluator.objective.version.intent : "")
        isRootEvaluator = evaluator.isRoot
        model = evaluator.version.definition.models.first ?? defaultModel
        versionId = evaluator.version.id.uuid
    }
}

/// One judge.
package struct JudgeBody: Codable, Sendable {
    package let id: UUID
    package let name: String
    package let intent: String
    package let stage: String
    package let visibility: String
    package let versionId: UUID
    package let projectId: UUID?
    package let evaluators: [NestedEvaluator]
    package let inputs: [String: InputShapeBody]
    /// The file that its evaluators look at; one at most.
    package let files: [JudgeFileBody]
    package let createdAt: Date
    package private(set) var meta = JSONValue.object([:])

    private enum CodingKeys: String, CodingKey {
        case id, name, intent, stage, visibility, versionId, projectId, evaluators, inputs, files, createdAt
        case meta = "_meta"
    }

    /// See ``EvaluatorBody/init(_:defaultModel:hidesProject:)``. Of an evaluator that `shows` denies only its identifiers are
    /// told, which it takes to save the judge again.
    package init(
        _ judge: Judge, defaultModel: String, hidesProject: Bool, showing shows: (Evaluator) -> Bool = { _ in true }
    ) {
        let definition = judge.version.definition
        id = judge.id.uuid
        name = definition.name
        intent = definition.intent
        stage = definition.stage
        visibility = judge.visibility.rawValue
        versionId = judge.version.id.uuid
        projectId = hidesProject ? nil : judge.projectID?.uuid
        evaluators = judge.evaluators.map {
            NestedEvaluator($0, defaultModel: defaultModel, isShown: shows($0))
        }
        inputs = InputShapeBody.map(of: judge.inputs)
        files = judge.file.map { [JudgeFileBody($0)] } ?? []
        createdAt = judge.createdAt
    }
}
