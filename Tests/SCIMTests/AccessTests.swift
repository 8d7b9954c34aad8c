import Access
import EventLoop
import FoundationEssentials
import HTTPMessages
import JSON
import Postgres
import Stores
import Tenancy
import Testing

/// Who may keep people, and that whoever is out is out.
@Suite struct AccessTests {
    @Test func whoIsDeactivatedIsOutEverywhereWithinSeconds() async throws {
        try await SCIMServer.run { server in
            for out in ["patch", "put", "delete"] {
                let provider = try await server.tenant()
                let ann = try await provider.make(provider.name("ann"))
                let user = try await provider.user(ann.id)
                let session = try await server.session(of: user.id, in: provider.organization)
                let key = try await server.key(of: user)
                #expect(try await server.status("/probe", showing: session) == 204)
                #expect(try await server.status("/probe", showing: key) == 204)
                let stream = try await server.openStream(showing: session)
                let answer =
                    switch out {
                    case "patch":
                        try await provider.patch(
                            "/Users/\(ann.id)", ["op": "Replace", "path": "active", "value": "False"])
                    case "put":
                        try await provider.send(
                            .put, "/Users/\(ann.id)", ["userName": .string(provider.name("ann")), "active": false])
                    default: try await provider.send(.delete, "/Users/\(ann.id)")
                    }
                let done = ContinuousClock.now
                #expect(answer.status < 300, "\(answer.text)")
                #expect(try await server.status("/probe", showing: session) == 401)
                #expect(try await server.status("/probe", showing: key) == 401)
                try await stream.untilItsEnd()
                #expect(done.duration(to: .now) < .seconds(5))
                #expect(
                    try await SessionStore(database: server.database)
                        .list(of: user.id, in: provider.organization, validAt: Date()).isEmpty)
                guard out == "patch" else { continue }
                #expect(answer["active"] == false)
                // Back in: by their keys, but not by a session that has ended.
                let back = try await provider.patch("/Users/\(ann.id)", ["op": "replace", "value": ["active": true]])
                #expect(back["active"] == true)
                #expect(try await server.status("/probe", showing: session) == 401)
                #expect(try await server.status("/probe", showing: key) == 204)
            }
        }
    }

    @Test func theLastOwnerAndOneselfStay() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            let deputy = try await server.person(provider.name("deputy"), .admin, in: provider.organization)
            let byDeputy = Provisioner(
                server: server, owner: deputy, key: try await server.key(of: deputy, .only([.userProvision])))
            let owner = "/Users/\(provider.owner.id)"
            // An administrator's key is not good enough for an owner, but that the last one stays is said first.
            let renaming = try await byDeputy.patch(owner, ["op": "replace", "path": "displayName", "value": "x"])
            #expect(renaming.status == 403 && renaming["status"] == "403", "\(renaming.text)")
            #expect(try await byDeputy.send(.delete, owner).status == 409)
            // The key would end itself.
            let oneself = try await provider.send(.delete, owner)
            #expect(oneself.status == 409 && oneself["detail"].stringValue?.isEmpty == false, "\(oneself.text)")
            // The last one, with the key of an owner who gets in nowhere else: a service account.
            let account = User(
                id: server.identifiers.next(), organizationID: provider.organization, email: provider.name("robot"),
                fullName: "Robot", role: .owner, createdAt: Date(), kind: .serviceAccount)
            try await UserStore(database: server.database).create(account, passwordHash: nil)
            let byRobot = Provisioner(
                server: server, owner: account, key: try await server.key(of: account, .only([.userProvision])))
            for answer in [
                try await byRobot.send(.delete, owner),
                try await byRobot.patch(owner, ["op": "replace", "path": "active", "value": false]),
            ] {
                #expect(answer.status == 409, "\(answer.text)")
                #expect(answer["detail"].stringValue?.contains("last owner") == true, "\(answer.text)")
            }
            #expect(try await !provider.user("\(provider.owner.id)").isDisabled)
            // Service accounts are none of an identity provider's business.
            #expect(try await byRobot.get("/Users/\(account.id)").status == 404)
            #expect(try await byRobot.send(.delete, "/Users/\(account.id)").status == 404)
            // With another owner the one may go.
            _ = try await server.person(provider.name("second"), .owner, in: provider.organization)
            #expect(try await byRobot.send(.delete, owner).status == 204)
        }
    }

    @Test func onlyAKeyForItKeepsPeople() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant(scopes: .only([.projectRead]))
            let engineer = try await server.person(provider.name("e"), .engineer, in: provider.organization)
            let byEngineer = Provisioner(server: server, owner: engineer, key: try await server.key(of: engineer))
            let nobody = Provisioner(server: server, owner: engineer, key: "sk_nonsense")
            // One for everything that its owner may do was not made for this.
            let forEverything = Provisioner(
                server: server, owner: provider.owner, key: try await server.key(of: provider.owner))
            for (who, status) in [(provider, 403), (byEngineer, 403), (forEverything, 403), (nobody, 401)] {
                for answer in [
                    try await who.get("/Users"), try await who.get("/ServiceProviderConfig"), try await who.get("/Me"),
                    try await who.make(provider.name("x")), try await who.group("x"),
                    try await who.send(.post, "/.search", [:]),
                ] {
                    #expect(answer.status == status && answer["status"] == .string("\(status)"), "\(answer.text)")
                    #expect(answer["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"])
                }
            }
        }
    }

    @Test(arguments: Role.allCases)
    func everyOperationIsForThoseWhoMayProvision(role: Role) async throws {
        try await SCIMServer.run { server in
            let (tenant, other) = (try await server.tenant(), try await server.tenant())
            let person = try await other.make(other.name("theirs"))
            let user = try await server.person(tenant.name("some.\(role)"), role, in: tenant.organization)
            let caller = Provisioner(
                server: server, owner: user, key: try await server.key(of: user, .only([.userProvision])))
            #expect(server.operations.count > 30)
            for operation in server.operations {
                #expect(operation.rule?.permission == .userProvision, "\(operation.path)")
                let path = String(operation.path.dropFirst("/scim/v2".count)).replacing("{id}", with: person.id)
                let hasBody = operation.method != .get && operation.method != .delete
                let answer = try await caller.send(
                    operation.method, path.replacing("{resource}", with: "Things"), hasBody ? ["userName": "x"] : nil)
                let said = "\(operation.method) \(operation.path): \(answer.status) \(answer.text)"
                if role.grants(.userProvision) {
                    #expect(answer.status != 401 && answer.status != 403 && answer.status < 500, "\(said)")
                } else {
                    #expect(answer.status == 403, "\(said)")
                }
                #expect(!answer.text.contains(other.name("theirs")), "\(said)")
            }
        }
    }

    @Test func anotherOrganisationIsNotThere() async throws {
        try await SCIMServer.run { server in
            let (mine, theirs) = (try await server.tenant(), try await server.tenant())
            let person = try await theirs.make(theirs.name("theirs"), ["displayName": "Theirs"])
            let group = try await theirs.group("Theirs", [person.id])
            for path in ["/Users/\(person.id)", "/Groups/\(group.id)"] {
                let answers = [
                    try await mine.get(path), try await mine.send(.delete, path),
                    try await mine.patch(path, ["op": "replace", "path": "displayName", "value": "Mine"]),
                    try await mine.send(.put, path, ["userName": .string(mine.name("x")), "displayName": "Mine"]),
                ]
                for answer in answers {
                    #expect(answer.status == 404 && !answer.text.contains("Theirs"), "\(path): \(answer.text)")
                }
                #expect(try await theirs.get(path)["displayName"] == "Theirs")
            }
            #expect(try await mine.find("displayName eq \"Theirs\"")["totalResults"] == 0)
            #expect(try await mine.find("displayName eq \"Theirs\"", in: "/Groups")["totalResults"] == 0)
            #expect(
                try await mine.send(.post, "/.search", ["filter": "displayName eq \"Theirs\""])["totalResults"] == 0)
        }
    }

    @Test func theAuditSaysWhatTheKeyDid() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            let ann = try await provider.make(provider.name("ann"))
            _ = try await provider.patch("/Users/\(ann.id)", ["op": "replace", "path": "displayName", "value": "Ann"])
            _ = try await provider.patch("/Users/\(ann.id)", ["op": "replace", "path": "active", "value": false])
            _ = try await provider.patch("/Users/\(ann.id)", ["op": "replace", "path": "active", "value": true])
            _ = try await provider.group("Staff", [ann.id])
            _ = try await provider.send(.delete, "/Users/\(ann.id)")
            #expect(try await provider.send(.delete, "/Users/\(provider.owner.id)").status == 409)
            let rows = try await server.database.query(
                """
                SELECT action, outcome, actor_kind, subject FROM audit_entries
                WHERE organization_id = \(provider.organization) ORDER BY created_at, id
                """)
            let entries = try rows.map {
                "\(try $0.decode("action", as: String.self)) \(try $0.decode("outcome", as: String.self))"
            }
            #expect(
                entries == [
                    "user.create done", "user.update done", "user.deactivate done", "user.reactivate done",
                    "group.create done", "user.deactivate done", "user.remove done", "user.deactivate failed",
                ])
            for row in rows { #expect(try row.decode("actor_kind", as: String.self) == "api_key") }
            #expect(try rows.first?.decode("subject", as: String.self) == "user:\(ann.id)")
        }
    }
}
