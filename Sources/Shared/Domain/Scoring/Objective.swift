package import FoundationEssentials
package import Tenancy

/// What is to be measured, in words. Evaluators measure it; they follow its latest version or pin one.
package struct Objective: Sendable, Hashable {
    package let id: ObjectiveID
    package let organizationID: OrganizationID
    package let projectID: ProjectID?
    package let owner: UserReference
    package let createdAt: Date
    package let version: ObjectiveVersion

    package init(
        id: ObjectiveID, organizationID: OrganizationID, projectID: ProjectID?, owner: UserReference, createdAt: Date,
        version: ObjectiveVersion
    ) {
        self.id = id
        self.organizationID = organizationID
        self.projectID = projectID
        self.owner = owner
        self.createdAt = createdAt
        self.version = version
    }
}

/// One wording of an objective; never changed once made.
package struct ObjectiveVersion: Sendable, Hashable {
    package let id: ObjectiveVersionID
    package let intent: String
    package let testDatasetID: DatasetID?
    package let createdAt: Date

    package init(id: ObjectiveVersionID, intent: String, testDatasetID: DatasetID?, createdAt: Date) {
        self.id = id
        self.intent = intent
        self.testDatasetID = testDatasetID
        self.createdAt = createdAt
    }
}

/// The content of an objective as a client wants it.
package struct ObjectiveDefinition: Sendable, Hashable {
    package var intent: String
    package var testDatasetID: DatasetID?

    /// The longest intent, in Unicode scalars.
    package static let longestIntent = 100_000

    /// Takes the values as they are; whoever takes them from a client calls ``validate()``.
    package init(intent: String, testDatasetID: DatasetID? = nil) {
        self.intent = intent
        self.testDatasetID = testDatasetID
    }

    /// Names every limit that a client's values break.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.length(of: intent, in: 1...Self.longestIntent, field: "intent")
        }
    }
}
