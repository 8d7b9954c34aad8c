import FoundationEssentials
import Operations
import Postgres
import ProductSupport
import Stores
import Tenancy
import Testing
import WireAPI

/// As what somebody gets in, and who decides that.
@Suite struct SignInRoleTests {
    @Test func theRoleOfPeopleWithoutAGroupIsForWhoIsNew() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene { $0.defaultRole = .viewer }
            let person = scene.person(groups: [])
            _ = try await scene.signIn(person, in: server.browser())
            #expect(try await scene.user(person.email)?.role == .viewer)
            try await server.world.database.execute("UPDATE users SET role = 'operator' WHERE email = \(person.email)")
            #expect(try await scene.signIn(person, in: server.browser()).status == 303)
            #expect(try await scene.user(person.email)?.role == .operator, "somebody has given it to them")
            var moved = person
            moved.groups = ["eng"]
            _ = try await scene.signIn(moved, in: server.browser())
            #expect(try await scene.user(person.email)?.role == .engineer, "the group says so")
        }
    }

    @Test func groupsThatAreKeptHereCountBesideThoseThatAreSaid() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let person = scene.person()
            _ = try await scene.signIn(person, in: server.browser())
            let user = try #require(try await scene.user(person.email))
            let group = UUID()
            try await server.world.database.execute(
                """
                INSERT INTO directory_groups (id, organization_id, display_name, created_at, updated_at)
                VALUES (\(group), \(user.organizationID), 'admins', now(), now())
                """)
            try await server.world.database.execute(
                """
                INSERT INTO directory_group_members (organization_id, group_id, user_id)
                VALUES (\(user.organizationID), \(group), \(user.id))
                """)
            var silent = person
            silent.groups = []
            #expect(try await scene.signIn(silent, in: server.browser()).status == 303)
            #expect(try await scene.user(person.email)?.role == .admin)
            #expect(try await scene.signIn(person, in: server.browser()).status == 303)
            #expect(try await scene.user(person.email)?.role == .admin, "the first of the list counts")
        }
    }

    @Test func whomTheIdentityProviderKeepsHereSignsInWithoutItsDomain() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let email = "p-\(UUID().uuidString.lowercased())@example.net"
            let user = User(
                id: server.world.identifiers.next(), organizationID: scene.organization, email: email,
                fullName: "Pat", role: .viewer, createdAt: Date())
            try await server.world.database.transaction { try await IdentityStore.add(user, on: $0) }
            let person = IdentityProviderStandIn.Person(name: email, email: email)
            #expect(try await scene.signIn(person, in: server.browser()).status == 403, "anybody could say so")
            try await provision(user, in: server)
            try await server.world.database.execute("UPDATE users SET role = 'owner' WHERE id = \(user.id)")
            #expect(try await scene.signIn(person, in: server.browser()).status == 403, "an owner is no such person")
            try await server.world.database.execute("UPDATE users SET role = 'viewer' WHERE id = \(user.id)")
            try await server.world.database.execute(
                "UPDATE provisioned_people SET removed_at = now() WHERE user_id = \(user.id)")
            #expect(try await scene.signIn(person, in: server.browser()).status == 403, "it was taken away")
            try await server.world.database.execute(
                "UPDATE provisioned_people SET removed_at = NULL WHERE user_id = \(user.id)")
            #expect(try await scene.signIn(person, in: server.browser()).status == 303)
            #expect(try await scene.user(email)?.role == .engineer)
        }
    }

    private func provision(_ user: User, in server: PageServer) async throws {
        try await server.world.database.execute(
            """
            INSERT INTO provisioned_people (organization_id, user_id, user_name, has_display_name, emails, updated_at)
            VALUES (\(user.organizationID), \(user.id), \(user.email), false, '[]', now())
            """)
    }

    @Test func whoComesTooLateLeavesNothing() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            for _ in 0..<5 {
                let browser = server.browser()
                let request = try await scene.begin(in: browser)
                let people = (0..<4).map { _ in scene.person() }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for person in people {
                        let response = try scene.standIn.response(to: request, for: scene.provider.ours, person)
                        group.addTask { _ = try await scene.post(response, in: server.browser()) }
                    }
                    try await group.waitForAll()
                }
                var made = 0
                for person in people where try await scene.user(person.email) != nil { made += 1 }
                #expect(made == 1, "one answer counts, and nobody else is made")
            }
        }
    }
}
