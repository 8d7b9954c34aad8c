package import FoundationEssentials

/// A project of the organisation, `GET /internal/projects` and `GET /internal/projects/ID`.
package struct OperatorProject: Codable, Sendable, Hashable {
    /// Where projects are; one is at `path/ID`.
    package static let path = "/internal/projects"

    package let id: UUID
    package let name: String
    package let description: String
    /// Where new things land that name no project.
    package let isDefault: Bool
    package let owner: OperatorPerson
    package let createdAt: Date
    package let evaluatorCount: Int
    package let judgeCount: Int
    /// In the last 24 hours; parts of a judge's execution count with it as one.
    package let executions: Int
    /// Those of them that gave no score.
    package let failures: Int
    /// Of the last 24 hours.
    package let costNanodollars: Int64
    /// The mean score of the last 24 hours; `nil` when nothing was scored.
    package let meanScore: Double?

    package init(
        id: UUID, name: String, description: String, isDefault: Bool, owner: OperatorPerson, createdAt: Date,
        evaluatorCount: Int, judgeCount: Int, executions: Int, failures: Int, costNanodollars: Int64,
        meanScore: Double?
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.isDefault = isDefault
        self.owner = owner
        self.createdAt = createdAt
        self.evaluatorCount = evaluatorCount
        self.judgeCount = judgeCount
        self.executions = executions
        self.failures = failures
        self.costNanodollars = costNanodollars
        self.meanScore = meanScore
    }
}

/// A page of projects, the newest first.
package struct OperatorProjectPage: Codable, Sendable, Hashable {
    package let results: [OperatorProject]
    /// The `cursor` of the page that follows, `nil` at the end.
    package let next: String?

    package init(results: [OperatorProject], next: String?) {
        self.results = results
        self.next = next
    }
}

/// What is to be different about a project, `PATCH /internal/projects/ID`. What is `nil` stays.
package struct OperatorProjectChange: Codable, Sendable, Hashable {
    package let name: String?
    package let description: String?

    package init(name: String?, description: String? = nil) {
        self.name = name
        self.description = description
    }
}

extension OperatorRequest where Reply == OperatorProjectPage {
    /// A page of projects of at most `limit` rows, up to 500; `query` is a part of the name in any case.
    package static func projects(query: String? = nil, cursor: String? = nil, limit: Int = 500) -> Self {
        var parameters = [Parameter("page_size", "\(limit)")]
        if let query { parameters.append(Parameter("query", query)) }
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, OperatorProject.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorProject {
    /// One project.
    package static func project(_ id: UUID) -> Self { Self(.get, path(of: id)) }

    /// Changes a project. Answers it as it is then.
    package static func change(_ id: UUID, _ change: OperatorProjectChange) -> Self {
        Self(.patch, path(of: id), body: change)
    }

    private static func path(of id: UUID) -> String { "\(OperatorProject.path)/\(id.uuidString.lowercased())" }
}
