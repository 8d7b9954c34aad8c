import FoundationEssentials
import HTTPMessages
import JSON
import Postgres
import Stores
import Tenancy
import Testing

/// Groups as identity providers keep them, and the roles that they give.
@Suite struct GroupTests {
    @Test func aGroupIsMadeReadChangedAndDeleted() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            let ann = try await provider.make(provider.name("ann"), ["displayName": "Ann"])
            let bob = try await provider.make(provider.name("bob"), ["displayName": "Bob"])
            let made = try await provider.group("Staff", [ann.id])
            #expect(
                made.status == 201 && made.headers["location"]?.hasSuffix("/scim/v2/Groups/\(made.id)") == true,
                "\(made.text)")
            let member = made["members"][0]
            #expect(member?["value"] == .string(ann.id) && member?["type"] == "User")
            #expect(member?["$ref"]?.stringValue?.hasSuffix("/scim/v2/Users/\(ann.id)") == true)
            let path = "/Groups/\(made.id)"
            #expect(try await provider.get(path).json == made.json)
            let groups = try await provider.get("/Users/\(ann.id)")["groups"]
            #expect(groups[0]?["value"] == .string(made.id) && groups[0]?["display"] == "Staff")

            let added = try await provider.patch(
                path, ["op": "add", "path": "members", "value": [["value": .string(bob.id)]]])
            #expect(
                added["members"].arrayValue?.count == 2 && added.headers["etag"] != made.headers["etag"],
                "\(added.text)")
            let removed = try await provider.patch(
                path, ["op": "remove", "path": .string("members[value eq \"\(ann.id)\"]")])
            #expect(removed["members"].arrayValue?.compactMap { $0["value"] } == [.string(bob.id)])
            let entra = try await provider.patch(
                path, ["op": "Remove", "path": "members", "value": [["value": .string(bob.id)]]])
            #expect(entra.status == 200 && entra["members"] == [], "\(entra.text)")
            let okta = try await provider.patch(
                path, ["op": "replace", "value": ["id": .string(made.id), "displayName": "All"]])
            #expect(okta["displayName"] == "All")
            let put = try await provider.send(
                .put, path,
                [
                    "displayName": "Everybody", "externalId": "e",
                    "members": [["value": .string(ann.id), "display": "VP"]],
                ])
            #expect(
                put["displayName"] == "Everybody" && put["externalId"] == "e" && put["members"].arrayValue?.count == 1)
            #expect(try await provider.get("\(path)?excludedAttributes=members")["members"] == .null)

            #expect(try await provider.find("displayName eq \"everybody\"", in: "/Groups").names == ["Everybody"])
            #expect(try await provider.find("members.value eq \"\(ann.id)\"", in: "/Groups").names == ["Everybody"])
            #expect(try await provider.find("members[value eq \"\(bob.id)\"]", in: "/Groups").names == [])
            #expect(try await provider.find("groups.display eq \"everybody\"").names == [provider.name("ann")])
            let list = try await provider.get("/Groups?excludedAttributes=members&sortBy=displayName&count=1")
            #expect(list.resources.first?["members"] == nil && list["totalResults"] == 1)

            #expect(try await provider.send(.delete, path, headers: ["if-match": "W/\"1\""]).status == 412)
            #expect(try await provider.send(.delete, path).status == 204)
            #expect(try await provider.get(path).status == 404)
            #expect(try await provider.get("/Users/\(ann.id)")["groups"] == .null)
        }
    }

    @Test func onlyPeopleOfTheOrganisationAreMembers() async throws {
        try await SCIMServer.run { server in
            let (provider, other) = (try await server.tenant(), try await server.tenant())
            let stranger = try await other.make(other.name("ann"))
            let gone = try await provider.make(provider.name("gone"))
            #expect(try await provider.send(.delete, "/Users/\(gone.id)").status == 204)
            let group = try await provider.group("Staff")
            for id in [stranger.id, gone.id, group.id, "nobody", "\(UUID())"] {
                let refused = [
                    try await provider.group("Others", [id]),
                    try await provider.patch(
                        "/Groups/\(group.id)", ["op": "add", "path": "members", "value": [["value": .string(id)]]]),
                ]
                for answer in refused {
                    #expect(answer.status == 400 && answer["scimType"] == "invalidValue", "\(id): \(answer.text)")
                }
            }
            #expect(try await provider.get("/Groups")["totalResults"] == 1)
            let twice = try await provider.group("STAFF")
            #expect(twice.status == 409 && twice["scimType"] == "uniqueness", "\(twice.text)")
            #expect(try await other.group("Staff").status == 201)
            #expect(try await provider.send(.post, "/Groups", ["members": []])["scimType"] == "invalidValue")
        }
    }

    /// As if an administrator had set the organisation's identity provider up.
    private func giveRoles(
        _ roles: [IdentityProviderSettings.GroupRole], _ defaultRole: Role?, to provider: Provisioner
    ) async throws {
        let moment = Date()
        let settings = IdentityProviderSettings(name: "main", roles: roles, defaultRole: defaultRole)
        let identity = IdentityProvider(
            id: provider.server.identifiers.next(), organizationID: provider.organization, settings: settings,
            metadata: "<EntityDescriptor/>", entityID: "https://idp.example.com",
            reading: IdentityProvider.MetadataReading(readAt: moment), createdAt: moment, updatedAt: moment)
        try await provider.server.database.transaction { connection in
            _ = try await IdentityProviderStore.add(identity, by: provider.owner.id, on: connection)
        }
    }

    @Test func groupsGiveTheRolesThatTheIdentityProviderIsSetUpWith() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            try await giveRoles(
                [.init(group: "Admins", role: .admin), .init(group: "Makers", role: .engineer)], .annotator,
                to: provider)
            let ann = try await provider.make(provider.name("ann"))
            func role(_ id: String) async throws -> Role { try await provider.user(id).role }
            #expect(try await role(ann.id) == .annotator)
            let makers = try await provider.group("Makers", [ann.id])
            #expect(try await role(ann.id) == .engineer)
            let admins = try await provider.group("Admins", [ann.id, "\(provider.owner.id)"])
            #expect(try await role(ann.id) == .admin)
            // Ownership is given and taken by people.
            #expect(try await role("\(provider.owner.id)") == .owner)
            _ = try await provider.patch(
                "/Groups/\(admins.id)", ["op": "replace", "path": "displayName", "value": "Others"])
            #expect(try await role(ann.id) == .engineer)
            _ = try await provider.patch("/Groups/\(makers.id)", ["op": "remove", "path": "members"])
            #expect(try await role(ann.id) == .annotator)
            _ = try await provider.patch(
                "/Groups/\(admins.id)", ["op": "replace", "path": "displayName", "value": "Admins"])
            #expect(try await role(ann.id) == .admin)
            #expect(try await provider.send(.delete, "/Groups/\(admins.id)").status == 204)
            #expect(try await role(ann.id) == .annotator)
            // Who is in no such group keeps the role that people have given them.
            let engineer = try await server.person(provider.name("made.here"), .engineer, in: provider.organization)
            _ = try await provider.group("Lunch", ["\(engineer.id)"])
            #expect(try await role("\(engineer.id)") == .engineer)
            // Who comes back begins anew.
            let again = try await provider.group("Admins", [ann.id])
            #expect(try await role(ann.id) == .admin && again.status == 201)
            #expect(try await provider.send(.delete, "/Users/\(ann.id)").status == 204)
            #expect(try await provider.make(provider.name("ann")).id == ann.id)
            #expect(try await role(ann.id) == .annotator)
        }
    }

    @Test func aLargeGroupIsKeptWhole() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            var ids: [String] = []
            for number in 0..<1200 {
                ids.append(
                    "\(try await server.person(provider.name("p\(number)"), .viewer, in: provider.organization).id)")
            }
            let made = try await provider.group("Many", ids)
            #expect(made["members"].arrayValue?.count == 1200)
            let without = try await provider.send(
                .patch, "/Groups/\(made.id)",
                [
                    "Operations": .array(
                        ids.prefix(1000).map { ["op": "remove", "path": .string("members[value eq \"\($0)\"]")] })
                ])
            #expect(without["members"].arrayValue?.count == 200, "\(without.status)")
            let tooMany = try await provider.send(
                .put, "/Groups/\(made.id)",
                [
                    "displayName": "Many",
                    "members": .array((0..<10_001).map { _ in ["value": .string(UUID().uuidString)] }),
                ])
            #expect(tooMany.status == 400 && tooMany["scimType"] == "invalidValue")
        }
    }
}
