package import FoundationEssentials
package import JSON
package import Records
internal import Scoring
internal import Tenancy

/// The body of `POST` and `PATCH` on datasets; `null` and absent mean "not given".
package struct DatasetRequest: Decodable, Sendable {
    package let name: String?
    package let projectId: UUID?
    package let tags: [UUID]?
    package let hasHeader: Bool?
    /// An older way to say where a file is.
    package let url: String?
}

/// One dataset.
package struct DatasetBody: Codable, Sendable {
    package let id: UUID
    package let name: String?
    package let tags: [String]
    package let owner: UserDetails
    package let createdAt: Date
    package private(set) var status = "private"
    package let projectId: UUID
    package let hasHeader: Bool
    package private(set) var meta = JSONValue.object([:])

    private enum CodingKeys: String, CodingKey {
        case id, name, tags, owner, createdAt, status, projectId, hasHeader
        case meta = "_meta"
    }

    package init(_ dataset: Dataset) { self.init(dataset, hasHeader: false) }

    /// With what its maker said of the file that it was made of.
    package init(_ dataset: Dataset, hasHeader: Bool) {
        self.hasHeader = hasHeader
        tags = dataset.tags
        id = dataset.id.uuid
        name = dataset.name
        owner = UserDetails(dataset.owner)
        createdAt = dataset.createdAt
        projectId = dataset.projectID.uuid
    }
}

/// The body of `POST`, `PUT` and `PATCH` on an item; what is absent stays as it is, or is empty in a new item.
package struct DatasetItemRequest: Decodable, Sendable {
    package let request: String?
    package let response: String?
    package let turns: [TurnRequest]?
    package let contexts: [String]?
    package let expectedOutput: String?
    /// What is no text is put into prompts as JSON.
    package let variables: [String: JSONValue]?
    package let metadata: JSONValue?
    package let changeNote: String?

    /// What was given of an item, and the rest of what it was.
    package func content(over known: DatasetItemContent = DatasetItemContent()) -> DatasetItemContent {
        DatasetItemContent(
            request: request ?? known.request, response: response ?? known.response,
            turns: turns?.map(Turn.init) ?? known.turns, contexts: contexts ?? known.contexts,
            expectedOutput: expectedOutput ?? known.expectedOutput,
            variables: variables?.mapValues { $0.stringValue ?? $0.description } ?? known.variables,
            metadata: metadata.map { OpaqueJSON(text: $0.description) } ?? known.metadata,
            changeNote: changeNote ?? "")
    }
}

/// One version of an item of a dataset.
package struct DatasetItemBody: Codable, Sendable {
    /// One turn of a conversation.
    package struct TurnBody: Codable, Sendable {
        package let role: String
        package let content: String?
        package let contexts: [String]
        package let toolCalls: JSONValue?
        package let toolCallId: String?
    }

    package let id: UUID
    package let externalId: UUID
    package let versionId: UUID
    package let isLatestVersion: Bool
    package let request: String
    package let response: String
    package let turns: [TurnBody]
    package let contexts: [String]
    package let expectedOutput: String
    package let variables: [String: String]
    package let metadata: JSONValue?
    package let changeNote: String
    package let isArchived: Bool
    /// The published ones.
    package let annotations: [AnnotationBody]
    package let createdAt: Date

    private enum CodingKeys: String, CodingKey {
        case id, externalId, versionId, isLatestVersion, request, response, turns, contexts, expectedOutput, variables
        case metadata, changeNote, isArchived, annotations, createdAt
    }

    /// - Throws: `JSONParsingError` for a stored text that is no JSON.
    package init(_ item: DatasetItem, annotations: [Annotation] = []) throws {
        self.annotations = annotations.map(AnnotationBody.init)
        let content = item.content
        id = item.id.uuid
        externalId = item.externalID.uuid
        versionId = item.id.uuid
        isLatestVersion = item.isLatest
        request = content.request
        response = content.response
        turns = try content.turns.map { turn in
            TurnBody(
                role: turn.role.rawValue, content: turn.content, contexts: turn.contexts,
                toolCalls: try turn.toolCalls.map { try JSONParser.parse($0.text) }, toolCallId: turn.toolCallID)
        }
        contexts = content.contexts
        expectedOutput = content.expectedOutput
        variables = content.variables
        metadata = try content.metadata.map { try JSONParser.parse($0.text) }
        changeNote = content.changeNote
        isArchived = item.isArchived
        createdAt = item.createdAt
    }
}
