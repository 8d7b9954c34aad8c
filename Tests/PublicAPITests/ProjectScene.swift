import HTTPMessages
import JSON
import Postgres
import Tenancy
import Testing

/// An organisation with two projects beside the default one, and somebody with a role in the first.
struct ProjectScene {
    let owner: Caller
    let granted: Caller
    let mine: String
    let other: String

    init(_ server: PublicServer, role: Role = .viewer, granted: Role = .engineer) async throws {
        owner = try await server.caller()
        mine = try await owner.make("/v1/projects/", ["name": "Mine"])
        other = try await owner.make("/v1/projects/", ["name": "Other"])
        let colleague = try await server.colleague(in: owner, as: role)
        try await server.database.execute(
            """
            INSERT INTO project_grants (organization_id, user_id, project_id, role, created_at)
            VALUES (\(colleague.organizationID), \(colleague.id), \(try #require(ProjectID(mine))), \
            \(granted.rawValue), now())
            """)
        self.granted = try await server.caller(colleague, scopes: Set(Permission.allCases))
    }

    func evaluator(in project: String, named name: String) async throws -> String {
        try await owner.make("/v1/evaluators/", Self.evaluator(in: project, named: name))
    }

    static func evaluator(in project: String?, named name: String) -> JSONValue {
        var body = JSONObject()
        body["name"] = .string(name)
        body["scoring_criteria"] = "Rate {{response}}"
        body["objective"] = ["intent": "To measure."]
        if let project { body["project_id"] = .string(project) }
        return .object(body)
    }
}
