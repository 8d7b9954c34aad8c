package import FoundationEssentials

/// A dataset, `GET /internal/datasets/ID`, and as a row of `GET /internal/datasets`.
package struct OperatorDataset: Codable, Sendable, Hashable {
    /// Where datasets are; one is at `path/ID`.
    package static let path = "/internal/datasets"

    package let id: UUID
    package let name: String?
    package let tags: [String]
    package let owner: OperatorPerson
    package let createdAt: Date
    /// Items that are not archived, and those of them that somebody has labelled and published it.
    package let itemCount: Int
    package let labelledCount: Int

    package init(
        id: UUID, name: String?, tags: [String], owner: OperatorPerson, createdAt: Date, itemCount: Int,
        labelledCount: Int
    ) {
        self.id = id
        self.name = name
        self.tags = tags
        self.owner = owner
        self.createdAt = createdAt
        self.itemCount = itemCount
        self.labelledCount = labelledCount
    }
}

/// A page of datasets, the newest first.
package struct OperatorDatasetPage: Codable, Sendable, Hashable {
    package let results: [OperatorDataset]
    package let next: String?

    package init(results: [OperatorDataset], next: String?) {
        self.results = results
        self.next = next
    }
}

/// One version of an item of a dataset.
package struct OperatorDatasetItem: Codable, Sendable, Hashable {
    /// The version's.
    package let id: UUID
    /// The same in all versions.
    package let externalID: UUID
    package let datasetID: UUID
    /// Counted from 1 in the order in which items were added.
    package let number: Int
    package let isLatest: Bool
    package let isArchived: Bool
    package let request: String
    package let response: String
    /// As one reads a conversation, a turn a line; empty for none.
    package let conversation: String
    package let contexts: [String]
    package let expectedOutput: String
    package let variables: [String: String]
    package let changeNote: String
    package let createdAt: Date
    /// The published ones, the newest first.
    package let labels: [OperatorLabel]

    package init(
        id: UUID, externalID: UUID, datasetID: UUID, number: Int, isLatest: Bool, isArchived: Bool, request: String,
        response: String, conversation: String, contexts: [String], expectedOutput: String,
        variables: [String: String], changeNote: String, createdAt: Date, labels: [OperatorLabel]
    ) {
        self.id = id
        self.externalID = externalID
        self.datasetID = datasetID
        self.number = number
        self.isLatest = isLatest
        self.isArchived = isArchived
        self.request = request
        self.response = response
        self.conversation = conversation
        self.contexts = contexts
        self.expectedOutput = expectedOutput
        self.variables = variables
        self.changeNote = changeNote
        self.createdAt = createdAt
        self.labels = labels
    }
}

/// A page of items, or of the versions of one.
package struct OperatorDatasetItemPage: Codable, Sendable, Hashable {
    package let results: [OperatorDatasetItem]
    package let next: String?

    package init(results: [OperatorDatasetItem], next: String?) {
        self.results = results
        self.next = next
    }
}

/// What a dataset is made of or gets, `POST /internal/datasets`.
package struct OperatorDatasetDraft: Codable, Sendable, Hashable {
    package let name: String?
    /// The dataset that gets the items; a new one without.
    package let datasetID: UUID?
    /// The text of a CSV or JSONL file; no items without.
    package let text: String?
    /// `csv` or `jsonl`; found out by the first character without.
    package let format: String?
    /// Where a new one belongs; in the caller's default project without.
    package let projectID: UUID?

    package init(
        name: String?, datasetID: UUID? = nil, text: String? = nil, format: String? = nil, projectID: UUID? = nil
    ) {
        self.projectID = projectID
        self.name = name
        self.datasetID = datasetID
        self.text = text
        self.format = format
    }
}

/// What is to be different about an item, `PATCH /internal/datasets/ID/items/ITEM`. What is `nil` stays.
package struct OperatorDatasetItemChange: Codable, Sendable, Hashable {
    package var request: String?
    package var response: String?
    package var expectedOutput: String?
    package var changeNote: String?

    package init(
        request: String? = nil, response: String? = nil, expectedOutput: String? = nil, changeNote: String? = nil
    ) {
        self.request = request
        self.response = response
        self.expectedOutput = expectedOutput
        self.changeNote = changeNote
    }
}

/// An item that is typed, `POST /internal/datasets/ID/items`.
package struct OperatorDatasetItemDraft: Codable, Sendable, Hashable {
    package let request: String
    package let response: String
    package let expectedOutput: String

    package init(request: String, response: String, expectedOutput: String) {
        self.request = request
        self.response = response
        self.expectedOutput = expectedOutput
    }
}

/// An execution that becomes an item, `POST /internal/datasets/ID/executions`.
package struct OperatorExecutionAsItem: Codable, Sendable, Hashable {
    package let executionID: UUID

    package init(executionID: UUID) { self.executionID = executionID }
}

extension OperatorRequest where Reply == OperatorDatasetPage {
    /// A page of datasets of at most `limit` rows, up to 100; `search` is a part of the name in any case.
    package static func datasets(search: String? = nil, cursor: String? = nil, limit: Int) -> Self {
        var parameters = [Parameter("page_size", "\(limit)")]
        if let search { parameters.append(Parameter("search", search)) }
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, OperatorDataset.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorDataset {
    /// One dataset.
    package static func dataset(_ id: UUID) -> Self { Self(.get, datasetPath(id)) }
    /// Makes a dataset, or adds items to one. Answers it as it is then.
    package static func makeDataset(_ draft: OperatorDatasetDraft) -> Self {
        Self(.post, OperatorDataset.path, body: draft)
    }
    /// Gives a dataset another name.
    package static func renameDataset(_ id: UUID, to name: String) -> Self {
        Self(.patch, datasetPath(id), body: OperatorDatasetDraft(name: name))
    }
}

extension OperatorRequest where Reply == OperatorDatasetItemPage {
    /// A page of the items of a dataset in their order.
    package static func datasetItems(
        _ id: UUID, withArchived: Bool = false, cursor: String? = nil, limit: Int
    ) -> Self {
        var parameters = [Parameter("page_size", "\(limit)")]
        if withArchived { parameters.append(Parameter("is_archived", "true")) }
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, datasetPath(id) + "/items", parameters)
    }

    /// All versions of an item, the newest first.
    package static func datasetItemVersions(_ item: OperatorDatasetItem) -> Self {
        Self(.get, itemPath(item) + "/versions")
    }
}

extension OperatorRequest where Reply == OperatorDatasetItem {
    /// Makes a new version of an item. Answers that version.
    package static func reviseDatasetItem(_ item: OperatorDatasetItem, _ change: OperatorDatasetItemChange) -> Self {
        Self(.patch, itemPath(item), body: change)
    }
    /// Adds an item that was typed.
    package static func addDatasetItem(_ draft: OperatorDatasetItemDraft, to dataset: UUID) -> Self {
        Self(.post, datasetPath(dataset) + "/items", body: draft)
    }
    /// Adds what an execution was given and answered as an item.
    package static func addExecution(_ execution: UUID, to dataset: UUID) -> Self {
        Self(.post, datasetPath(dataset) + "/executions", body: OperatorExecutionAsItem(executionID: execution))
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Deletes a dataset with its items and their labels.
    package static func deleteDataset(_ id: UUID) -> Self { Self(.delete, datasetPath(id)) }
    /// Archives an item: it is neither evaluated nor labelled any more.
    package static func archiveDatasetItem(_ item: OperatorDatasetItem) -> Self { Self(.delete, itemPath(item)) }
}

extension OperatorRequest {
    static func datasetPath(_ id: UUID) -> String { "\(OperatorDataset.path)/\(id.uuidString.lowercased())" }
    static func itemPath(_ item: OperatorDatasetItem) -> String {
        "\(datasetPath(item.datasetID))/items/\(item.id.uuidString.lowercased())"
    }
}
