import Access
import FoundationEssentials
import HTTPMessages
import HTTPServing
import JSON
import Tenancy
import Testing

/// Every operation, for every role, on what is one's own and on what is others': what the permission table says, and
/// nothing else.
@Suite(.serialized) struct PermissionTableTests {
    /// What nobody needs a key for, and why.
    private static let forEverybody = [
        "GET /openapi.json": "clients are generated from it",
        "GET /docs/download/": "the same, under the name that older clients know",
        "GET /docs/": "people read it before they have a key",
        "GET /v1/schema/evaluator.json": "editors fetch it without a key",
        "POST /v1/create-demo-user/": "whoever tries the product has no key yet",
        "GET /v1/judges/shared/": "the link is what one shows",
    ]

    @Test func everyOperationIsInTheTableOrForEverybodyWithAReason() async throws {
        try await PublicServer.run { server in
            #expect(
                Set(server.operations.map(\.words)) == Set(server.router.routes.map { "\($0.method) \($0.pattern)" }))
            let open = server.operations.filter { $0.rule == nil }.map(\.words)
            #expect(Set(open) == Set(Self.forEverybody.keys))
            for operation in server.operations where operation.rule != nil {
                let answer = try await server.send(
                    operation.method, operation.path(filledBy: nil), nil, [:], replica: 0)
                #expect(answer.status == 401, "\(operation.words): \(answer.status)")
            }
        }
    }

    @Test(arguments: Role.allCases)
    func everyRoleMayDoWhatTheTableSays(role: Role) async throws {
        try await PublicServer.run { server in
            let owner = try await server.caller()
            let caller = try await server.caller(in: owner, as: role)
            let theirs = try await ForeignObjects(of: try await server.caller())
            var counts = (allowed: 0, refused: 0)
            for operation in server.operations {
                guard let permission = operation.rule?.permission else { continue }
                let isAllowed = role.grants(permission) && !Permission.neverByKey.contains(permission)
                if isAllowed { counts.allowed += 1 } else { counts.refused += 1 }
                // Of others, or not there at all: whoever may not do it learns no more than that.
                for path in Set([operation.path(filledBy: theirs), operation.path(filledBy: nil)]) {
                    let answer = try await caller.send(
                        operation.method, path, operation.hasBody ? theirs.body(for: operation.path) : nil)
                    let said = "\(role) \(operation.words) \(permission.rawValue): \(answer.status) \(answer.text)"
                    if !isAllowed {
                        #expect(answer.status == 403 && answer["code"] == "permission_denied", "\(said)")
                    } else if operation.path.contains("{") {
                        #expect(answer.status == 404, "\(said)")
                    } else {
                        #expect(answer.status < 500 && ![401, 403].contains(answer.status), "\(said)")
                    }
                    #expect(!answer.text.contains("Theirs"), "\(said)")
                }
            }
            #expect(counts.allowed + counts.refused > 100 && counts.refused > 0 || role == .owner || role == .admin)
        }
    }

    /// What only the role in the organisation opens, although a role in a project may have the permission, and why.
    private static let ofTheOrganization = [
        "POST /v1/projects/": "what there is not yet is nowhere where one could have a role",
        "/v1/score-configs/": "scales are for labels of all projects",
        "/v1/models/": "every project uses them: they are changed where all of these count",
        "/v1/otel/evaluation-filters/": "they decide about traces of all projects",
    ]

    @Test func whatARoleInAProjectDoesNotOpenIsOfTheOrganizationWithAReason() async throws {
        try await PublicServer.run { server in
            let inProjects = Set(ProjectGrant.roles.flatMap(\.permissions)).subtracting(Role.auditor.permissions)
            for operation in server.operations {
                guard let rule = operation.rule else { continue }
                if rule.place != nil { #expect(Permission.inProjects.contains(rule.permission), "\(operation.words)") }
                guard rule.place == nil, inProjects.contains(rule.permission) else { continue }
                let hasReason = Self.ofTheOrganization.keys.contains {
                    operation.path.hasPrefix($0) || operation.words == $0
                }
                #expect(hasReason, "\(operation.words)")
            }
        }
    }

    @Test(arguments: ProjectGrant.roles)
    func aRoleInAProjectCountsThereAndNowhereElse(role: Role) async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server, role: .auditor, granted: role)
            let mine = try await ForeignObjects(of: scene.owner, in: scene.mine, named: "Ours")
            let theirs = try await ForeignObjects(of: scene.owner, in: scene.other)
            // What is deleted is tried last, and what lies in something before it.
            let deletions = server.operations.filter { $0.method == .delete }.sorted { $0.path.count > $1.path.count }
            var allowed = 0
            for operation in server.operations.filter({ $0.method != .delete }) + deletions {
                guard let rule = operation.rule, !Role.auditor.grants(rule.permission) else { continue }
                func said(_ answer: Answer) -> String { "\(role) \(operation.words): \(answer.status) \(answer.text)" }
                func send(_ objects: ForeignObjects) async throws -> Answer {
                    try await scene.granted.send(
                        operation.method, operation.path(filledBy: objects),
                        operation.hasBody ? objects.body(for: operation.path) : nil)
                }
                let elsewhere = try await send(theirs)
                guard rule.place != .shared || !role.grants(rule.permission) else {
                    #expect(elsewhere.status == 200, "\(said(elsewhere))")
                    continue
                }
                #expect(!elsewhere.text.contains("Theirs"), "\(said(elsewhere))")
                guard rule.place != nil, role.grants(rule.permission) else {
                    #expect(elsewhere.status == 403, "\(said(elsewhere))")
                    continue
                }
                guard operation.path.contains("{") else {
                    #expect(operation.method != .get || elsewhere.status < 500, "\(said(elsewhere))")
                    if operation.method == .get { #expect(elsewhere.status != 403, "\(said(elsewhere))") }
                    continue
                }
                #expect([403, 404].contains(elsewhere.status), "\(said(elsewhere))")
                // The file lies in the default project.
                guard !operation.path.hasPrefix("/v1/files/") else { continue }
                let there = try await send(mine)
                #expect(![401, 403, 404].contains(there.status), "\(said(there))")
                allowed += 1
            }
            #expect(allowed > 0)
        }
    }

    @Test func aKeyMayDoWhatItsScopesSay() async throws {
        try await PublicServer.run { server in
            let colleague = try await server.colleague(in: try await server.caller())
            let sample = Dictionary(
                server.operations.compactMap { operation in operation.rule.map { ($0.permission, operation) } },
                uniquingKeysWith: { first, _ in first })
            #expect(sample.count > 30)
            for (permission, operation) in sample {
                let path = operation.path(filledBy: nil)
                let body: JSONValue? = operation.hasBody ? [:] : nil
                let with = try await server.caller(colleague, scopes: [permission])
                let answer = try await with.send(operation.method, path, body)
                #expect(
                    answer.status < 500 && ![401, 403].contains(answer.status),
                    "\(operation.words) with \(permission.rawValue): \(answer.status) \(answer.text)")
                let all = Role.owner.permissions.subtracting([permission])
                let without = try await server.caller(colleague, scopes: all)
                let refused = try await without.send(operation.method, path, body)
                #expect(refused.status == 403, "\(operation.words) without \(permission.rawValue): \(refused.status)")
            }
        }
    }
}

extension ProtectedOperation {
    var words: String { "\(method) \(path)" }
    var hasBody: Bool { method != .get && method != .delete }

    /// A path that means something of those objects, or something that there is not.
    fileprivate func path(filledBy objects: ForeignObjects?) -> String {
        let parts = path.split(separator: "/").map { part -> String in
            guard part.first == "{" else { return String(part) }
            let known = objects.flatMap { $0.value(of: part.dropFirst().dropLast(), in: path) }
            return known ?? UUID().uuidString.lowercased()
        }
        // Where the body's dialect stands behind the query.
        let query = path.hasSuffix("/openai/") ? "?async_judge=true/chat/completions" : ""
        return "/" + parts.joined(separator: "/") + query
    }
}
