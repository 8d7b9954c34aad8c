package import FoundationEssentials
package import Scoring
package import Tenancy

package typealias DatasetItemID = EntityID<DatasetItem>

/// Inputs that are kept, to be evaluated again and again.
package struct Dataset: Sendable, Hashable {
    package let id: DatasetID
    package let organizationID: OrganizationID
    package let projectID: ProjectID
    package let owner: UserReference
    package let name: String?
    /// By which its owner finds it again.
    package let tags: [String]
    package let createdAt: Date

    package init(
        id: DatasetID, organizationID: OrganizationID, projectID: ProjectID, owner: UserReference, name: String?,
        tags: [String] = [], createdAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.projectID = projectID
        self.owner = owner
        self.name = name
        self.tags = tags
        self.createdAt = createdAt
    }
}

/// What an item of a dataset holds.
package struct DatasetItemContent: Sendable, Hashable {
    package var request: String
    package var response: String
    package var turns: [Turn]
    package var contexts: [String]
    package var expectedOutput: String
    package var variables: [String: String]
    /// Whatever its makers want to find there again.
    package var metadata: OpaqueJSON?
    /// Why this version was made.
    package var changeNote: String

    package init(
        request: String = "", response: String = "", turns: [Turn] = [], contexts: [String] = [],
        expectedOutput: String = "", variables: [String: String] = [:], metadata: OpaqueJSON? = nil,
        changeNote: String = ""
    ) {
        self.request = request
        self.response = response
        self.turns = turns
        self.contexts = contexts
        self.expectedOutput = expectedOutput
        self.variables = variables
        self.metadata = metadata
        self.changeNote = changeNote
    }

    /// What is evaluated of it.
    package var input: EvaluationInput {
        EvaluationInput(
            request: request.isEmpty ? nil : request, response: response.isEmpty ? nil : response, turns: turns,
            contexts: contexts, expectedOutput: expectedOutput.isEmpty ? nil : expectedOutput, variables: variables)
    }
}

/// What people are known to have found of an item, on the scale from 0 to 1 that is meant when nothing is said.
package struct ItemLabel: Sendable, Hashable {
    package let value: Double
    package let rationale: String

    package init(value: Double, rationale: String = "") {
        self.value = value
        self.rationale = rationale
    }
}

/// An item that is to be added, with its label if it has one.
package struct NewDatasetItem: Sendable, Hashable {
    package let content: DatasetItemContent
    package let label: ItemLabel?

    package init(_ content: DatasetItemContent, label: ItemLabel? = nil) {
        self.content = content
        self.label = label
    }
}

/// One version of an item of a dataset.
package struct DatasetItem: Sendable, Hashable {
    /// The version's.
    package let id: DatasetItemID
    /// The same in all versions of an item.
    package let externalID: DatasetItemID
    package let datasetID: DatasetID
    /// Counted from 0, the same in all versions.
    package let position: Int
    package let isLatest: Bool
    package let isArchived: Bool
    package let content: DatasetItemContent
    package let createdAt: Date

    package init(
        id: DatasetItemID, externalID: DatasetItemID, datasetID: DatasetID, position: Int, isLatest: Bool,
        isArchived: Bool, content: DatasetItemContent, createdAt: Date
    ) {
        self.id = id
        self.externalID = externalID
        self.datasetID = datasetID
        self.position = position
        self.isLatest = isLatest
        self.isArchived = isArchived
        self.content = content
        self.createdAt = createdAt
    }
}
