package import FoundationEssentials
package import JSON
package import Scoring
internal import Tenancy

/// The body of `POST /v1/objectives/` and its updates; `null` and absent mean "not given".
package struct ObjectiveRequest: Decodable, Sendable {
    package let intent: String?
    package let forceCreate: Bool?
    package let testDatasetId: UUID?
    package let projectId: UUID?
}

/// One objective.
package struct ObjectiveBody: Codable, Sendable {
    package let id: UUID
    package let intent: String
    package let createdAt: Date
    package let owner: UserDetails
    package let versionId: UUID
    package let testDatasetId: UUID?
    /// Older clients look for what is now in the dataset.
    package private(set) var testSet: [[String]]?
    package private(set) var meta = JSONValue.object([:])

    private enum CodingKeys: String, CodingKey {
        case id, intent, createdAt, owner, versionId, testDatasetId, testSet
        case meta = "_meta"
    }

    package init(_ objective: Objective) {
        id = objective.id.uuid
        intent = objective.version.intent
        createdAt = objective.createdAt
        owner = UserDetails(objective.owner)
        versionId = objective.version.id.uuid
        testDatasetId = objective.version.testDatasetID?.uuid
    }
}

/// One objective as a row of a list.
package struct ObjectiveRow: Codable, Sendable {
    package let id: UUID
    package let intent: String
    package let owner: UserDetails
    package let createdAt: Date
    package let projectId: UUID?
    package private(set) var meta = JSONValue.object([:])

    private enum CodingKeys: String, CodingKey {
        case id, intent, owner, createdAt, projectId
        case meta = "_meta"
    }

    package init(_ objective: Objective) {
        id = objective.id.uuid
        intent = objective.version.intent
        owner = UserDetails(objective.owner)
        createdAt = objective.createdAt
        projectId = objective.projectID?.uuid
    }
}

/// The answer to a creation that returns the identifier alone.
package struct CreatedID: Codable, Sendable {
    package let id: UUID

    package init(id: UUID) { self.id = id }
}
