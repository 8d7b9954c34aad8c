import HTTPMessages
import FoundationEssentials
import Operations
import Postgres
import ProductSupport
import SAML
import Stores
import Tenancy
import Testing
import WireAPI

/// Setting identity providers up.
@Suite struct IdentityProviderTests {
    @Test func whatCannotBeUsedIsNamed() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            func complaint(
                _ metadata: String?, _ change: (inout IdentityProviderSettings) -> Void = { _ in }
            ) async throws -> String {
                var settings = IdentityProviderSettings(name: "\(UUID())", defaultRole: .viewer)
                change(&settings)
                let draft = OperatorIdentityProviderDraft(
                    settings: OperatorIdentityProviderSettings(settings), metadata: metadata)
                do {
                    _ = try await server.providers.providers.add(
                        draft, to: scene.organization, by: PageServer.machine)
                    return ""
                } catch let invalid as InvalidDefinition {
                    return invalid.description
                }
            }
            #expect(try await complaint("<not xml").hasPrefix("metadata: "))
            #expect(try await complaint(nil).hasPrefix("metadata: Give the metadata"))
            #expect(try await complaint(scene.standIn.metadata) { $0.wantedEntityID = "other" }.contains("other"))
            #expect(try await complaint(scene.standIn.metadata) { $0.defaultRole = .owner }.contains("default_role"))
            #expect(
                try await complaint(scene.standIn.metadata) { $0.clockSkew = .seconds(9999) }.contains("clock_skew"))
            #expect(try await complaint(nil) { $0.metadataURL = "http://127.0.0.1:9/" }.hasPrefix("metadata_url: "))
        }
    }

    @Test func aDomainBelongsToOneIdentityProvider() async throws {
        try await PageServer.run { server in
            let domain = "d\(UUID().uuidString.lowercased()).example"
            _ = try await server.scene { $0.domains = [EmailDomain(domain)].compactMap(\.self) }
            await #expect(throws: Conflict(.domainTaken)) {
                _ = try await server.scene { $0.domains = [EmailDomain(domain)].compactMap(\.self) }
            }
        }
    }

    @Test func rolesOfGroupsHoldAsSoonAsTheyAreSet() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let (organization, moment) = (scene.organization, Date())
            let people = (0..<3).map { number in
                User(
                    id: server.world.identifiers.next(), organizationID: organization,
                    email: "member\(number)-\(UUID())@example.com", fullName: "Member",
                    role: number == 2 ? .owner : .viewer, createdAt: moment)
            }
            for person in people {
                try await UserStore(database: server.world.database).create(person, passwordHash: nil)
            }
            let group = DirectoryGroup(
                id: server.world.identifiers.next(), organizationID: organization, displayName: "Makers",
                externalID: nil,
                revision: 1, createdAt: moment, updatedAt: moment)
            try await server.world.database.transaction { connection in
                try await DirectoryGroupStore.add(group, on: connection)
                _ = try await DirectoryGroupStore.addMembers([people[0].id, people[2].id], to: group, on: connection)
            }
            func roles() async throws -> [Role?] {
                var roles: [Role?] = []
                for person in people {
                    let found = try await UserStore(database: server.world.database).find(person.id, in: organization)
                    roles.append(found?.role)
                }
                return roles
            }
            func set(_ given: [IdentityProviderSettings.GroupRole], revision: Int) async throws {
                let settings = IdentityProviderSettings(name: "Own", roles: given, defaultRole: .annotator)
                _ = try await server.providers.providers.change(
                    IdentityProviderID(uuid: scene.provider.id),
                    to: OperatorIdentityProviderDraft(
                        settings: OperatorIdentityProviderSettings(settings), revision: revision),
                    by: PageServer.machine)
            }
            try await set([.init(group: "Makers", role: .engineer)], revision: 1)
            #expect(try await roles() == [.engineer, .viewer, .owner])
            try await set([], revision: 2)
            #expect(try await roles() == [.annotator, .viewer, .owner])
        }
    }

    @Test func aChangeNamesTheRevisionThatItBeganWith() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let (id, providers) = (IdentityProviderID(uuid: scene.provider.id), server.providers.providers)
            let draft = OperatorIdentityProviderDraft(settings: scene.provider.settings, revision: 1)
            #expect(try await providers.change(id, to: draft, by: PageServer.machine).revision == 2)
            await #expect(throws: ChangedMeanwhile.self) {
                _ = try await providers.change(id, to: draft, by: PageServer.machine)
            }
            await #expect(throws: ChangedMeanwhile.self) {
                try await providers.delete(id, at: 1, by: PageServer.machine)
            }
            try await providers.delete(id, at: 2, by: PageServer.machine)
            await #expect(throws: NotFound.self) { _ = try await providers.find(id, for: PageServer.machine) }
        }
    }

    @Test func aKeyIsPublishedBeforeItTakesThePlaceOfAnother() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let (id, providers) = (IdentityProviderID(uuid: scene.provider.id), server.providers.providers)
            let first = try #require(scene.provider.ours.certificates.first)
            let published = try await providers.renewKey(of: id, by: PageServer.machine).ours.certificates
            #expect(published.count == 2 && published.first == first)
            let renewed = try await providers.renewKey(of: id, by: PageServer.machine).ours.certificates
            #expect(renewed == [published[1], first])
            let metadata = try await server.browser().get(scene.path(scene.provider.ours.entityID))
            #expect(metadata.status == 200 && metadata.headers["content-type"] == "application/samlmetadata+xml")
            #expect(metadata.text.contains(scene.provider.ours.callbackAddress))
            #expect(try await scene.signIn(scene.person(), in: server.browser()).status == 303)
        }
    }

    @Test func aTestSaysWhatIsMissing() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene { $0.roles = [] }
            _ = try await scene.signIn(scene.person(), in: server.browser())
            let test = try await server.providers.checks.test(
                IdentityProviderID(uuid: scene.provider.id), by: PageServer.machine)
            let found = Dictionary(uniqueKeysWithValues: test.checks.map { ($0.name, $0) })
            #expect(found["Metadata"]?.outcome == .good && found["Our key"]?.outcome == .good)
            #expect(found["Roles"]?.outcome == .bad)
            #expect(found["Last sign-ins"]?.finding.contains("none of their groups has a role") == true)
        }
    }
}
