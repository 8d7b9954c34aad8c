import FoundationEssentials
import HTTPMessages
import JSON
import Postgres
import Stores
import Tenancy
import Testing

/// Whoever leaves at the identity provider is out, whoever they were; and who comes under their name begins anew.
@Suite struct LeavingTests {
    private func account(of server: SCIMServer, _ provider: Provisioner) async throws -> Provisioner {
        let account = User(
            id: server.identifiers.next(), organizationID: provider.organization, email: provider.name("robot"),
            fullName: "Robot", role: .admin, createdAt: Date(), kind: .serviceAccount)
        try await UserStore(database: server.database).create(account, passwordHash: nil)
        return Provisioner(
            server: server, owner: account, key: try await server.key(of: account, .only([.userProvision])))
    }

    @Test func anOwnerWhoLeavesIsOutByAnAdministratorsKeyAndIsNotChangedByIt() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            let robot = try await account(of: server, provider)
            let second = try await server.person(provider.name("second"), .owner, in: provider.organization)
            let third = try await server.person(provider.name("third"), .owner, in: provider.organization)
            let session = try await server.session(of: second.id, in: provider.organization)
            let path = "/Users/\(second.id)"
            let both = try await robot.patch(
                path, ["op": "replace", "value": ["active": false, "displayName": "Somebody else"]])
            #expect(both.status == 403 && both["status"] == "403", "\(both.text)")
            let out = try await robot.patch(path, ["op": "Replace", "path": "active", "value": "False"])
            #expect(out.status == 200 && out["active"] == false, "\(out.text)")
            #expect(try await server.status("/probe", showing: session) == 401)
            let back = try await robot.patch(path, ["op": "replace", "path": "active", "value": true])
            #expect(back.status == 403, "\(back.text)")
            #expect(try await robot.send(.delete, path).status == 204)
            #expect(try await robot.send(.delete, "/Users/\(third.id)").status == 204)
            // The last one stays.
            let last = try await robot.send(.delete, "/Users/\(provider.owner.id)")
            #expect(last.status == 409 && last["detail"].stringValue?.contains("last owner") == true, "\(last.text)")
        }
    }

    @Test func whoComesUnderTheNameOfWhoWasDeletedHasNothingOfTheirs() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            let ann = try await provider.make(provider.name("ann"), ["externalId": "1"])
            let user = try await provider.user(ann.id)
            let users = UserStore(database: server.database)
            let key = try await server.key(of: user)
            try await server.database.transaction { connection in
                try await UserStore.setPasswordHash("hash", of: user, on: connection)
                _ = try await UserStore.setRole(.engineer, of: user, at: Date(), on: connection)
            }
            try await server.database.execute(
                """
                INSERT INTO second_factors (organization_id, user_id, sealed_secret, created_at)
                VALUES (\(provider.organization), \(user.id), \([UInt8(1)]), now())
                """)
            try await server.database.execute(
                """
                INSERT INTO project_grants (organization_id, user_id, project_id, role, created_at)
                SELECT organization_id, \(user.id), id, 'engineer', now() FROM projects
                WHERE organization_id = \(provider.organization) LIMIT 1
                """)
            // To be let in nowhere for a while takes nothing away.
            _ = try await provider.patch("/Users/\(ann.id)", ["op": "replace", "path": "active", "value": false])
            _ = try await provider.patch("/Users/\(ann.id)", ["op": "replace", "path": "active", "value": true])
            #expect(try await server.status("/probe", showing: key) == 204)

            #expect(try await provider.send(.delete, "/Users/\(ann.id)").status == 204)
            let same = try await provider.make(provider.name("ann"), ["externalId": "1"])
            #expect(same.id == ann.id && same["active"] == true, "\(same.text)")
            #expect(try await server.status("/probe", showing: key) == 401)
            let account = try await users.findAccount(user.id, in: provider.organization)
            #expect(account?.passwordHash == nil)
            let factor = try await SecondFactorStore(database: server.database).find(
                of: user.id, in: provider.organization)
            #expect(factor == nil)
            let grants = try await ProjectGrantStore(database: server.database).list(
                of: user.id, in: provider.organization)
            #expect(grants.isEmpty)
            // The same person has their role yet; another one of the same name has not.
            #expect(try await provider.user(ann.id).role == .engineer)
            #expect(try await provider.send(.delete, "/Users/\(ann.id)").status == 204)
            #expect(try await provider.make(provider.name("ann"), ["externalId": "2"]).id == ann.id)
            #expect(try await provider.user(ann.id).role == .viewer)
        }
    }

    @Test func anAddressOfAnotherOrganisationsDomainIsNotTakenOver() async throws {
        try await SCIMServer.run { server in
            let (provider, other) = (try await server.tenant(), try await server.tenant())
            let domain = "d\(UUID().uuidString.lowercased()).example"
            let settings = IdentityProviderSettings(
                name: "main", defaultRole: .viewer, domains: [EmailDomain(domain)].compactMap(\.self))
            let moment = Date()
            let identity = IdentityProvider(
                id: server.identifiers.next(), organizationID: other.organization, settings: settings,
                metadata: "<EntityDescriptor/>", entityID: "https://idp.example.com",
                reading: IdentityProvider.MetadataReading(readAt: moment), createdAt: moment, updatedAt: moment)
            try await server.database.transaction { connection in
                _ = try await IdentityProviderStore.add(identity, by: other.owner.id, on: connection)
            }
            let ann = try await provider.make(provider.name("ann"))
            for answer in [
                try await provider.make("eve@\(domain)"),
                try await provider.patch(
                    "/Users/\(ann.id)",
                    ["op": "replace", "path": #"emails[type eq "work"].value"#, "value": .string("ann@\(domain)")]),
            ] {
                #expect(answer.status == 400 && answer["scimType"] == "invalidValue", "\(answer.text)")
            }
            #expect(try await other.make("ann@\(domain)").status == 201)
        }
    }

    @Test func nothingSaidOfTheirBeingThereChangesNothing() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            let ann = try await provider.make(provider.name("ann"), ["active": false])
            let path = "/Users/\(ann.id)"
            let patched = try await provider.patch(path, ["op": "replace", "path": "active", "value": nil])
            #expect(patched.status == 200 && patched["active"] == false, "\(patched.text)")
            #expect(try await provider.user(ann.id).isDisabled)
        }
    }

    @Test func aVersionOfAPersonChangesWithTheirGroups() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            let ann = try await provider.make(provider.name("ann"))
            let path = "/Users/\(ann.id)"
            func tag() async throws -> String? { try await provider.get(path).headers["etag"] }
            let alone = try await tag()
            let group = try await provider.group("Staff", [ann.id])
            let member = try await tag()
            #expect(alone != nil && member != alone)
            _ = try await provider.patch(
                "/Groups/\(group.id)", ["op": "replace", "path": "displayName", "value": "All"])
            let renamed = try await tag()
            #expect(renamed != member)
            let known = try #require(renamed)
            #expect(try await provider.send(.get, path, headers: ["if-none-match": known]).status == 304)
            let change: JSONValue = ["Operations": [["op": "replace", "path": "displayName", "value": "Ann"]]]
            #expect(try await provider.send(.patch, path, change, headers: ["if-match": known]).status == 200)
            #expect(try await provider.send(.delete, "/Groups/\(group.id)").status == 204)
            #expect(try await provider.send(.patch, path, change, headers: ["if-match": known]).status == 412)
        }
    }

    @Test func ourOwnFaultsAreToldAsProblemsOfSCIM() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            try await server.database.execute(
                """
                CREATE OR REPLACE FUNCTION break_scim_test() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'secret of the database'; END $$
                """)
            try await server.database.execute(
                """
                CREATE TRIGGER break_scim_test BEFORE INSERT ON provisioned_people
                FOR EACH ROW WHEN (NEW.user_name LIKE 'broken-%') EXECUTE FUNCTION break_scim_test()
                """)
            let answer = try await provider.make(provider.name("broken"))
            #expect(answer.status == 500 && answer["status"] == "500", "\(answer.text)")
            #expect(answer.headers["content-type"] == "application/scim+json")
            #expect(answer["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"])
            #expect(!answer.text.contains("secret"))
        }
    }

    @Test func anAddressOfAKindIsLookedForAsEntraDoes() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            let (ann, bob) = (provider.name("ann"), provider.name("bob"))
            _ = try await provider.make(ann, ["emails": [["value": .string(ann), "type": "work"]]])
            _ = try await provider.make(bob, ["emails": [["value": .string(bob), "type": "home"]]])
            #expect(try await provider.find("emails[type eq \"work\"].value eq \"\(ann)\"").names == [ann])
            #expect(try await provider.find("emails[type eq \"work\"].value eq \"\(bob)\"").names == [])
            #expect(try await provider.find("emails[type eq \"home\"].value pr").names == [bob])
        }
    }
}
